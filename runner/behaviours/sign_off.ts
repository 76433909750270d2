// How a persona signs what it writes, so that a check that remembers nothing still knows whose text a record holds: `Buy oat milk ~anna`.
// Texts without a sign-off may be anybody's, such as of a person who opened the account in the app; they prove nothing.

/** The text with the persona's sign-off. */
export function signed(text: string, name: string): string {
  return `${text} ~${name}`;
}

/** Who has signed anything within a value: names, each once. */
export function signersOf(value: unknown): readonly string[] {
  const names = new Set<string>();
  collect(value, names);
  return [...names];
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value === "string") {
    for (const [, name] of value.matchAll(SIGN_OFF)) if (name !== undefined) names.add(name);
  } else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) collect(member, names);
  }
}

/** A name of the catalogue after a tilde; a tilde within a word is none. */
const SIGN_OFF = /(?<=^|\s)~([a-z]{2,20})(?![a-z0-9])/g;
