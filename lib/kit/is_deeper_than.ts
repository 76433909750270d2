/**
 * Whether a JSON value nests deeper than `levels`. Anybody who can write into a space can plant such a value, and
 * whatever walks it later by recursion would end the call for everyone who can see it. This walk recurses itself, but
 * never deeper than `levels`, which must be a small number.
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
