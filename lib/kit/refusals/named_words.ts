// Names and ids within the words of a refusal.

/** An id as it came. A longer one is none of ours: clients cut long error texts, and with them what is to be done. */
export function quoted(id: string): string {
  return JSON.stringify(
    id.length <= MAX_NAMED_CHARS ? id : `${id.slice(0, MAX_NAMED_CHARS).toWellFormed()}…`,
  );
}

/** Ids in words, and how many more there are. */
export function listOf(ids: readonly string[]): string {
  return firstOf(ids, (id) => id.slice(0, MAX_NAMED_CHARS).toWellFormed());
}

/** The first things of a list in words, and how many more there are. */
export function firstOf<T>(things: readonly T[], wordsOf: (thing: T) => string): string {
  const named = things.slice(0, MAX_NAMED).map(wordsOf).join(", ");
  return things.length <= MAX_NAMED ? named : `${named} and ${things.length - MAX_NAMED} more`;
}

/** Characters of one name or id in a refusal, and how many of a list: enough to find the mistake. */
const MAX_NAMED_CHARS = 300;
const MAX_NAMED = 20;
