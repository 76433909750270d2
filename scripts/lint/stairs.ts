// The one table of who may import whom. import_rules.ts holds every import against it, types included, with no exception;
// docs/house.md says what each room is for.

/**
 * The rooms, lowest first. A file imports from its own room and from those before it, never from one after it. `deno.json` is there for
 * the version and `tools/tables.json` for the tables of the Mana apps: data, which import nothing. `process/` and `kit/` stand on
 * nothing; `lib/gateway.ts` stands on everything.
 */
export const STAIRS: readonly string[] = [
  "deno.json",
  "tools/tables.json",
  "process",
  "lib/kit",
  "lib/settings",
  "lib/observe",
  "lib/nodes",
  "lib/services",
  "lib/http",
  "lib/people",
  "lib/spaces",
  "lib/changes",
  "lib/grants",
  "lib/sealing",
  "lib/authorship",
  "lib/own_records",
  "lib/ledger",
  "lib/disclosure",
  "lib/records",
  "lib/tool",
  "lib/history",
  "lib/undo",
  "lib/policy",
  "lib/approvals",
  "lib/calls",
  "lib/resources",
  "lib/mcp",
  "lib/entry",
  "lib/person_page",
  "lib/web",
  "lib/assembly",
  "lib/gateway.ts",
  "tools",
  "main.ts",
];

/** Rooms of their own: each imports only from the rooms named, and none of the rooms above imports from it. */
export const BESIDE: Readonly<Record<string, readonly string[]>> = {
  sign_in: ["process"],
  backend: ["process", "sign_in"],
  runner: ["process"],
  views: [],
};

/** The rooms within `sign_in/`, lowest first, with a staircase of their own. */
export const SIGN_IN_STAIRS: readonly string[] = [
  "sign_in/deno.json",
  "sign_in/modules.json",
  "sign_in/kit",
  "sign_in/http",
  "sign_in/secrets",
  "sign_in/database",
  "sign_in/data_folder",
  "sign_in/settings",
  "sign_in/identity",
  "sign_in/people",
  "sign_in/oauth",
  "sign_in/gateway",
  "sign_in/pages",
  "sign_in/sign_in_server.ts",
  "sign_in/sign_in_app.ts",
  "sign_in/main.ts",
];

/** The rooms within `runner/`, lowest first. */
export const RUNNER_STAIRS: readonly string[] = [
  "runner/deno.json",
  "runner/kit",
  "runner/settings",
  "runner/catalogue",
  "runner/personas_api",
  "runner/sign_in",
  "runner/mana",
  "runner/brain",
  "runner/behaviours",
  "runner/chaos",
  "runner/brains",
  "runner/checks",
  "runner/attempt",
  "runner/schedule",
  "runner/observe",
  "runner/pages",
  "runner/web",
  "runner/runner.ts",
  "runner/main.ts",
  "runner/agent_sdk",
];

const INSIDE: Readonly<Record<string, readonly string[]>> = {
  sign_in: SIGN_IN_STAIRS,
  runner: RUNNER_STAIRS,
};

/** The room of a file of the product; null for scripts, tests and benches, which may import anything. */
export function roomOf(path: string): string | null {
  return findRoom([...STAIRS, ...Object.keys(BESIDE)], path) ?? (/^lib\//.test(path) ? "lib" : null);
}

function findRoom(rooms: readonly string[], path: string): string | undefined {
  return rooms.find((room) => path === room || path.startsWith(`${room}/`));
}

/** Why this import points the wrong way; null where it does not. */
export function wrongWay(from: string, to: string): string | null {
  const here = roomOf(from);
  if (here === null) return null;
  const there = roomOf(to);
  if (here === "lib" || there === "lib") {
    return `In lib/ itself stands only gateway.ts: ${here === "lib" ? from : to} needs a room`;
  }
  if (here === there) {
    const inside = INSIDE[here];
    return inside === undefined ? null : wrongWayInside(here, inside, from, to);
  }
  const beside = BESIDE[here];
  const isBelow = beside === undefined
    ? there !== null && STAIRS.indexOf(there) !== -1 && STAIRS.indexOf(there) < STAIRS.indexOf(here)
    : there !== null && beside.includes(there);
  return isBelow
    ? null
    : `Imports point down the stairs (scripts/lint/stairs.ts): ${from} must not know ${to}`;
}

function wrongWayInside(here: string, stairs: readonly string[], from: string, to: string): string | null {
  const [low, high] = [to, from].map((path) => findRoom(stairs, path));
  if (low === undefined || high === undefined) {
    return `Every file in ${here}/ needs a room (scripts/lint/stairs.ts): ${low === undefined ? to : from}`;
  }
  return stairs.indexOf(low) <= stairs.indexOf(high)
    ? null
    : `Imports point down the stairs of ${here}/ (scripts/lint/stairs.ts): ${from} must not know ${to}`;
}
