/**
 * A text without any of one character at its end: `https://mana.test//` without `/`. Walks from the end, so that the
 * time grows with the length; a pattern such as `/\/+$/` starts anew at every slash.
 */
export function withoutEnding(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === character) end--;
  return text.slice(0, end);
}
