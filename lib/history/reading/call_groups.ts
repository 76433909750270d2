// The newest calls of a window, put together while the logs of many tables are read: whichever table a change is of, it comes to
// its call, and only what a page shows of a call is kept. Pure bookkeeping.

import type { Writer } from "../../authorship/change_verifier.ts";
import type { RowOp } from "../shown_row.ts";
import { fieldsOf, type WrittenField } from "./written_fields.ts";
import type { Change } from "../../changes/change.ts";

/** Calls that are kept while the logs are read: more than a page has, since some turn out to be of nobody who is asked for. */
export const KEPT_CALLS = 200;
/**
 * How much earlier a change may be than the last call that is kept and still belong to one that is: as long as a call takes, or
 * as an approved one waits.
 */
export const CALL_SPAN_MS = 15 * 60_000;
/** Records of a call that are told apart; changes beyond are counted as a record each. */
const COUNTED_RECORDS = 10_000;

/** One call, as far as it was read. */
export interface CallGroup {
  readonly id: string;
  readonly writer: Exclude<Writer, { kind: "person" }>;
  /** The space of the first change, as stored. */
  readonly spaceId: string;
  /** When the call began, in milliseconds since 1970. */
  at: number;
  /** When its last change happened. */
  last: number;
  /** The first records that it changed. */
  readonly rows: TouchedRow[];
  /** How many records it changed. */
  rowCount: number;
  /** Every record that is counted; null while `rows` has them all, as of most calls. */
  records: Set<string> | null;
}

/** A record that a call changed. Lists and no maps, since most calls change one record: there may be one for each change of a log. */
export interface TouchedRow {
  /** See {@link recordKey}. */
  readonly record: string;
  readonly app: string;
  readonly table: string;
  readonly id: string;
  /** As stored. */
  readonly spaceId: string;
  op: RowOp;
  /** What the call wrote last into each field. */
  readonly fields: WrittenField[];
}

/** A change of a call with what was found about it. */
export interface CallChange {
  readonly id: string;
  readonly writer: CallGroup["writer"];
  readonly app: string;
  readonly table: string;
  /** The record over all spaces and tables; see {@link recordKey}. */
  readonly record: string;
  readonly at: number;
  readonly change: Change;
}

/** The newest calls. A class, since one is made per request. */
export class CallGroups {
  readonly #groups = new Map<string, CallGroup>();
  readonly #keptRows: number;
  /** No call before this time is kept. */
  #floor = -Infinity;
  #hasLeftOut = false;

  /** @param keptRows how many records of a call are kept; all are counted */
  constructor(keptRows: number) {
    this.#keptRows = keptRows;
  }

  /** Whether a change of this time could belong to a call that is kept. */
  mayKeep(at: number): boolean {
    if (at >= this.#floor - CALL_SPAN_MS) return true;
    this.#hasLeftOut = true;
    return false;
  }

  /** Says that calls older than those that are kept were left out. */
  leaveOut(): void {
    this.#hasLeftOut = true;
  }

  /** Puts a change to its call. */
  add(found: CallChange): void {
    let group = this.#groups.get(found.id);
    if (group === undefined) {
      if (found.at < this.#floor) return this.leaveOut();
      group = newGroup(found);
      this.#groups.set(found.id, group);
      if (this.#groups.size >= 2 * KEPT_CALLS) this.#cut();
    }
    addChange(group, found, this.#keptRows);
  }

  /** The calls that are kept, newest first, and whether there were older ones. */
  newest(): { readonly groups: readonly CallGroup[]; readonly hasLeftOut: boolean } {
    return { groups: this.#sorted(), hasLeftOut: this.#hasLeftOut };
  }

  #sorted(): CallGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  #cut(): void {
    const sorted = this.#sorted();
    for (const { id } of sorted.slice(KEPT_CALLS)) this.#groups.delete(id);
    this.#floor = Math.max(this.#floor, sorted[KEPT_CALLS - 1]?.at ?? -Infinity);
    this.#hasLeftOut = true;
  }
}

/** One record of one table. Records of one id in different spaces are different records. */
export function recordKey(app: string, table: string, space: string, id: string): string {
  return JSON.stringify([app, table, space, id]);
}

/** What a change makes of its record. */
export function opOf({ op, deletedAt, fields }: Change): RowOp {
  if (op !== "update") return op;
  if (deletedAt !== null) return "delete";
  const deletion = fields?.find(({ name }) => name === "deletedAt");
  if (deletion === undefined) return "update";
  return deletion.value ? "delete" : "restore";
}

function newGroup({ id, writer, at, change }: CallChange): CallGroup {
  return {
    id,
    writer,
    spaceId: change.spaceId,
    at,
    last: at,
    rows: [],
    rowCount: 0,
    records: null,
  };
}

function addChange(
  group: CallGroup,
  { record, app, table, at, change }: CallChange,
  keptRows: number,
): void {
  group.at = Math.min(group.at, at);
  group.last = Math.max(group.last, at);
  const row = group.rows.find((one) => one.record === record);
  if (row !== undefined) return addToRow(row, change);
  if (!isCounted(group, record)) group.rowCount += 1;
  if (group.rows.length >= keptRows) return;
  const { id, spaceId } = change;
  group.rows.push({ record, app, table, id, spaceId, op: opOf(change), fields: [...fieldsOf(change)] });
}

function addToRow(row: TouchedRow, change: Change): void {
  const op = opOf(change);
  if (row.op === "update" || op === "delete") row.op = op;
  for (const field of fieldsOf(change)) {
    const index = row.fields.findIndex(({ name }) => name === field.name);
    const before = row.fields[index];
    if (before === undefined) row.fields.push(field);
    else if (field.stamp >= before.stamp) row.fields[index] = field;
  }
}

/** Whether a record that `rows` does not have was counted before; counts it from now on. */
function isCounted(group: CallGroup, record: string): boolean {
  if (group.rows.length === group.rowCount) {
    group.records = new Set(group.rows.map((row) => row.record));
  }
  if (group.records?.has(record) === true) return true;
  if (group.records !== null && group.records.size < COUNTED_RECORDS) group.records.add(record);
  return false;
}
