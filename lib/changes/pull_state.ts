// What the pulls of one table have brought so far: the folded table and the position where the next pull goes on. Pure
// bookkeeping, no I/O.

import type { ChangeLogAnchor } from "./change_log_anchor.ts";
import type { ChangeWatcher } from "./change_watchers.ts";
import { applyChange } from "./fold.ts";
import { createFoldedTable, type FoldedTable } from "./folded/folded_table.ts";
import type { PullPortion } from "./sync_messages.ts";

/** A folded table and the position of the pulls that made it. */
export interface PullState {
  readonly folded: FoldedTable;
  /** Event ids that the overlap may bring again, with the end of the portion they came in; oldest first. */
  readonly seen: Map<string, string>;
  /** When the first pull of this state began, on `Clock.elapsed`. */
  builtAt: number;
  /** The state is built anew once it is this old, in milliseconds. */
  readonly maxAgeMs: number;
  /** Spaces of which the service showed what a co-member wrote, with the time at which it was asked, on `Clock.elapsed`. */
  readonly shownSpaces: Map<string, number>;
  /** The newest known change; null where none is known, or the service gives no event ids. */
  anchor: ChangeLogAnchor | null;
  /** Whether the last pull has shown the anchor: the overlap reaches back to it. */
  isAnchorShown: boolean;
  /** Where the next pull goes on, a comparable instant (instant.ts); null until the first portion. */
  position: string | null;
  /** True once this pull brought a change not seen before. Known changes after it are applied again, because order matters. */
  isReplaying: boolean;
}

/** Estimated memory of one entry of `seen`. */
const SEEN_BYTES = 200;

/** A state into which nothing was pulled. */
export function createPullState({ builtAt, maxAgeMs }: Pick<PullState, "builtAt" | "maxAgeMs">): PullState {
  return {
    folded: createFoldedTable(),
    seen: new Map(),
    builtAt,
    maxAgeMs,
    shownSpaces: new Map(),
    anchor: null,
    isAnchorShown: false,
    position: null,
    isReplaying: false,
  };
}

/** Estimated memory of a state, in bytes. */
export function bytesOf(state: PullState): number {
  return state.folded.bytes + state.seen.size * SEEN_BYTES;
}

/**
 * Applies the new changes of a portion. A change that committed late lies before changes that were applied already, and order
 * decides between equal stamps and around hard deletes: every change after the late one is applied once more (sync section
 * 11.4). The result is the same as one pass in order, since every change after the late one is in the overlap as well.
 */
export function applyPortion(
  state: PullState,
  portion: PullPortion,
  watchers: readonly ChangeWatcher[],
): void {
  const { folded, seen } = state;
  for (const change of portion.changes) {
    if (change.eventId !== null) {
      if (!seen.has(change.eventId)) {
        seen.set(change.eventId, portion.syncedUntil);
        state.isReplaying = true;
      } else if (!state.isReplaying) continue;
    }
    for (const watcher of watchers) watcher.before(folded, change.id);
    if (applyChange(folded, change)) continue;
    for (const watcher of watchers) watcher.unaltered?.(change.id);
  }
  for (const watcher of watchers) watcher.after(folded);
  state.position = portion.syncedUntil;
}

/**
 * Notes of which spaces the answer to a request of `askedAt` shows what others than `subject` wrote: the service knew of these
 * memberships by then. Who wrote a record is its writer's word, but only the person can put records among their own. Private
 * records do not count: that one was written must not show by what follows.
 */
export function noteShownSpaces(
  { shownSpaces }: PullState,
  { changes }: PullPortion,
  subject: string,
  askedAt: number,
): void {
  for (const { data, spaceId } of changes) {
    if (data === null || spaceId === "" || shownSpaces.has(spaceId)) continue;
    const { authorId, visibility } = data;
    if (typeof authorId !== "string" || authorId === subject || visibility === "private") continue;
    shownSpaces.set(spaceId, askedAt);
  }
}

/**
 * Drops the ids of portions that ended before `until`: no pull can bring them again. Callers keep twice the overlap, since the
 * end of a last portion is the time of another clock than the time of its rows (sync section 3).
 */
export function forgetSeen(state: PullState, until: string): void {
  for (const [eventId, end] of state.seen) {
    if (end >= until) return;
    state.seen.delete(eventId);
  }
}
