// Reads the logs of the records that an undo is about. A log is read from its start: what stood there before may be older than anything
// that is undone. In memory are only the changes of these records, and what a short log has besides.

import { EPOCH } from "../changes/instant.ts";
import { isVisible } from "../grants/is_visible.ts";
import type { PullTarget } from "../changes/pull_changes.ts";
import { readPortions } from "../changes/read_log.ts";
import { toStamp } from "../changes/stamp.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_UNDO_RECORDS } from "../kit/limits.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { TouchedRecord } from "./join_parts.ts";
import { judgeChange, type UndoQuestion, type Verdict } from "./judge_changes.ts";
import { countersOf } from "./undo_counters.ts";
import { undoRecord } from "./undo_record.ts";

/** What was found in the logs. A class, since one is made per undo and all tables add to it. */
export class TouchedRecords {
  readonly records: TouchedRecord[] = [];
  /** Records in spaces that the person has left. */
  left = 0;
  /** Changes of which nobody can say whose they are. */
  unproved = 0;
  #count = 0;

  /** Throws Refused `input-invalid` for more than {@link MAX_UNDO_RECORDS} records. */
  count(records: number): void {
    this.#count += records;
    if (this.#count <= MAX_UNDO_RECORDS) return;
    const problems = [
      `more than ${MAX_UNDO_RECORDS} records would change: choose a shorter time or fewer calls`,
    ];
    throw new Refused({ reason: "input-invalid", problems });
  }
}

/** Adds the touched records of one table. Throws what `SyncClient.pull` throws, and as {@link TouchedRecords.count}. */
export async function readTouched(
  { sync, clock }: { readonly sync: Pick<SyncClient, "pull">; readonly clock: Pick<Clock, "wait"> },
  question: UndoQuestion,
  target: PullTarget,
  found: TouchedRecords,
): Promise<void> {
  const { app, table, caller } = target;
  const read = (visit: (verdict: Verdict | null) => void) => readJudged(sync, question, target, visit);
  const ids = new Set<string>();
  let unproved = 0;
  let short: Verdict[] | null = [];
  await read((verdict) => {
    if (verdict === null) return;
    if (verdict.isUnproved) unproved += 1;
    if (verdict.isChosen !== false) ids.add(verdict.change.id);
    if (short !== null && short.push(verdict) > SHORT_LOG) short = null;
  });
  found.unproved += unproved;
  if (ids.size === 0) return;
  found.count(ids.size);
  const logs = new Map<string, Verdict[]>();
  const keep = (verdict: Verdict | null): void => {
    if (verdict === null || !ids.has(verdict.change.id)) return;
    const log = logs.get(verdict.change.id);
    if (log === undefined) logs.set(verdict.change.id, [verdict]);
    else log.push(verdict);
  };
  if (short === null) await read(keep);
  else for (const verdict of short) keep(verdict);
  const { subject } = caller.principal;
  let folded = 0;
  for (const log of logs.values()) {
    addRecords(found, question, { app, table, subject }, log);
    folded += log.length;
    if (folded < CHANGES_AT_ONCE) continue;
    folded = 0;
    await clock.wait(0);
    if (target.signal.aborted) throw new Refused({ reason: "cancelled" });
  }
}

/** After so many folded changes, some 20 ms, everybody else has their turn. */
const CHANGES_AT_ONCE = 1_000;

/** A log up to this many changes is not read a second time. */
const SHORT_LOG = 5_000;

async function readJudged(
  sync: Pick<SyncClient, "pull">,
  question: UndoQuestion,
  target: PullTarget,
  visit: (verdict: Verdict | null) => void,
): Promise<void> {
  const { app, table } = target;
  await readPortions(sync, target, EPOCH, async ({ changes }) => {
    // Together: each signature is a trip to another thread.
    const verdicts = await Promise.all(changes.map((change) => judgeChange(question, app, table, change)));
    for (const verdict of verdicts) visit(verdict);
  });
}

/** A record id may be a record in each of several spaces. */
function addRecords(
  found: TouchedRecords,
  { spaces, at }: UndoQuestion,
  { app, table, subject }: { readonly app: string; readonly table: string; readonly subject: string },
  log: readonly Verdict[],
): void {
  const [first] = log;
  if (first === undefined) return;
  const touched = new Map<string, ActiveSpace>();
  for (const { change, isChosen } of log) {
    const space = spaces.spaceOf(change.spaceId);
    if (isChosen !== false) touched.set(space.id, space);
  }
  for (const space of touched.values()) {
    if (spaces.tell(space.id).isLeft === true) {
      found.left += 1;
      continue;
    }
    const undo = undoRecord(log, space, toStamp(at), countersOf(`${app}/${table}`));
    if (undo === null || (undo.record !== null && !isVisible(undo.record, space, subject, null))) continue;
    const chosen = log.filter(({ isChosen, change }) =>
      isChosen !== false && space.storedAs.has(change.spaceId)
    );
    found.records.push({ app, table, id: first.change.id, undo, chosen });
  }
}
