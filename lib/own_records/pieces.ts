// A long text of an own record in pieces, each stored by a change of its own. The sync service gives a table's log out in portions of
// 1,000 changes (sync contract section 3), and an answer above MAX_UPSTREAM_BYTES is refused: a few long texts side by side would make the
// table unreadable for good, and no log is ever shortened.

import { hash } from "node:crypto";

/** Characters of a piece: 45 kB at most in UTF-8, so that a portion of nothing but pieces is below 64 MB. */
export const MAX_PIECE_CHARS = 15_000;

/** A text as it is stored: what goes into the field itself, and the pieces before it. */
export interface TextInPieces {
  readonly text: string;
  /** By the names of the fields that they are stored in; empty for a short text. */
  readonly pieces: readonly (readonly [field: string, text: string])[];
}

/** Cuts a text where it is long. Throws TypeError for a short text that would be taken for a cut one. */
export function inPieces(field: string, text: string): TextInPieces {
  if (text.length <= MAX_PIECE_CHARS) {
    if (HEAD.test(text)) {
      throw new TypeError(`Cannot store an own record: ${field} looks like a text in pieces`);
    }
    return { text, pieces: [] };
  }
  const pieces: [string, string][] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + MAX_PIECE_CHARS, text.length);
    // A pair is never cut: half of it cannot be sealed.
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    pieces.push([`${field}_${pieces.length + 1}`, text.slice(start, end)]);
    start = end;
  }
  return { text: `pieces:${pieces.length}:${hashOf(text)}`, pieces };
}

/** Whether a field holds a piece of another field's text: no other field has an underscore in its name. */
export function isPieceField(field: string): boolean {
  return field.includes("_");
}

/** The text that a field stands for; null where a piece is missing or is of another text, such as an earlier one of the same field. */
export function wholeText(
  field: string,
  text: string,
  pieceIn: (field: string) => string | undefined,
): string | null {
  const head = HEAD.exec(text);
  if (head === null) return text;
  let whole = "";
  for (let number = 1; number <= Number(head[1]); number++) {
    const piece = pieceIn(`${field}_${number}`);
    if (piece === undefined) return null;
    whole += piece;
  }
  return hashOf(whole) === head[2] ? whole : null;
}

const HEAD = /^pieces:([1-9]\d{0,3}):([\w-]{43})$/;

function hashOf(text: string): string {
  return hash("sha256", text, "base64url");
}
