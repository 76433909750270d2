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
  readonly rows: Map<string, TouchedRow>;
  /** How many records it changed. */
  rowCount: number;
  /** Every record that is counted. */
  readonly records: Set<string>;
}

/** A record that a call changed. */
export interface TouchedRow {
  readonly app: string;
  readonly table: string;
  readonly id: string;
  /** As stored. */
  readonly spaceId: string;
  op: RowOp;
  /** What the call wrote last into each field. */
  readonly fields: Map<string, WrittenField>;
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
    rows: new Map(),
    rowCount: 0,
    records: new Set(),
  };
}

function addChange(
  group: CallGroup,
  { record, app, table, at, change }: CallChange,
  keptRows: number,
): void {
  group.at = Math.min(group.at, at);
  group.last = Math.max(group.last, at);
  if (!group.records.has(record)) {
    group.rowCount += 1;
    if (group.records.size < COUNTED_RECORDS) group.records.add(record);
  }
  let row = group.rows.get(record);
  const op = opOf(change);
  if (row === undefined) {
    if (group.rows.size >= keptRows) return;
    row = { app, table, id: change.id, spaceId: change.spaceId, op, fields: new Map() };
    group.rows.set(record, row);
  } else if (row.op === "update" || op === "delete") row.op = op;
  for (const [name, field] of fieldsOf(change)) {
    const before = row.fields.get(name);
    if (before === undefined || field.stamp >= before.stamp) row.fields.set(name, field);
  }
}
