/**
 * Half a surrogate pair is no character: RFC 8259 section 8.2 leaves open what a reader makes of it, RFC 7493 section 2.1
 * forbids it, and clients in Python fail on the whole answer. None comes in and none goes out.
 */

/** What is said of a text with one. */
export const HALF_PAIR = "it contains half of a surrogate pair, which is no character";

/** Whether a JSON text that was decoded from UTF-8, or written by `JSON.stringify`, may have one: only as an escape. */
export function mayHaveHalfPair(json: string): boolean {
  return json.includes("\\ud") || json.includes("\\uD");
}

/** Where in a JSON value the first one stands, as `tasks.0.title`; for a name, where its object stands. Null for none. */
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

/** A copy of a JSON value with U+FFFD for each one, in names too, and how many texts that changed. */
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
