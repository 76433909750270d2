import type { Clock } from "../kit/clock.ts";
import type { Caller } from "../people/principal.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_PULL_PAGES, PULL_OVERLAP_MS } from "../kit/limits.ts";
import { EPOCH, stepBack } from "./instant.ts";
import { anchorAfter } from "./change_log_anchor.ts";
import { applyPortion, forgetSeen, type PullState } from "./pull_state.ts";
import type { ChangeWatchers } from "./change_watchers.ts";
import type { SyncClient } from "./sync_client.ts";

/** Dependencies of {@link createChangePull}. */
export interface ChangePullDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly clock: Clock;
  readonly watchers: Pick<ChangeWatchers, "of">;
  /** Entries of an answer that were left out; see `PullPortion.malformed`. */
  readonly observeMalformed?: (app: string, table: string, count: number) => void;
}

/** What is pulled, with whose token, and who is told how the state grows. */
export interface PullTarget {
  readonly caller: Caller;
  readonly app: string;
  readonly table: string;
  readonly signal: AbortSignal;
  /** The state's size has changed; what this throws ends the pull. */
  readonly onResized: () => void;
}

/**
 * Brings a state up to date page by page; after a failure it is as of the last whole page, and goes on from there. Throws
 * what `SyncClient.pull` throws, and Refused `upstream-failed` for pages that never end or never move on.
 */
export type ChangePull = (state: PullState, target: PullTarget) => Promise<PullOutcome>;

/**
 * What a pull says of the anchor that the state had. `shown`: it is there, or there was none. `silent`: nothing that was
 * known was shown, as when the overlap does not reach back to it. `missing`: changes before it were shown, so it should have
 * been. `older`: the service's clock lies before what was asked for, so that it is another log.
 */
export type PullOutcome = "shown" | "silent" | "missing" | "older";

/** Creates it. Two pulls of one state must not run at the same time. */
export function createChangePull(deps: ChangePullDeps): ChangePull {
  const { clock, sync, watchers } = deps;

  return async (state, { caller, app, table, signal, onResized }) => {
    // Of a log that is built from its start, every change is news and none is.
    const isWhole = state.cursor === null;
    let since = state.cursor === null ? EPOCH : stepBack(state.cursor, { ms: PULL_OVERLAP_MS });
    let reached = since;
    const start = since;
    const { anchor } = state;
    let outcome: PullOutcome = anchor === null ? "shown" : "silent";
    for (let number = 0; number < MAX_PULL_PAGES; number++) {
      const page = await sync.pull(caller, app, table, since, signal);
      // A service that never says the end, or says it for the same place again, must not keep us busy forever.
      if (page.hasMore && page.syncedUntil <= reached) break;
      if (!page.hasMore && page.syncedUntil < start) return "older";
      if (page.malformed > 0) deps.observeMalformed?.(app, table, page.malformed);
      if (anchor !== null) {
        for (const { eventId } of page.changes) {
          if (eventId === anchor.eventId) outcome = "shown";
          else if (outcome === "silent" && eventId !== null && state.seen.has(eventId)) outcome = "missing";
        }
      }
      applyPortion(state, page, isWhole ? [] : watchers.of(caller.principal, app, table));
      state.anchor = anchorAfter(state.anchor, page, since, clock.calendar());
      onResized();
      if (!page.hasMore) {
        state.isReplaying = false;
        if (state.seen.size > 0) forgetSeen(state, stepBack(page.syncedUntil, { ms: 2 * PULL_OVERLAP_MS }));
        onResized();
        if (isWhole) { for (const watcher of watchers.of(caller.principal, app, table)) watcher.rebuilt(); }
        return outcome;
      }
      reached = page.syncedUntil;
      // Rows that share the boundary's time may be cut off by the page: ask from just before it (sync section 11.3).
      since = stepBack(page.syncedUntil, { micros: 1 });
    }
    throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "malformed" });
  };
}
