// Reads a table's change log as it is, change by change, and keeps nothing: for rare questions about who wrote what, which a
// folded table cannot answer, since a fold keeps what won and nothing else. Contract: sync sections 3 and 11.

import { Refused } from "../kit/errors.ts";
import { MAX_PULL_PORTIONS } from "../kit/limits.ts";
import type { Change } from "./change.ts";
import { EPOCH, stepBack } from "./instant.ts";
import type { PullTarget } from "./pull_changes.ts";
import type { SyncClient } from "./sync_client.ts";

/**
 * Every change that the service stored after `since`, in the order of the log, each once. One portion is in memory at a time; the
 * next one is asked for when it is needed. Entries that are no change are left out. Throws what `SyncClient.pull` throws, and
 * Refused `upstream-failed` for portions that never end or never move on.
 *
 * @param since {@link EPOCH} for the whole log, or a comparable instant (instant.ts) of the service's own clock
 */
export async function* readLog(
  sync: Pick<SyncClient, "pull">,
  target: PullTarget,
  since: string,
): AsyncGenerator<Change, void, void> {
  for await (const { changes } of readPortions(sync, target, since)) yield* changes;
}

/** The same, a portion at a time: for a reader that looks at whole portions, or asks when changes were stored. */
export async function* readPortions(
  sync: Pick<SyncClient, "pull">,
  { caller, app, table, signal }: PullTarget,
  since: string,
): AsyncGenerator<LogPortion, void, void> {
  let position = since;
  /** The event ids of the portion before: only its last rows can come again. */
  let before: ReadonlySet<string | null> | null = null;
  for (let number = 0; number < MAX_PULL_PORTIONS; number++) {
    const { changes, hasMore, syncedUntil } = await sync.pull(caller, app, table, position, signal);
    const seen: ReadonlySet<string | null> | null = before;
    const isNew = ({ eventId }: Change): boolean => eventId === null || seen?.has(eventId) !== true;
    yield { changes: seen === null ? changes : changes.filter(isNew), after: position, until: syncedUntil };
    if (!hasMore) return;
    // Rows that share the time of the boundary may be cut off by the portion: ask from just before it (sync section 11.3).
    const next = stepBack(syncedUntil, { micros: 1 });
    if (next <= position) break;
    position = next;
    before = new Set(changes.map(({ eventId }) => eventId));
  }
  throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "malformed" });
}

/** Changes that the service stored after one instant and until another, both of its own clock and comparable (instant.ts). */
export interface LogPortion {
  readonly changes: readonly Change[];
  readonly after: string;
  readonly until: string;
}

/** Whether the whole change log of a table has a change that `isIt` knows. Throws as {@link readLog}. */
export async function isInLog(
  sync: Pick<SyncClient, "pull">,
  target: PullTarget,
  isIt: (change: Change) => boolean,
): Promise<boolean> {
  for await (const change of readLog(sync, target, EPOCH)) if (isIt(change)) return true;
  return false;
}
