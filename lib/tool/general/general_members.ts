// What the gateway's own, general tools have beside what every tool has.
import type { MeantCall } from "./meant_call.ts";

/** Members of general tools alone. */
export interface GeneralMembers {
  /**
   * The call of another tool that one with these arguments is. Whoever judges, counts or runs a call asks this
   * first; nothing is read for it. A call that is none stands for a tool that refuses it in words.
   */
  readonly standsFor?: (args: unknown) => MeantCall;
  /** Every app that is shown a tool that changes something is shown this one as well, whatever its profile. */
  readonly isForWriters?: true;
}

/** The members that a definition has. */
export function generalMembers({ standsFor, isForWriters }: GeneralMembers): GeneralMembers {
  return {
    ...(standsFor === undefined ? {} : { standsFor }),
    ...(isForWriters === undefined ? {} : { isForWriters }),
  };
}
