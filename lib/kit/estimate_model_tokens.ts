// Estimates how many tokens a model reads in a result. Uses no tokenizer, since every client has another one.

/**
 * About how many tokens a model reads in a text, on the high side. Counted by character: prose in Latin letters has four
 * characters a token, ids and times have two, and scripts beyond Latin, Greek and Cyrillic less than one.
 */
export function estimateModelTokens(text: string): number {
  let tenths = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    tenths += ASCII_TENTHS[code] ?? (code >= 0x800 ? 12 : 8);
  }
  return Math.ceil(tenths / 10);
}

/** Tenths of a token by character code. A table, since every character of every result is looked up. */
const ASCII_TENTHS: readonly number[] = Object.freeze(
  Array.from({ length: 0x80 }, (_, code) => isLetterOrSpace(code) ? 3 : 6),
);

function isLetterOrSpace(code: number): boolean {
  const lower = code | 0x20;
  return code === 0x20 || (lower >= 0x61 && lower <= 0x7a);
}
