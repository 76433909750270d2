// What is told of opened records, of all people: begins the account of a call, and hands it on when the call is over. What a call was
// handed is call_account.ts, how much it may be call_budget.ts.

import type { Authorship } from "../authorship/authorship.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import type { Caller, Principal } from "../people/principal.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { CallActor } from "../spaces/call_scope.ts";
import { CallAccount, type CallContent } from "./call_account.ts";
import { budgetLimits } from "./budget_limits.ts";
import { CallBudget } from "./call_budget.ts";
import { SharedCall } from "./shared_call.ts";
import type { GrantTaint } from "./grant_taint.ts";
import {
  createGrantUses,
  type GrantUses,
  type GrantUsesDeps,
  type GrantWindow,
  type KnownGrant,
} from "./grant_uses.ts";

/** Keeps account of what calls are handed. */
export interface Disclosure {
  /** Begins the account of a call. To be called when the call first opens something. */
  begin(call: DisclosedCall): CallAccount;
  /**
   * To be called once with the result of a call that has an account. Returns what it was handed. Throws Refused `disclosure-budget`
   * where the result must not be handed out.
   */
  end(call: DisclosedCall, account: CallAccount, output: unknown): Promise<CallContent>;
  /**
   * What the caller's grant has read in the last half hour. A promise where something of other processes has to be read first: their
   * counts once, and of several gateways what they know now, before each call that writes where others read.
   */
  taintOf(caller: Caller, space: ActiveSpace, signal: () => AbortSignal): CallTaint | Promise<CallTaint>;
  /** Whether a call of this caller that writes may have to ask, in whichever space; true where it is not known yet. */
  mayAsk(principal: Principal): boolean;
  /** Notes that text of another member was handed out, of a table that keeps no account. */
  readOthers(caller: Caller): void;
  /** Whether other gateways have to be told of this content before anybody is handed it: the next call may come to one of them. */
  mustTell(content: CallContent): boolean;
  /** What this process knows of the caller's grant, for the ledger; null for the person's own token. */
  window(caller: Pick<Caller, "principal">): GrantWindow | null;
}

/** What a grant has read, as far as it decides about a call that writes. */
export interface CallTaint {
  /** Whether it has read texts of others and private ones, and the call would write into a space that others read. */
  readonly asks: Tainted;
  /** Whether it has read texts of others. */
  readonly isRelaying: boolean;
}

/** `unknown`: another gateway may have handed it such texts, and nobody can say. */
export type Tainted = boolean | "unknown";

/** Whose call it is, and where. */
export interface DisclosedCall {
  readonly caller: Caller;
  /** Its id is empty where none could be chosen. */
  readonly space: Pick<ActiveSpace, "id">;
  readonly actor: CallActor;
  readonly isRead: boolean;
  readonly signal: () => AbortSignal;
}

/** Dependencies of {@link createDisclosure}. */
export interface DisclosureDeps extends GrantUsesDeps {
  readonly clock: Pick<Clock, "calendar">;
  /** The page where the person allows an app more; null where it is not known. */
  readonly appsPage: () => Promise<string | null>;
  /** Gateways that hand records to the same grants; 1 by default. */
  readonly nodes?: number;
  /** What stands for an app in the change log; nothing by default. */
  readonly pseudonymOf?: Authorship["pseudonymOf"];
}

/** Starts with no account. */
export function createDisclosure(deps: DisclosureDeps): Disclosure {
  const uses = createGrantUses(deps);
  const isOneOfMany = (deps.nodes ?? 1) > 1 || deps.shared !== undefined;
  return Object.freeze({
    begin: (call: DisclosedCall) => begin(deps, uses, call),
    end: (call: DisclosedCall, account: CallAccount, output: unknown) => account.end(output, call.isRead),
    taintOf(caller: Caller, space: ActiveSpace, signal: () => AbortSignal) {
      const grant = uses.find(caller);
      if (grant === null) return NO_TAINT;
      const judge = (isKnown = true) => judgeTaint(grant.taint, space, deps.clock.calendar(), isKnown);
      const known = judge();
      if (!isOneOfMany || (known.isRelaying && (known.asks !== false || !isReadByOthers(space)))) {
        return grant.isLoaded ? known : uses.load(grant, caller, signal()).then(() => judge());
      }
      const hasPrivateOutside = () => grant.taint.hasPrivateOutside(space.id, deps.clock.calendar());
      return taintElsewhere(uses, grant, caller, space, signal, { judge, hasPrivateOutside });
    },
    mayAsk(principal: Principal): boolean {
      const grant = principal.client === null ? null : uses.find({ principal });
      return grant !== null &&
        (isOneOfMany || !grant.isLoaded || grant.taint.hasBoth(deps.clock.calendar()));
    },
    readOthers(caller: Caller): void {
      const grant = uses.find(caller);
      const now = deps.clock.calendar();
      grant?.taint.readOthers(now);
      void grant?.shared?.tellTaint(true, [], now);
    },
    mustTell: ({ isNews }: CallContent) => isOneOfMany && isNews,
    window(caller: Pick<Caller, "principal">): GrantWindow | null {
      const grant = uses.find(caller);
      if (grant === null) return null;
      const now = deps.clock.calendar();
      return { hours: grant.use.hours(now), ...grant.taint.window(now) };
    },
  });
}

