// How deep a JSON value nests, asked before anything walks it.

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
