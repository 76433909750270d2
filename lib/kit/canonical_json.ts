// JSON in one spelling, for what is signed or hashed: the same value gives the same text, whoever wrote it down and stored it.

/**
 * The text of a JSON value: no spaces, members in the order of their UTF-16 names, numbers as JavaScript writes them. A member that
 * is undefined is left out, as `JSON.stringify` does. Half of a surrogate pair becomes U+FFFD, as services in other languages
 * make of it.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return textOf(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined).sort(byName);
  return `{${members.map(([name, member]) => `${textOf(name)}:${canonicalJson(member)}`).join(",")}}`;
}

function textOf(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
