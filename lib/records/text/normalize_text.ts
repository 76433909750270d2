// Makes text comparable for a search, and finds the place in the original that a place in the normalised text comes from.
// Knows no query (rank.ts) and no record.

/**
 * Text made comparable: one form of each character (NFKC), no difference of case (`ß` is `ss`, `ς` is `σ`). White space,
 * however much, is one space; any dash is a hyphen; any quote or apostrophe is the one of the keyboard. Characters that
 * show nothing, such as a soft hyphen, are left out. Accents count: `cafe` is not `café`, in either of the forms of `é`.
 */
export function normalizeText(text: string): string {
  // Most English text, and every query of a keyboard without accents.
  if (ASCII.test(text)) return text.toLowerCase().replace(/\s+/g, " ");
  const plain = text.replace(IGNORABLE, "").replace(DOUBLE_QUOTE, '"').replace(/[\u00b4\u1ffd]/g, "'");
  // One character can become eighteen. A text full of such characters would keep everybody waiting, and is no writing.
  const isWriting = plain.normalize("NFKC").length <= MAX_GROWTH * plain.length + 1_000;
  const form = isWriting ? "NFKC" : "NFC";
  const lower = plain.normalize(form).toLowerCase().replaceAll("ς", "σ").replaceAll("ß", "ss");
  return lower.normalize(form).replace(DASH, "-").replace(SINGLE_QUOTE, "'").replace(DOUBLE_QUOTE, '"')
    .replace(/\s+/g, " ");
}

const MAX_GROWTH = 3;
// deno-lint-ignore no-control-regex -- the range is ASCII, controls included
const ASCII = /^[\x00-\x7f]*$/;
/** Soft hyphens, joiners, marks of direction, variation selectors: word processors and keyboards put them in unseen. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Hyphens and dashes of any length, and the minus signs that stand in for them. */
const DASH = /[\p{Pd}\u02d7\u2043\u2212]/gu;
/** Apostrophes, single quotes and primes, among them those of Hebrew, Armenian and of transliterations. */
const SINGLE_QUOTE =
  /[\u02b9\u02bb-\u02bf\u02c8\u055a\u05f3\u2018-\u201b\u2032\u2035\u2039\u203a\ua78b\ua78c]/g;
/** Double quotes and primes. Replaced before NFKC too, which would make two single primes of a double one. */
const DOUBLE_QUOTE = /[\u00ab\u00bb\u02ba\u05f4\u201c-\u201f\u2033\u2036\u301d-\u301f]/g;

/**
 * The index in `text` of the character that became the one at `at` in `normalizeText(text)`, which makes some characters
 * longer and some shorter. `text.length` for the end.
 */
export function originalIndex(text: string, at: number): number {
  return indexIn(text, at, PIECE_CHARS);
}

/** Long texts are walked in pieces of this size first: normalising much at once is cheap, normalising often is not. */
const PIECE_CHARS = 2_048;
const MAX_PIECE_CHARS = 16_384;

/** Walks pieces that can be normalised alone, of at least `size` characters, to the piece that `at` is in. */
function indexIn(text: string, at: number, size: number): number {
  let normalized = 0;
  for (let index = 0; index < text.length;) {
    let next = index + size;
    while (next < text.length && !canCutBefore(text.charCodeAt(next))) next++;
    const piece = text.slice(index, next);
    const { length } = normalizeText(piece);
    if (normalized + length > at) {
      // No writing goes on for so long without a letter of a common script, so the place need not be exact.
      if (piece.length > MAX_PIECE_CHARS) {
        return index + Math.floor((at - normalized) / length * piece.length);
      }
      return index + (size > 1 ? indexIn(piece, at - normalized, 1) : offsetIn(piece, at - normalized));
    }
    normalized += length;
    index += piece.length;
  }
  return text.length;
}

/**
 * Whether a text can be cut before this character and both pieces normalised alone: neither the character nor the first one
 * that it becomes combines with what stands before, and it is no white space, of which several become one. True of the rest
 * of ASCII and of the letters of the common scripts. Where it is false, a piece just gets longer.
 */
function canCutBefore(code: number): boolean {
  return (code > 0x20 && code < 0x80) || (code >= 0xc0 && code <= 0x24f) ||
    (code >= 0x388 && code <= 0x482) ||
    (code >= 0x48a && code <= 0x52f) || (code >= 0x5d0 && code <= 0x5ea) ||
    (code >= 0x620 && code <= 0x64a) ||
    (code >= 0x0e01 && code <= 0x0e30) || (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa) || (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xd83c && code <= 0xd83e);
}

/** The length of the longest beginning of `piece` that is normalised to no more than `at` characters. */
function offsetIn(piece: string, at: number): number {
  let low = 0;
  let high = piece.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (normalizeText(piece.slice(0, middle)).length <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
