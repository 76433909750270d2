// Cuts repeated characters off the end of a text, in time that grows with its length.

/**
 * `https://mana.test//` without `/` is `https://mana.test`. Walks from the end: a pattern such as `/\/+$/` starts anew at
 * every slash, so that its time grows with the square of the length.
 */
export function withoutEnding(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === character) end--;
  return text.slice(0, end);
}
