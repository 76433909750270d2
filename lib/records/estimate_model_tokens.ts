/** By character code; a table, since this looks at every character of every result. */
const ASCII_TENTHS: readonly number[] = Object.freeze(
  Array.from({ length: 0x80 }, (_, code) => isLetterOrSpace(code) ? 3 : 6),
);

/**
 * About how many tokens a model reads in a text, on the high side; no tokenizer, since every client has another one. By
 * character: prose in Latin letters comes to four characters a token, ids and times to two, what is beyond Latin, Greek
 * and Cyrillic to less than one.
 */
export function estimateModelTokens(text: string): number {
  let tenths = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    tenths += ASCII_TENTHS[code] ?? (code >= 0x800 ? 12 : 8);
  }
  return Math.ceil(tenths / 10);
}

function isLetterOrSpace(code: number): boolean {
  const lower = code | 0x20;
  return code === 0x20 || (lower >= 0x61 && lower <= 0x7a);
}
