// Sizes in UTF-8: clients' limits count its bytes, and a character takes up to three of them. Nothing is encoded to know a
// size: every row and every result is asked about.
import { Buffer } from "node:buffer";

/** How many bytes a text takes. Half of a surrogate pair counts as the three bytes of the character that stands in for it. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}
