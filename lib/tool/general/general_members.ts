// What the gateway's own, general tools have beside what every tool has.
import type { MeantCall } from "./meant_call.ts";

/** Members of general tools alone. */
export interface GeneralMembers {
  /**
   * The call of another tool that one with these arguments is. Whoever judges, counts or runs a call asks this
   * first; nothing is read for it. A call that is none stands for a tool that refuses it in words.
   */
  readonly standsFor?: (args: unknown) => MeantCall;
  /**
   * Every app that is shown a tool that changes something is shown this one as well, whatever its profile. `ifRoom`: not where an app's
   * own tools would then be more than a client takes.
   */
  readonly isForWriters?: true | "ifRoom";
  /** Whether the person is asked before a call with these arguments, at `now` (ms), beside the calls that are always asked about. */
  readonly asksFor?: (args: unknown, now: number) => boolean;
}

/** The members that a definition has. */
export function generalMembers({ standsFor, isForWriters, asksFor }: GeneralMembers): GeneralMembers {
  return {
    ...(standsFor === undefined ? {} : { standsFor }),
    ...(isForWriters === undefined ? {} : { isForWriters }),
    ...(asksFor === undefined ? {} : { asksFor }),
  };
}
