/**
 * Whether a JSON value nests deeper than `levels`. Anybody who can write into a space can plant such a value, and
 * whatever walks it later by recursion would end the call for everyone who can see it; so this walk uses no stack.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      if (depth >= levels) return true;
      for (const member of Object.values(item)) if (typeof member === "object") next.push(member);
    }
    level = next;
  }
  return false;
}
