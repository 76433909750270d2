/**
 * Text made comparable: one form of each character (NFKC), no difference of case (`ß` is `ss`, `ς` is `σ`), any white
 * space is a space. Accents count: `cafe` is not `café`, whichever of its two forms that has.
 */
export function foldText(text: string): string {
  // One character can become eighteen. A text full of those would keep everybody waiting, and is no writing.
  const isWriting = text.normalize("NFKC").length <= MAX_GROWTH * text.length + 1_000;
  const form = isWriting ? "NFKC" : "NFC";
  const lower = text.normalize(form).toLowerCase().replaceAll("ς", "σ").replaceAll("ß", "ss");
  return lower.normalize(form).replace(/\s/g, " ");
}

const MAX_GROWTH = 3;

/**
 * Where in `text` the character comes from that stands at `at` in `foldText(text)`: folding makes some characters longer
 * and some shorter. `text.length` for the end.
 */
export function unfoldedIndex(text: string, at: number): number {
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
    const { length } = foldText(piece);
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
 * what stands before. True of ASCII and of the letters of the common scripts; where it is false a piece gets longer.
 */
function foldsApart(code: number): boolean {
  return code < 0x80 || (code >= 0xc0 && code <= 0x24f) || (code >= 0x388 && code <= 0x482) ||
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
    if (foldText(piece.slice(0, middle)).length <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
