// Phrases that directories refuse in descriptions: a tool may not praise itself, steer a model away from other servers, hide anything from
// the person, or have the model fetch what it is to do from elsewhere.

/** The kinds of phrases, in lower case. */
export const FORBIDDEN_PHRASES: readonly RegExp[] = [
  /\b(?:always|only|must) (?:use|call|prefer) (?:this|these|our|mana)\b/,
  /\b(?:never|do not|don't) (?:use|call) (?:other|another|any other)\b/,
  /\b(?:instead of|rather than) (?:other|another|any other) (?:tools?|servers?|connectors?|apps?)\b/,
  /\bignore (?:all|any|previous|other|the above)\b/,
  /\b(?:system prompt|hidden instruction|previous instructions)\b/,
  /\b(?:do not|don't|never) (?:tell|show|mention|reveal)\b.{0,20}\b(?:user|person)\b/,
  /\b(?:without telling|secretly|silently)\b/,
  /\b(?:the best (?:tool|server|app|way|choice)|number one|most trusted|official|recommended by)\b/,
  /\bhttps?:\/\//,
  /\b(?:earlier|previous|other) (?:chats?|conversations?)\b/,
];

/** What of it stands in a text. */
export function findForbidden(text: string): readonly string[] {
  return FORBIDDEN_PHRASES.flatMap((phrase) => phrase.exec(text.toLowerCase())?.[0] ?? []);
}
