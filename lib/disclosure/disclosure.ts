// What is told of opened records, of all people: begins the account of a call, and hands it on when the call is over. What a call was
// handed is call_account.ts.

import type { Caller } from "../people/principal.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { CallActor } from "../spaces/call_scope.ts";
import { CallAccount, type CallContent } from "./call_account.ts";

/** Keeps account of what calls are handed. */
export interface Disclosure {
  /** Begins the account of a call. To be called when the call first opens something. */
  begin(call: DisclosedCall): CallAccount;
  /** To be called once with the result of a call that has an account. Returns what it was handed. */
  end(call: DisclosedCall, account: CallAccount, output: unknown): CallContent | Promise<CallContent>;
}

/** Whose call it is, and where. */
export interface DisclosedCall {
  readonly caller: Caller;
  readonly space: ActiveSpace;
  readonly actor: CallActor;
}

/** Starts with no account. */
export function createDisclosure(): Disclosure {
  return Object.freeze({
    begin: ({ space }: DisclosedCall) => new CallAccount(space),
    end: (_call: DisclosedCall, account: CallAccount, output: unknown) => account.content(output),
  });
}
