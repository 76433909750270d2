// Where a text can be cut without leaving half of a character.

/** The greatest position up to `end` at which a text can be cut without splitting a surrogate pair. */
export function safeEnd(text: string, end: number): number {
  return isInsidePair(text, end) ? end - 1 : end;
}

/** Whether the code units before and at `at` are the two halves of a surrogate pair. */
function isInsidePair(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
