/**
 * Whether a name comes twice, which OAuth forbids (RFC 6749, section 3.1); `resource` may (RFC 8707, section 2). Looks at
 * each name once: asking a form for the values of each of its names takes the square of the 30,000 that fit into one.
 */
export function hasRepeated(names: Iterable<string>): boolean {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "resource") continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}