/** Of a call that only reads, or of the person's own token. */
export const NO_TAINT: CallTaint = Object.freeze({ asks: false, isRelaying: false });

/** What this gateway knows of a grant. */
interface OwnTaint {
  judge(isKnown?: boolean): CallTaint;
  hasPrivateOutside(): boolean;
}

/**
 * What other gateways have handed the grant: out of the store, or out of the person's ledger, where they note it, while the store is away
 * or may have forgotten; that costs a pull, so only where others read what is written. Together with what this gateway knows.
 */
async function taintElsewhere(
  uses: GrantUses,
  grant: KnownGrant,
  caller: Caller,
  space: ActiveSpace,
  signal: () => AbortSignal,
  { judge, hasPrivateOutside }: OwnTaint,
): Promise<CallTaint> {
  if (!grant.isLoaded) await uses.load(grant, caller, signal());
  const there = await (grant.shared?.readTaint() ?? null);
  const isKnown = there?.isWhole === true || !isReadByOthers(space) ||
    await uses.loadTaint(grant, caller, signal());
  const { asks, isRelaying } = judge(isKnown);
  if (there === null) return { asks, isRelaying };
  const isOthers = isRelaying || there.hasOthers;
  const isPrivate = hasPrivateOutside() || there.hasPrivateOutside(space.id);
  return { asks: (isReadByOthers(space) && isOthers && isPrivate) || asks, isRelaying: isOthers };
}

/** In the personal space nobody else reads what is written; a space of an unknown type may be shared. */
function isReadByOthers({ kind }: ActiveSpace): boolean {
  return kind !== "personal";
}

function judgeTaint(taint: GrantTaint, space: ActiveSpace, now: number, isKnown: boolean): CallTaint {
  const isRelaying = taint.hasOthers(now);
  const asks = isReadByOthers(space) && isRelaying && taint.hasPrivateOutside(space.id, now);
  return { asks: asks || (isKnown ? false : "unknown"), isRelaying };
}

function begin(deps: DisclosureDeps, uses: GrantUses, { caller, space, signal }: DisclosedCall): CallAccount {
  const { appsPage, clock, nodes } = deps;
  const grant = uses.find(caller);
  const shared = {
    space,
    now: clock.calendar,
    appsPage,
    ownPseudonym: () => ownPseudonym(deps, caller, signal()),
  };
  if (grant === null) {
    return new CallAccount({ ...shared, budget: null, taint: null, tellTaint: null, load: null });
  }
  const readBudget = caller.principal.client?.readBudget;
  const whole = budgetLimits(readBudget);
  // Once in a call: where it cannot be had, the next call asks again.
  let loading: Promise<void> | null = null;
  return new CallAccount({
    ...shared,
    taint: grant.taint,
    tellTaint: grant.shared === null ? null : (...read) => grant.shared?.tellTaint(...read) ?? null,
    budget: new CallBudget({
      use: grant.use,
      whole,
      alone: budgetLimits(readBudget, nodes),
      shared: grant.shared === null ? null : new SharedCall(grant.shared, whole),
      now: clock.calendar,
    }),
    load: grant.isLoaded ? null : () => loading ??= uses.load(grant, caller, signal()),
  });
}

/** Null as well where the key cannot be had now: then every app counts as another. */
async function ownPseudonym(
  { pseudonymOf }: DisclosureDeps,
  caller: Caller,
  signal: AbortSignal,
): Promise<string | null> {
  const { client } = caller.principal;
  if (client === null || pseudonymOf === undefined) return null;
  try {
    return await pseudonymOf(caller, client.appKey, signal);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
