// Flags of `deno run` that each process of the product has, whatever its settings are. Imports nothing.

/** Flags on questions and on code. */
export const CODE_FLAGS = [
  // A question on a terminal is a grant waiting for a tired hand.
  "--no-prompt",
  // `import("npm:…")` needs no permission: it asks the registry for any name (a way out for data) and runs what it gets.
  "--cached-only",
  // What was reviewed is what is loaded: a pin that the lock does not know ends the start instead of changing the lock.
  "--frozen",
] as const;

/** A host that cannot exist (RFC 6761). An empty allow-list would be no flag, and no flag means Deno's defaults. */
export const NO_HOST = "none.invalid:1";

/**
 * Without this flag Deno allows to import code from seven public hosts, and from any host under `--cached-only`, whatever
 * `--allow-net` says.
 */
export const IMPORT_FLAG = `--allow-import=${NO_HOST}`;

/** These variables. Any other variable reads as not set: libraries look at some, and must not fail. */
export function variableFlags(names: readonly string[]): readonly string[] {
  return [`--allow-env=${names.join(",")}`, "--ignore-env"];
}
