// With what `deno task ledger` ends, for scripts that call it.

/** Everything was checked, and nothing is missing or changed. */
export const CLEAN = 0;
/** Somebody changed or removed something: no crash looks like it. */
export const BROKEN = 1;
/** Nothing contradicts the ledger, but not everything could be checked. */
export const INCOMPLETE = 2;
/** The arguments make no sense, or the pin file is of somebody else (EX_USAGE of sysexits). */
export const BAD_USAGE = 64;
