import { allowedNet } from "./allowed_net.ts";
import type { Settings } from "./settings.ts";
import { SETTINGS } from "./settings_table.ts";

/** A host that cannot exist (RFC 6761): an empty allow-list is no flag at all, and no flag means Deno's defaults. */
export const NO_HOST = "none.invalid:1";

/**
 * The flags the gateway runs under, and the only place that knows them: `deno task permissions` prints them, `serve`,
 * `start` and `compile` use them, the self-test at start measures against them. Without a usable configuration there is
 * no host to allow; the gateway then only gets to say what is wrong with its settings. No flag holds white space, so
 * that a task may expand the list unquoted.
 */
export function gatewayFlags(settings: Settings | null): readonly string[] {
  return [
    // A question on a terminal is a grant waiting for a tired hand.
    "--no-prompt",
    // `import("npm:…")` needs no permission: it asks the registry for any name (a way out for data) and runs what it gets.
    "--cached-only",
    // What was reviewed is what is loaded: a pin that the lock does not know ends the start instead of changing the lock.
    "--frozen",
    netFlag(settings),
    ...envFlags(),
    IMPORT_FLAG,
    YOUNG_SPACE_FLAG,
  ];
}

/**
 * Young objects get the room at once that V8 gives them by and by, 16 MB, and keep it. V8 takes it back while nobody calls;
 * whatever waits for a service when calls come again then outlives two collections of a small room, counts as old, and has
 * to be found by collections of everything (docs/performance.md).
 */
export const YOUNG_SPACE_FLAG = "--v8-flags=--min-semi-space-size=16";

/** The network: the listening address and the three services. */
export function netFlag(settings: Settings | null): string {
  return `--allow-net=${settings === null ? NO_HOST : allowedNet(settings).join(",")}`;
}

/** The named settings; any other variable reads as not set, because libraries peek at some and must not fail. */
export function envFlags(): readonly string[] {
  return [`--allow-env=${SETTINGS.map(({ name }) => name).join(",")}`, "--ignore-env"];
}

/**
 * Without it Deno allows to import code from seven public hosts, and from any host under `--cached-only`, whatever
 * `--allow-net` says.
 */
export const IMPORT_FLAG = `--allow-import=${NO_HOST}`;
