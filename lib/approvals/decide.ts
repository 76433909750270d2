// What the person does on their page: looks at what waits, says no, or says yes, which carries the changes out. Nothing here holds
// state: two gateways, a double click and a lost answer all come to the same bytes. A decision reaches this room
// only through the door of the sign-in server's pages.
import { Refused } from "../kit/errors.ts";
import type { Caller } from "../people/principal.ts";
import { grantedSpaces, isInScope, parseScopes } from "../people/scopes.ts";
import type { RecordGrants } from "../grants/record_grants.ts";
import { demandDocument } from "./demand_document.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { Metrics } from "../observe/metrics.ts";
import { personalSentinel } from "../spaces/active_space.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import type { Ask } from "./ask.ts";
import { type CarryingDeps, carryOut, noteDone } from "./carry_out.ts";
import { lookAt, type LookDeps, type Looked } from "./present_approval.ts";
import type { ApprovalShower, SeenApproval, ShownApproval } from "./shown_approval.ts";
import { readStandings } from "./read_standings.ts";
import { readStanding, type Standing } from "./standing.ts";

/** What the person's page can do. Every method throws what the own records and the change cache throw. */
export interface Decisions {
  /** Open ones first, the newest first. Clears away what is older than a day. */
  list(caller: Caller, signal: AbortSignal): Promise<ShownApproval[]>;
  /** Throws Refused `approval-unknown`. */
  read(caller: Caller, id: string, signal: AbortSignal): Promise<ShownApproval>;
  /**
   * Throws Refused `approval-unknown`, `approval-changed`, `approval-expired`, `approval-used`, `grant-ended`, `scope-gone`,
   * `space-left`, and what pushing throws as long as nothing is stored. Where nobody knows whether all is stored, the status is `unknown`.
   */
  decide(caller: Caller, decision: Decision, signal: AbortSignal): Promise<ShownApproval>;
}

/** What the person clicked. */
export interface Decision {
  readonly id: string;
  /** {@link ShownApproval.diff} of what they were shown. */
  readonly diff: string;
  readonly decision: "yes" | "no";
  /** When the page was made, milliseconds since 1970. */
  readonly shownAt: number;
  /** The grant of the app that asks, as it is now; null for the person's own token. */
  readonly grant: GrantNow | null;
}

/** A grant as the sign-in server tells it. */
export interface GrantNow {
  readonly isLive: boolean;
  readonly scope: string;
  /** The document that narrows it, as introspection tells it; absent where there is none. */
  readonly authorization_details?: unknown;
}

/** Dependencies of {@link createDecisions}. */
export interface DecisionsDeps extends LookDeps, CarryingDeps {
  readonly store: Pick<RecordStore, "changes" | "pushBatch">;
  readonly grants: Pick<RecordGrants, "of">;
  readonly registry: Pick<ToolRegistry, "getTool">;
  readonly shower: ApprovalShower;
  readonly metrics: Pick<Metrics, "approval">;
}

/** Creates it. */
export function createDecisions(deps: DecisionsDeps): Decisions {
  return Object.freeze({
    async list(caller: Caller, signal: AbortSignal) {
      const kept = await readStandings(deps, caller, signal);
      const shown = await Promise.all(kept.map(async (standing) => {
        return await deps.shower.show(caller, await seeNow(deps, caller, standing, signal), signal);
      }));
      const rank = ({ status }: ShownApproval) => status === "open" || status === "unknown" ? 0 : 1;
      return shown.sort((one, other) => rank(one) - rank(other) || (one.made < other.made ? 1 : -1));
    },

    async read(caller: Caller, id: string, signal: AbortSignal) {
      const standing = await find(deps, caller, id, signal);
      return await deps.shower.show(caller, await seeNow(deps, caller, standing, signal), signal);
    },

    async decide(caller: Caller, decision: Decision, signal: AbortSignal) {
      const standing = await find(deps, caller, decision.id, signal);
      const looked = await lookCloser(deps, caller, standing, signal);
      const { status } = looked.seen;
      const show = (seen: SeenApproval) => deps.shower.show(caller, seen, signal);
      const wanted = decision.decision === "yes" ? "done" : "declined";
      // A double click, and the same click at two gateways: the answer is the same, and nothing is done twice.
      if (status === wanted) return await show(await noted(deps, caller, looked.seen, signal));
      // A no does not take back the half that is stored already: that is what an undo is for.
      const isHalfDone = status === "unknown" && decision.decision === "no";
      if (status === "done" || status === "declined" || isHalfDone) {
        throw new Refused({ reason: "approval-used", now: await show(looked.seen) });
      }
      if (status === "expired") {
        throw new Refused({ reason: "approval-expired", now: await show(looked.seen) });
      }
      if (decision.decision === "no") return await show(await decline(deps, caller, looked.seen, signal));
      demandGrant(deps, standing.ask, decision, caller);
      if (!looked.resolved.choice.ok) throw new Refused({ reason: "space-left" });
      await demandDocument(deps, looked, decision, caller, signal);
      // What is shown must be what is there; a change that is half stored is completed whatever the page showed.
      if (status === "changed" || (status === "open" && decision.diff !== looked.seen.diff)) {
        throw new Refused({ reason: "approval-changed", now: await show(looked.seen) });
      }
      const carried = await carryOut(deps, caller, looked.seen, decision.shownAt, signal);
      // A yes that has to be pressed again, because not all was stored, is one yes.
      if (standing.yes === null) deps.metrics.approval("yes");
      return await show(carried);
    },
  });
}

