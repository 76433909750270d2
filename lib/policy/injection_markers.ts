// Looks for text that tries to give the model orders (contract: auth-vault section 9, rule 4). A hit never blocks: it is
// flagged with a reminder. This is a hint, not a defence; SECURITY.md says what is.
/** Strings shorter than this are not looked at. */
const MIN_CHARS = 16;
/** Characters of one string that are looked at: enough for any marker, and linear time on large notes. */
const MAX_CHARS = 100_000;
/** Nesting that is walked; tool inputs are shallower. */
const MAX_DEPTH = 8;

// Every quantifier is bounded, so that no input makes these slow (ReDoS).
const MARKERS: readonly RegExp[] = Object.freeze([
  /ignore\s{1,10}(?:all\s{1,10}|the\s{1,10}){0,2}previous\s{1,10}(?:instructions|messages)/i,
  /you\s{1,10}are\s{1,10}now\s[^\n]{0,40}?(?:assistant|gpt|claude|gemini)/i,
  /<system[\s>]/i,
  /\{\{[^{}\n]{1,200}\}\}/,
  /```\s{0,10}system\b/i,
]);

/** Whether any string of `value`, however nested, holds a marker. Pure. */
export function hasInjectionMarker(value: unknown, depth = 0): boolean {
  if (typeof value === "string") {
    if (value.length < MIN_CHARS) return false;
    const text = value.length > MAX_CHARS ? value.slice(0, MAX_CHARS) : value;
    return MARKERS.some((marker) => marker.test(text));
  }
  if (typeof value !== "object" || value === null || depth >= MAX_DEPTH) return false;
  return Object.values(value).some((member) => hasInjectionMarker(member, depth + 1));
}
