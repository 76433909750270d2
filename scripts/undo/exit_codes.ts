// With what `deno task undo` ends, for scripts that call it.

/** Everything is as it was, or there was nothing to undo. */
export const DONE = 0;
/** Refused, not reachable, or nobody knows yet whether all of it is done. */
export const REFUSED = 1;
/** The arguments make no sense. */
export const BAD_ARGUMENTS = 2;
/** The person said no, here or on their page, or did not answer in time. */
export const DECLINED = 3;
