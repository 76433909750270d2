// What an undo does to one record: its whole log against the log without the changes that are undone, field by field. Only what one
// of these changes wrote last is taken back; what somebody else wrote later stays. Pure.

import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Change } from "../changes/change.ts";
import { isJsonObject } from "../kit/json.ts";
import { isPathPart, type PathCell } from "../changes/folded/field_paths.ts";
import { BOOKKEEPING, IMMUTABLE } from "../changes/folded/writable_fields.ts";
import type { LiveRecord } from "../changes/live_records.ts";
import { differingPaths } from "./differing_paths.ts";
import { DELETION, GOES_ALONG, type JudgedChange, writtenValues } from "./judged_change.ts";
import { foldTwice } from "./two_folds.ts";
import { addedTo, type CounterUndo } from "./undo_counters.ts";
import { WriteOwners } from "./write_owners.ts";

/**
 * The undo of the chosen changes of a record, in one space. Null where they have left nothing that could be undone.
 *
 * @param log all changes of one record id, in the order of the log
 * @param at the undo's own time, a stamp
 * @param sums fields that several writers add to (undo_counters.ts)
 */
export function undoRecord(
  log: readonly JudgedChange[],
  space: ActiveSpace,
  at: string,
  sums: ReadonlySet<string> = new Set(),
): RecordUndo | null {
  const isCounted = (spaceId: string): boolean => spaceId === "" || space.storedAs.has(spaceId);
  const owners = new WriteOwners(log, isCounted, at);
  const { present, without } = foldTwice(log, owners, space);
  if (present === null) return goneRecord(log, without !== null, space);
  const { record } = present;
  // In a shared space another member may have added to a sum: what they wrote is never touched.
  const work: Work = { log, owners, record, sums: space.kind === "personal" ? sums : new Set() };
  if (without === null) {
    // Deleting what somebody else has gone on with would take their part away.
    if (present.isDeleted) return null;
    const conflicts = laterWrites(work, 0);
    return found(space, record, { op: conflicts.length === 0 ? "delete" : null, values: [], conflicts });
  }
  const deletion = undoOfDeletion(work, present.isDeleted, without.isDeleted);
  const values: UndoneValue[] = [];
  const conflicts = [...deletion.conflicts];
  const [now, before] = [record.values(), without.record.values()];
  for (const field of fieldsOf(now, before)) {
    if (!work.sums.has(field)) undoField(work, field, now.get(field), before.get(field), values);
  }
  const counters = present.isDeleted || deletion.op === "delete" ? [] : counterUndos(work);
  addLostWrites(work, conflicts);
  if (deletion.op === null && values.length + conflicts.length + counters.length === 0) return null;
  return found(space, record, {
    op: deletion.op ?? (values.length > 0 ? "update" : null),
    values,
    conflicts,
    counters,
  });
}

/** Adds the values that are put back at a path of a field, or below it. */
function undoField(work: Work, path: string, one: unknown, other: unknown, values: UndoneValue[]): void {
  for (const difference of differingPaths(path, one, other)) {
    const newest = work.record.newestAt(difference.path);
    // Nothing stands there, so a hard delete has hidden it: what a hard delete took is never written again.
    if (newest === undefined) continue;
    const { path, one: before, other: value = null } = difference;
    if (isJsonObject(before) && !isJsonObject(value) && !isAllChosen(work, path, before)) {
      // Somebody went on with an object that is of the app: what the app put into it is taken away, theirs stays.
      undoField(work, path, before, {}, values);
    } else if (ownerAt(work, path) === "chosen") {
      values.push({ path, before, value, stamp: newest.cell.stamp });
    }
  }
}

/** Whether nobody else wrote anything that stands at a path or below it. */
function isAllChosen(work: Work, path: string, value: unknown): boolean {
  if (ownerAt(work, path) !== "chosen") return false;
  return !isJsonObject(value) ||
    Object.keys(value).every((name) =>
      !isPathPart(name) || isAllChosen(work, `${path}.${name}`, value[name])
    );
}

/** What an undo does to one record. */
export interface RecordUndo {
  readonly space: ActiveSpace;
  /** The record as it is; null where a hard delete took it, or the log has no insert of it. */
  readonly record: LiveRecord | null;
  /** Null where nothing is done. A record that is deleted or restored may have values besides. */
  readonly op: "delete" | "restore" | "update" | null;
  readonly values: readonly UndoneValue[];
  /** Sums of which something is taken off, as soon as it is known which calls are undone. */
  readonly counters: readonly CounterUndo[];
  /** What somebody else wrote later, and is left alone. */
  readonly conflicts: readonly LaterWrite[];
  /** Why nothing can be done. */
  readonly obstacle: "hard-deleted" | "not-in-log" | null;
}

/** A value that is put back. */
export interface UndoneValue {
  /** The name of a field, or a path into it. */
  readonly path: string;
  /** Undefined for nothing. */
  readonly before: unknown;
  /** Null for nothing. */
  readonly value: unknown;
  /** What the value has to win over. */
  readonly stamp: string;
}

