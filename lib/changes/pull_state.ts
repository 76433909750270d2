import { applyChange, createFoldedTable, type FoldedTable } from "./fold.ts";
import type { ChangeLogAnchor } from "./change_log_anchor.ts";
import type { ChangeWatcher } from "./change_watchers.ts";
import type { PullPortion } from "./sync_messages.ts";

/** A folded log and how far the pulls have come that made it. */
export interface PullState {
  readonly log: FoldedTable;
  /** Event ids that the overlap may bring again, with the end of the page they came in, oldest first. */
  readonly seen: Map<string, string>;
  readonly builtAt: number;
  /** Whether it was built after the service's own memberships had settled, so that it lacks nothing for their sake. */
  readonly isSettled: boolean;
  /** The newest known change; null where none is known, or the service gives no event ids. */
  anchor: ChangeLogAnchor | null;
  /** Whether the last pull has shown it: the overlap reaches back to it. */
  isAnchorShown: boolean;
  /** Null until the first page. */
  cursor: string | null;
  /** A new change has come since the last whole pull: known ones that the log has after it are applied again. */
  isReplaying: boolean;
}

const SEEN_BYTES = 200;

/** A state that nothing was pulled into. */
export function createPullState(from: Pick<PullState, "builtAt" | "isSettled">): PullState {
  const { builtAt, isSettled } = from;
  return {
    log: createFoldedTable(),
    seen: new Map(),
    builtAt,
    isSettled,
    anchor: null,
    isAnchorShown: false,
    cursor: null,
    isReplaying: false,
  };
}

/** Estimated memory of a state. */
export function bytesOf(state: PullState): number {
  return state.log.bytes + state.seen.size * SEEN_BYTES;
}

/**
 * Applies what is new. A change that committed late lies before changes that were applied already, and order decides
 * between equal stamps and around hard deletes: what the log has after it is applied once more (sync section 11.4). That
 * ends in the same state as one pass in order, since every change after the late one is in the overlap as well.
 */
export function applyPortion(state: PullState, page: PullPortion, watchers: readonly ChangeWatcher[]): void {
  for (const change of page.changes) {
    if (change.eventId !== null) {
      if (!state.seen.has(change.eventId)) {
        state.seen.set(change.eventId, page.syncedUntil);
        state.isReplaying = true;
      } else if (!state.isReplaying) continue;
    }
    for (const watcher of watchers) watcher.before(state.log, change.id);
    applyChange(state.log, change);
  }
  for (const watcher of watchers) watcher.after(state.log);
  state.cursor = page.syncedUntil;
}

/**
 * Drops the ids that no pull can bring again. Twice the overlap is kept: the end of a last page is another clock's time
 * than that of its rows (sync section 3).
 */
export function forgetSeen(state: PullState, until: string): void {
  for (const [eventId, end] of state.seen) {
    if (end >= until) return;
    state.seen.delete(eventId);
  }
}
