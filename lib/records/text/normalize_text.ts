/**
 * Text made comparable: one form of each character (NFKC), no difference of case (`ß` is `ss`, `ς` is `σ`), any white
 * space, however much, is one space, any dash a hyphen, any quote or apostrophe the one of the keyboard. What shows nothing
 * within a word, such as a soft hyphen, is left out. Accents count: `cafe` is not `café`, whichever of its two forms that has.
 */
export function normalizeText(text: string): string {
  // Most of what is written in English, and every query of a keyboard without accents.
  if (ASCII.test(text)) return text.toLowerCase().replace(/\s+/g, " ");
  const plain = text.replace(IGNORABLE, "").replace(DOUBLE_QUOTE, '"').replace(/[\u00b4\u1ffd]/g, "'");
  // One character can become eighteen. A text full of those would keep everybody waiting, and is no writing.
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
/** Double quotes and primes: before NFKC too, which would make two single primes of a double one. */
const DOUBLE_QUOTE = /[\u00ab\u00bb\u02ba\u05f4\u201c-\u201f\u2033\u2036\u301d-\u301f]/g;

/**
 * Where in `text` the character comes from that stands at `at` in `normalizeText(text)`: folding makes some characters longer
 * and some shorter. `text.length` for the end.
 */
export function originalIndex(text: string, at: number): number {
  return find(text, at, PIECE_CHARS);
}

/** Long texts are walked in pieces of this size first: folding much at once is cheap, folding often is not. */
const PIECE_CHARS = 2_048;
const MAX_PIECE_CHARS = 16_384;

/** Walks pieces that fold alone, of at least `size` characters, to the one that `at` is in. */
function find(text: string, at: number, size: number): number {
  let folded = 0;
  for (let index = 0; index < text.length;) {
    let next = index + size;
    while (next < text.length && !foldsApart(text.charCodeAt(next))) next++;
    const piece = text.slice(index, next);
    const { length } = normalizeText(piece);
    if (folded + length > at) {
      // No writing goes on for so long without a letter of a common script: not worth being exact about.
      if (piece.length > MAX_PIECE_CHARS) {
        return index + Math.floor((at - folded) / length * piece.length);
      }
      return index + (size > 1 ? find(piece, at - folded, 1) : offsetIn(piece, at - folded));
    }
    folded += length;
    index += piece.length;
  }
  return text.length;
}

/**
 * Whether nothing before a character changes with it: neither it nor the first of what it is normalised to combines with
 * what stands before, or is white space, of which several are one. True of the rest of ASCII and of the letters of the common scripts; where it is false a piece gets longer.
 */
function foldsApart(code: number): boolean {
  return (code > 0x20 && code < 0x80) || (code >= 0xc0 && code <= 0x24f) ||
    (code >= 0x388 && code <= 0x482) ||
    (code >= 0x48a && code <= 0x52f) || (code >= 0x5d0 && code <= 0x5ea) ||
    (code >= 0x620 && code <= 0x64a) ||
    (code >= 0x0e01 && code <= 0x0e30) || (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa) || (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xd83c && code <= 0xd83e);
}

/** The longest beginning of `piece` that folds to no more than `at` characters. */
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
