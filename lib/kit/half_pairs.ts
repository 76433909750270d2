// Half of a surrogate pair is no character: RFC 8259 section 8.2 leaves open what a reader makes of it, RFC 7493 section 2.1
// forbids it, and clients in Python fail on the whole answer. The gateway takes no half pair in and lets none out.

/** What a refusal says of a text with half of a pair. */
export const HALF_PAIR = "it contains half of a surrogate pair, which is no character";

/** Whether a JSON text that was decoded from UTF-8, or written by `JSON.stringify`, may hold half of a pair: it can only be an escape. */
export function mayHaveHalfPair(json: string): boolean {
  return json.includes("\\ud") || json.includes("\\uD");
}

/** The path of the first half pair in a JSON value, as `tasks.0.title`; for one in a name, the path of its object. Null: none. */
export function halfPairPath(value: unknown): string | null {
  if (typeof value === "string") return value.isWellFormed() ? null : "";
  if (typeof value !== "object" || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    if (!name.isWellFormed()) return "";
    const rest = halfPairPath(member);
    if (rest !== null) return rest === "" ? name : `${name}.${rest}`;
  }
  return null;
}

/** A copy of a JSON value with U+FFFD in place of each half pair, in names too, and how many texts that changed. */
export function withoutHalfPairs(value: Readonly<Record<string, unknown>>): {
  readonly value: Record<string, unknown>;
  readonly mended: number;
} {
  let mended = 0;
  const text = (given: string): string => {
    if (given.isWellFormed()) return given;
    mended += 1;
    return given.toWellFormed();
  };
  const copy = (given: unknown): unknown => {
    if (typeof given === "string") return text(given);
    if (Array.isArray(given)) return given.map(copy);
    return typeof given === "object" && given !== null ? copyOf(given) : given;
  };
  const copyOf = (given: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(given).map(([name, member]) => [text(name), copy(member)]));
  return { value: copyOf(value), mended };
}
