// The flags of the gateway's process, and the only place that knows them: `deno task permissions` prints them, `serve`, `start`
// and `compile` use them, the self-test at start measures against them.
import { allowedNet } from "./allowed_net.ts";
import type { Settings } from "./settings.ts";
import { SETTINGS } from "./settings_table.ts";

/**
 * All flags for these settings. Without usable settings (null) there is no host to allow; the gateway then only gets to say what
 * is wrong with its settings. No flag holds white space, so that a task may expand the list unquoted.
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

/** A host that cannot exist (RFC 6761). An empty allow-list would be no flag, and no flag means Deno's defaults. */
export const NO_HOST = "none.invalid:1";

/**
 * Starts V8 with a 16 MB semi-space for young objects. By default V8 grows to that size under load and shrinks when idle. Objects
 * that wait for a service when calls come again would then outlive two collections of a small semi-space and count as old,
 * and only a collection of everything would free them (docs/performance.md).
 */
export const YOUNG_SPACE_FLAG = "--v8-flags=--min-semi-space-size=16";

/** The network: the listening address and the services. */
export function netFlag(settings: Settings | null): string {
  return `--allow-net=${settings === null ? NO_HOST : allowedNet(settings).join(",")}`;
}

/** The variables of the settings. Any other variable reads as not set: libraries look at some, and must not fail. */
export function envFlags(): readonly string[] {
  return [`--allow-env=${SETTINGS.map(({ name }) => name).join(",")}`, "--ignore-env"];
}

/**
 * Without this flag Deno allows to import code from seven public hosts, and from any host under `--cached-only`, whatever
 * `--allow-net` says.
 */
export const IMPORT_FLAG = `--allow-import=${NO_HOST}`;
