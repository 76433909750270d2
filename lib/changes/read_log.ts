// Reads a table's change log as it is, change by change, and keeps nothing: for rare questions about who wrote what, which a
// folded table cannot answer, since a fold keeps what won and nothing else. Contract: sync sections 3 and 11.

import { type Refusal, Refused } from "../kit/errors.ts";
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
  let changes: readonly Change[] = [];
  const take = (portion: LogPortion): void => {
    changes = portion.changes;
  };
  let place: LogPlace | null = { position: since, seen: null };
  for (let number = 0; number < MAX_PULL_PORTIONS; number++) {
    place = await readPortion(sync, target, place, take);
    yield* changes;
    if (place === null) return;
  }
  throw new Refused(ENDLESS);
}

/**
 * Has `look` look at each portion of the same changes, one after the other, until it says `enough`. Nothing of a portion is held
 * once it was looked at: a reader of many logs waits for most of them, and a portion takes megabytes.
 *
 * @param around runs the reading of one portion and the look at it, when the reader's turn has come; at once by default
 */
export async function readPortions(
  sync: Pick<SyncClient, "pull">,
  target: PullTarget,
  since: string,
  look: LookAtPortion,
  around: <Value>(read: () => Promise<Value>) => Promise<Value> = (read) => read(),
): Promise<void> {
  let place: LogPlace = { position: since, seen: null };
  for (let number = 0; number < MAX_PULL_PORTIONS; number++) {
    const next: LogPlace | null = await around(() => readPortion(sync, target, place, look));
    if (next === null) return;
    place = next;
  }
  throw new Refused(ENDLESS);
}

/** What a reader does with a portion. */
export type LookAtPortion = (portion: LogPortion) => Promise<"enough" | void> | "enough" | void;

/** Where a log is read on. */
interface LogPlace {
  readonly position: string;
  /** The event ids of the last changes of the portion before, which can come again. Null: there was no portion. */
  readonly seen: ReadonlySet<string | null> | null;
}

/** Reads one portion, has it looked at, and returns where the next one begins; null after the last, or where it is enough. */
async function readPortion(
  sync: Pick<SyncClient, "pull">,
  { caller, app, table, signal }: PullTarget,
  { position, seen }: LogPlace,
  look: LookAtPortion,
): Promise<LogPlace | null> {
  const { changes, hasMore, syncedUntil } = await sync.pull(caller, app, table, position, signal);
  const isNew = ({ eventId }: Change): boolean => eventId === null || seen?.has(eventId) !== true;
  const said = await look({
    changes: seen === null ? changes : changes.filter(isNew),
    after: position,
    until: syncedUntil,
  });
  if (!hasMore || said === "enough") return null;
  // Rows that share the time of the boundary may be cut off by the portion: ask from just before it (sync section 11.3).
  const next = stepBack(syncedUntil, { micros: 1 });
  if (next <= position) throw new Refused(ENDLESS);
  return { position: next, seen: new Set(changes.slice(-MAX_OF_ONE_TIME).map(({ eventId }) => eventId)) };
}

/** More changes than ever share a microsecond: each is stored in a transaction of its own (sync section 11.5). */
const MAX_OF_ONE_TIME = 100;
const ENDLESS: Refusal = { reason: "upstream-failed", upstream: "sync", fault: "malformed" };

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
