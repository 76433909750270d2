// One pull of one table: portion after portion from a position to the end of the change log. Decides nothing about when to
// pull or what to do with an older log (that is refresh_state.ts). Contract: sync sections 3 and 11.

import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_PULL_PORTIONS, PULL_OVERLAP_MS } from "../kit/limits.ts";
import type { Caller } from "../people/principal.ts";
import { anchorAfter, type ChangeLogAnchor } from "./change_log_anchor.ts";
import type { ChangeWatchers } from "./change_watchers.ts";
import { EPOCH, stepBack } from "./instant.ts";
import { applyPortion, forgetSeen, noteShownSpaces, type PullState } from "./pull_state.ts";
import type { SyncClient } from "./sync_client.ts";
import type { PullPortion } from "./sync_messages.ts";

/**
 * Brings a state up to date, portion by portion. After a failure the state is as of the last whole portion, and the next pull
 * goes on from there. Two pulls of one state must not run at the same time. Throws what `SyncClient.pull` throws, and Refused
 * `upstream-failed` for portions that never end or never move on.
 *
 * @param onResized called when the state's size has changed; what it throws ends the pull
 */
export async function pullChanges(
  deps: PullDeps,
  state: PullState,
  { caller, app, table, signal }: PullTarget,
  onResized: () => void,
): Promise<PullOutcome> {
  // On a first pull every change is new, so watchers are told once, at the end, and not for each change.
  const isFirst = state.position === null;
  const start = state.position === null ? EPOCH : stepBack(state.position, { ms: PULL_OVERLAP_MS });
  const { anchor } = state;
  if (isFirst) state.builtAt = deps.clock.elapsed();
  let since = start;
  let reached = start;
  let outcome: PullOutcome = anchor === null ? "shown" : "silent";
  for (let number = 0; number < MAX_PULL_PORTIONS; number++) {
    const askedAt = number === 0 && isFirst ? state.builtAt : deps.clock.elapsed();
    const portion = await deps.sync.pull(caller, app, table, since, signal);
    // A service that never says the end, or names the same position again, must not keep us busy forever.
    if (portion.hasMore && portion.syncedUntil <= reached) break;
    if (!portion.hasMore && portion.syncedUntil < start) return "older";
    if (portion.malformed > 0) deps.observeMalformed?.(app, table, portion.malformed);
    if (anchor !== null) outcome = outcomeAfter(outcome, anchor, state, portion);
    // A later portion of a first pull says nothing of the portions before it.
    if (!isFirst || number === 0) noteShownSpaces(state, portion, caller.principal.subject, askedAt);
    applyPortion(state, portion, isFirst ? [] : deps.watchers.of(caller.principal, app, table));
    state.anchor = anchorAfter(state.anchor, portion, since, deps.clock.calendar());
    onResized();
    if (!portion.hasMore) {
      state.isReplaying = false;
      if (state.seen.size > 0) {
        forgetSeen(state, stepBack(portion.syncedUntil, { ms: 2 * PULL_OVERLAP_MS }));
      }
      onResized();
      if (isFirst) {
        for (const watcher of deps.watchers.of(caller.principal, app, table)) watcher.rebuilt();
      }
      return outcome;
    }
    reached = portion.syncedUntil;
    // Rows that share the time of the boundary may be cut off by the portion: ask from just before it (sync section 11.3).
    since = stepBack(portion.syncedUntil, { micros: 1 });
  }
  throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "malformed" });
}

/** Dependencies of {@link pullChanges}. */
export interface PullDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly clock: Clock;
  readonly watchers: Pick<ChangeWatchers, "of">;
  /** Told how many entries of an answer were left out; see `PullPortion.malformed`. */
  readonly observeMalformed?: (app: string, table: string, count: number) => void;
}

/** What is pulled, and with whose token. */
export interface PullTarget {
  readonly caller: Caller;
  readonly app: string;
  readonly table: string;
  readonly signal: AbortSignal;
}

/**
 * What a pull says of the anchor that the state had.
 * - `shown`: the anchor is there, or there was none.
 * - `silent`: no known change was shown, as when the overlap does not reach back to the anchor.
 * - `missing`: known changes before the anchor were shown, so the anchor should have been shown too.
 * - `older`: the service's clock lies before the time that was asked for, so this is another change log.
 */
export type PullOutcome = "shown" | "silent" | "missing" | "older";

function outcomeAfter(
  outcome: PullOutcome,
  anchor: ChangeLogAnchor,
  { seen }: PullState,
  { changes }: PullPortion,
): PullOutcome {
  let after = outcome;
  for (const { eventId } of changes) {
    if (eventId === anchor.eventId) after = "shown";
    else if (after === "silent" && eventId !== null && seen.has(eventId)) after = "missing";
  }
  return after;
}
