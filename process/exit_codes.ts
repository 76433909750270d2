// How a process ends (sysexits.h), for whoever starts it. Imports nothing.

/** The configuration is wrong: starting again changes nothing. */
export const EX_CONFIG = 78;
/** The operating system gives no listener any more. */
export const EX_OSERR = 71;
/** The command line makes no sense. */
export const EX_USAGE = 64;
