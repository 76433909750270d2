// The one table of who may import whom. import_rules.ts holds every import against it, types included, with no exception;
// docs/house.md says what each room is for.

/**
 * The rooms, lowest first. A file imports from its own room and from those before it, never from one after it. `deno.json` is there for
 * the version; `process/` and
 * `kit/` stand on nothing; `lib/gateway.ts` stands on everything.
 */
export const STAIRS: readonly string[] = [
  "deno.json",
  "process",
  "lib/kit",
  "lib/settings",
  "lib/observe",
  "lib/services",
  "lib/http",
  "lib/people",
  "lib/spaces",
  "lib/changes",
  "lib/sealing",
  "lib/records",
  "lib/tool",
  "lib/policy",
  "lib/calls",
  "lib/resources",
  "lib/mcp",
  "lib/entry",
  "lib/web",
  "lib/gateway.ts",
  "tools",
  "main.ts",
];

/** Rooms of their own: each imports only from the rooms named, and none of the rooms above imports from it. */
export const BESIDE: Readonly<Record<string, readonly string[]>> = {
  sign_in: ["process"],
  backend: ["process", "sign_in"],
};

/** The room of a file of the product; null for scripts, tests and benches, which may import anything. */
export function roomOf(path: string): string | null {
  return [...STAIRS, ...Object.keys(BESIDE)].find((room) => path === room || path.startsWith(`${room}/`)) ??
    (/^lib\//.test(path) ? "lib" : null);
}

/** Why this import points the wrong way; null where it does not. */
export function wrongWay(from: string, to: string): string | null {
  const here = roomOf(from);
  if (here === null) return null;
  const there = roomOf(to);
  if (here === "lib" || there === "lib") {
    return `In lib/ itself stands only gateway.ts: ${here === "lib" ? from : to} needs a room`;
  }
  if (here === there) return null;
  const beside = BESIDE[here];
  const isBelow = beside === undefined
    ? there !== null && STAIRS.indexOf(there) !== -1 && STAIRS.indexOf(there) < STAIRS.indexOf(here)
    : there !== null && beside.includes(there);
  return isBelow
    ? null
    : `Imports point down the stairs (scripts/lint/stairs.ts): ${from} must not know ${to}`;
}
