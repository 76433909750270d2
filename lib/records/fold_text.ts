/**
 * Text made comparable: one form of each character (NFKC), no difference of case (`ß` is `ss`, `ς` is `σ`), any white
 * space is a space. Accents count: `cafe` is not `café`, whichever of its two forms that has.
 */
export function foldText(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").replaceAll("ß", "ss").normalize("NFKC")
    .replace(/\s/g, " ");
}

/**
 * Where in `text` the character comes from that stands at `at` in `foldText(text)`: folding makes some characters longer
 * and some shorter. `text.length` for the end.
 */
export function unfoldedIndex(text: string, at: number): number {
  let folded = 0;
  for (let index = 0; index < text.length;) {
    // Nothing before an ASCII character changes with what comes after it: pieces from one to the next fold alone.
    let next = index + 1;
    while (next < text.length && text.charCodeAt(next) >= 0x80) next++;
    const length = next === index + 1 && text.charCodeAt(index) < 0x80
      ? 1
      : foldText(text.slice(index, next)).length;
    if (folded + length > at) return index + offsetIn(text.slice(index, next), at - folded);
    folded += length;
    index = next;
  }
  return text.length;
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