/** An approval as it is now, for the page. */
async function seeNow(
  deps: DecisionsDeps,
  caller: Caller,
  standing: Standing,
  signal: AbortSignal,
): Promise<SeenApproval> {
  return await noted(deps, caller, (await lookCloser(deps, caller, standing, signal)).seen, signal);
}

/** Notes for the app what the page sees in the records themselves, where the note of it was lost. */
async function noted(
  deps: DecisionsDeps,
  caller: Caller,
  seen: SeenApproval,
  signal: AbortSignal,
): Promise<SeenApproval> {
  const isLost = seen.status === "done" && seen.standing.done === null;
  return isLost ? await noteDone(deps, caller, seen, signal) : seen;
}

async function find(deps: DecisionsDeps, caller: Caller, id: string, signal: AbortSignal): Promise<Standing> {
  const record = (await deps.own.list(caller, "approvals", signal)).find((one) => one.id === id);
  const standing = record === undefined ? null : await readStanding(record);
  // Somebody else's is not in this person's space at all, so it is unknown as one that never was.
  if (standing === null) throw new Refused({ reason: "approval-unknown" });
  return standing;
}

/**
 * Looks at the records, and once more at the approval where a record is not as it was: another gateway may have stored the person's yes
 * and the changes since the approval was read, and then nothing has changed "meanwhile".
 */
async function lookCloser(
  deps: DecisionsDeps,
  caller: Caller,
  standing: Standing,
  signal: AbortSignal,
): Promise<Looked> {
  const looked = await lookAt(deps, caller, standing, signal);
  if (standing.yes !== null || !looked.seen.hasChanged) return looked;
  const again = await find(deps, caller, standing.id, signal);
  return again.yes === null ? looked : await lookAt(deps, caller, again, signal);
}

/** Whether the app may still do what it asked for. */
function demandGrant(
  { registry }: DecisionsDeps,
  ask: Ask,
  { grant }: Decision,
  { principal }: Caller,
): void {
  if (ask.grantId === "") return;
  if (grant === null || !grant.isLive) throw new Refused({ reason: "grant-ended" });
  const scopes = parseScopes(grant.scope);
  const tool = registry.getTool(ask.tool);
  if (tool === undefined || !isInScope(scopes, tool)) throw new Refused({ reason: "scope-gone" });
  const granted = grantedSpaces(scopes);
  const sentinel = personalSentinel(principal.subject);
  if (granted !== null && !granted.has(ask.space) && !granted.has(sentinel)) {
    throw new Refused({ reason: "scope-gone" });
  }
}

async function decline(
  { own, clock, metrics }: DecisionsDeps,
  caller: Caller,
  seen: SeenApproval,
  signal: AbortSignal,
): Promise<SeenApproval> {
  const { standing } = seen;
  const at = clock.calendar();
  const fields = { no: JSON.stringify({ ask: standing.askHash, at }) };
  await own.write(caller, { table: "approvals", id: standing.id, isNew: false, at, fields }, signal);
  metrics.approval("no");
  return { ...seen, status: "declined", standing: { ...standing, no: at } };
}
