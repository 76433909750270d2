// Parsed JSON values, of which nothing more is known yet, and how deep they nest. Reading text as JSON is not here (that is
// http/strict_json.ts).

/** A JSON object. Its names come from outside (`__proto__`): ask `Object.hasOwn` before reading a name that is not known. */
export type JsonObject = { readonly [key: string]: unknown };

/** Whether a parsed value is an object and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same; the order of members does not count. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return left.length === right.size &&
    left.every(([name, value]) => right.has(name) && isSameJson(value, right.get(name)));
}

/** The value with the members of every object in one order: a host may write the repeated call's JSON in another. */
export function withSortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedMembers);
  if (typeof value !== "object" || value === null) return value;
  // As pairs, not as an object: a member named `__proto__` would vanish from one.
  return {
    pairs: Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map((
      [k, v],
    ) => [k, withSortedMembers(v)]),
  };
}

/**
 * Whether a JSON value nests deeper than `levels`. Anybody who can write into a space can plant a value that nests without
 * end, and code that walks the value by recursion would fail for everyone who can see it. This walk recurses too, but never
 * deeper than `levels`, which must be a small number.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels <= 0) return true;
  if (Array.isArray(value)) return value.some((member) => isDeeperThan(member, levels - 1));
  for (const name in value) {
    const member: unknown = Reflect.get(value, name);
    if (typeof member === "object" && isDeeperThan(member, levels - 1)) return true;
  }
  return false;
}
