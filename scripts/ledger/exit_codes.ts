// With what `deno task ledger` ends, for scripts that call it.

/** Everything was checked, and nothing is missing or changed. */
export const CLEAN = 0;
/** Somebody changed or removed something: no crash looks like it. */
export const BROKEN = 1;
/** Nothing contradicts the ledger, but not everything could be checked. */
export const INCOMPLETE = 2;
/** The arguments make no sense, or the pin file is of somebody else (EX_USAGE of sysexits). */
export const BAD_USAGE = 64;

/** With what the program ends to say one of these codes: Deno ends with 1 where a program cannot be loaded, which is not `BROKEN`. */
export function codeToSay(code: number): number {
  return code + SAID;
}

/** The code that a program said; null where it did not come to its end. */
export function saidCode(ended: number): number | null {
  const code = ended - SAID;
  return [CLEAN, BROKEN, INCOMPLETE, BAD_USAGE].includes(code) ? code : null;
}

/** Codes above 127 tell of signals. */
const SAID = 40;
