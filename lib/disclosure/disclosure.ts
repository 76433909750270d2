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
  /** To be called once with the result of a call that has an account. Throws what a ledger that must not miss a call throws. */
  end(call: DisclosedCall, account: CallAccount, output: unknown): void | Promise<void>;
}

/** Whose call it is, and where. */
export interface DisclosedCall {
  readonly caller: Caller;
  readonly space: ActiveSpace;
  readonly actor: CallActor;
}

/** A call that is over, with what it was handed. */
export interface CallOver extends DisclosedCall, CallContent {}

/** Dependencies of {@link createDisclosure}. */
export interface DisclosureDeps {
  /** Told of each call that was handed something, before its result is answered, which waits for a promise. */
  readonly onCallOver?: (call: CallOver) => void | Promise<void>;
}

/** Starts with no account. */
export function createDisclosure({ onCallOver }: DisclosureDeps): Disclosure {
  return Object.freeze({
    begin: ({ space }: DisclosedCall) => new CallAccount(space),
    end({ caller, space, actor }: DisclosedCall, account: CallAccount, output: unknown) {
      if (onCallOver !== undefined) return onCallOver({ caller, space, actor, ...account.content(output) });
    },
  });
}
