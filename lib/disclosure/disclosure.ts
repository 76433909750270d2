// What is told of opened records, of all people: begins the account of a call, and hands it on when the call is over. What a call was
// handed is call_account.ts, how much it may be call_budget.ts.

import type { Clock } from "../kit/clock.ts";
import type { Caller } from "../people/principal.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { CallActor } from "../spaces/call_scope.ts";
import { CallAccount, type CallContent } from "./call_account.ts";
import { CallBudget } from "./call_budget.ts";
import { createGrantUses, type GrantUses, type GrantUsesDeps, type GrantWindow } from "./grant_uses.ts";

/** Keeps account of what calls are handed. */
export interface Disclosure {
  /** Begins the account of a call. To be called when the call first opens something. */
  begin(call: DisclosedCall): CallAccount;
  /**
   * To be called once with the result of a call that has an account. Returns what it was handed. Throws Refused `disclosure-budget`
   * where the result must not be handed out.
   */
  end(call: DisclosedCall, account: CallAccount, output: unknown): Promise<CallContent>;
  /** What this process knows of the caller's grant, for the ledger; null for the person's own token. */
  window(caller: Pick<Caller, "principal">): GrantWindow | null;
}

/** Whose call it is, and where. */
export interface DisclosedCall {
  readonly caller: Caller;
  readonly space: ActiveSpace;
  readonly actor: CallActor;
  readonly isRead: boolean;
  readonly signal: () => AbortSignal;
}

/** Dependencies of {@link createDisclosure}. */
export interface DisclosureDeps extends GrantUsesDeps {
  readonly clock: Pick<Clock, "calendar">;
  /** The page where the person allows an app more; null where it is not known. */
  readonly appsPage: () => Promise<string | null>;
}

/** Starts with no account. */
export function createDisclosure(deps: DisclosureDeps): Disclosure {
  const uses = createGrantUses(deps);
  return Object.freeze({
    begin: (call: DisclosedCall) => begin(deps, uses, call),
    end: (call: DisclosedCall, account: CallAccount, output: unknown) => account.end(output, call.isRead),
    window(caller: Pick<Caller, "principal">): GrantWindow | null {
      const grant = uses.find(caller);
      if (grant === null) return null;
      const now = deps.clock.calendar();
      return { hours: grant.use.hours(now), ...grant.taint.window(now) };
    },
  });
}

function begin(deps: DisclosureDeps, uses: GrantUses, { caller, space, signal }: DisclosedCall): CallAccount {
  const { appsPage, clock } = deps;
  const grant = uses.find(caller);
  if (grant === null) return new CallAccount({ space, budget: null, load: null, appsPage });
  // Once in a call: where it cannot be had, the next call asks again.
  let loading: Promise<void> | null = null;
  return new CallAccount({
    space,
    budget: new CallBudget(grant.use, caller.principal.client?.readBudget, clock.calendar),
    load: grant.isLoaded ? null : () => loading ??= uses.load(grant, caller, signal()),
    appsPage,
  });
}
