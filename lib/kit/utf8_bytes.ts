/** Sizes in UTF-8: clients' limits count its bytes, and a character takes up to three of them. */

const encoder = new TextEncoder();

/** How many bytes a text takes. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).byteLength;
}

/** Whether a text takes no more than `bytes`. Short ones are not encoded to know it: every result of a call is asked about. */
export function fitsIntoBytes(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return true;
  return text.length <= bytes && encoder.encodeInto(text, new Uint8Array(bytes)).read === text.length;
}