/** What somebody else wrote into a field after one of the changes that are undone. */
export interface LaterWrite {
  readonly path: string;
  readonly change: Change;
  readonly stamp: string;
}

interface Work {
  readonly log: readonly JudgedChange[];
  readonly owners: WriteOwners;
  readonly record: LiveRecord;
  readonly sums: ReadonlySet<string>;
}

function found(
  space: ActiveSpace,
  record: LiveRecord,
  given: Pick<RecordUndo, "op" | "values" | "conflicts"> & Partial<Pick<RecordUndo, "counters">>,
): RecordUndo {
  return { space, record, obstacle: null, counters: [], ...given };
}

/** What the chosen changes have added to the sums of the record. */
function counterUndos({ log, owners, record, sums }: Work): CounterUndo[] {
  return [...sums].flatMap((path) => {
    const cell = record.cell(path);
    const added = addedTo(log, owners, path);
    if (cell === undefined || typeof cell.value !== "number" || added.size === 0) return [];
    return [{ path, count: cell.value, stamp: cell.stamp, added }];
  });
}

/** A record that is not there: by a hard delete, or since its insert is not in what the person can read. */
function goneRecord(
  log: readonly JudgedChange[],
  wasThere: boolean,
  space: ActiveSpace,
): RecordUndo | null {
  const isIn = (op: Change["op"]) =>
    log.some(({ change }) =>
      change.op === op && change.deletedAt === null && space.storedAs.has(change.spaceId)
    );
  const obstacle = wasThere ? "hard-deleted" : isIn("insert") ? null : "not-in-log";
  return obstacle === null
    ? null
    : { space, record: null, op: null, values: [], counters: [], conflicts: [], obstacle };
}

/** Deletes again what was restored, restores what was deleted: where the deletion in force is one of the chosen changes'. */
function undoOfDeletion(
  work: Work,
  isDeleted: boolean,
  wasDeleted: boolean,
): Pick<RecordUndo, "op" | "conflicts"> {
  const newest = work.record.newestAt(DELETION);
  if (isDeleted === wasDeleted || newest === undefined || ownerAt(work, DELETION) !== "chosen") {
    return { op: null, conflicts: [] };
  }
  if (isDeleted) return { op: "restore", conflicts: [] };
  // Somebody has gone on with the record since it was restored: deleting it would take that away.
  const conflicts = laterWrites(work, newest.cell.seq);
  return { op: conflicts.length === 0 ? "delete" : null, conflicts };
}

/** What somebody else wrote, or took away, after an arrival and still stands so in the record. */
function laterWrites(work: Work, seq: number): LaterWrite[] {
  const later: LaterWrite[] = [];
  const look = (path: string): void => {
    const newest = work.record.newestAt(path);
    if (newest === undefined || newest.cell.seq <= seq || ownerAt(work, path) !== "other") return;
    addWrite(work, later, newest);
  };
  const lookBelow = (path: string, value: unknown): void => {
    look(path);
    if (!isJsonObject(value)) return;
    for (const name of Object.keys(value)) if (isPathPart(name)) lookBelow(`${path}.${name}`, value[name]);
  };
  for (const [field, value] of work.record.values()) {
    if (field !== DELETION && !GOES_ALONG.has(field)) lookBelow(field, value);
  }
  // Nothing is left of what somebody took away but the write itself.
  for (const { change } of work.log) {
    for (const { path } of writtenValues(change)) if (path !== DELETION && !GOES_ALONG.has(path)) look(path);
  }
  return later;
}

/** What somebody else wrote where a chosen change had written before. */
function addLostWrites(work: Work, later: LaterWrite[]): void {
  work.log.forEach(({ change }, place) => {
    for (const { path } of writtenValues(change)) {
      if (path === DELETION || GOES_ALONG.has(path) || work.sums.has(path)) continue;
      if (work.owners.of(place, path) !== "chosen") continue;
      const newest = work.record.newestAt(path);
      // What arrived earlier and won all the same was not written later.
      if (newest === undefined || newest.cell.seq <= place + 1 || ownerAt(work, path) !== "other") continue;
      addWrite(work, later, newest.path.length > path.length ? newest : { path, cell: newest.cell });
    }
  });
}

function addWrite({ log }: Work, later: LaterWrite[], { path, cell }: PathCell): void {
  const change = log[cell.seq - 1]?.change;
  if (change === undefined || later.some((one) => one.path === path)) return;
  later.push({ path, change, stamp: cell.stamp });
}

/** Whose the newest write at a path is. */
function ownerAt({ owners, record }: Work, path: string) {
  const newest = record.newestAt(path);
  return newest === undefined ? "nobody" : owners.of(newest.cell.seq - 1, newest.path);
}

/** The fields that an update can write and that may differ. */
function fieldsOf(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) =>
    isPathPart(name) && name !== DELETION && name !== "updatedAt" && !BOOKKEEPING.has(name) &&
    !IMMUTABLE.has(name)
  ).sort();
}
