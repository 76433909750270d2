// Ports for processes that are about to start beside others: each the usual one, or the next that is free.

/** Chooses a port for each name of `wanted`. A port that somebody has asked for by name is not replaced by another one. */
export function choosePorts(
  wanted: Readonly<Record<string, number>>,
  given: Readonly<Record<string, string>>,
  isFree: (port: number) => boolean = isFreeHere,
): Record<string, string> {
  const chosen: Record<string, string> = {};
  const taken = new Set(Object.values(given));
  for (const [name, usual] of Object.entries(wanted)) {
    const asked = given[name];
    if (asked !== undefined) {
      chosen[name] = asked;
      continue;
    }
    const port = range(usual).find((port) => !taken.has(String(port)) && isFree(port));
    // Not one of so many is free: the system finds one.
    chosen[name] = String(port ?? 0);
    taken.add(chosen[name]);
  }
  return chosen;
}

/** How many ports above the usual one are tried. */
const TRIED = 20;

function range(from: number): readonly number[] {
  return Array.from({ length: TRIED }, (_, index) => from + index);
}

function isFreeHere(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
