// The plan of an undo: which records change, and what is left alone. A plan's name has its time and a hash of all that it does, so that
// whoever makes it again, on whichever node, knows whether it is still the same. No plan is stored anywhere.

import { canonicalJson } from "../kit/canonical_json.ts";
import type { LaterWrite, RecordUndo } from "./undo_record.ts";
import { callsOf, isHeldBack, joinParts, type TouchedRecord } from "./join_parts.ts";
import type { TouchedRecords } from "./read_touched.ts";
import { countWithout } from "./undo_counters.ts";

/** What an undo does. */
export interface UndoPlan {
  /** Its name: time and hash. It stands in each change that carries it out. */
  readonly plan: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The records that change, in a fixed order. */
  readonly records: readonly TouchedRecord[];
  readonly conflicts: readonly PlanConflict[];
  readonly impossible: readonly Impossible[];
}

/** What somebody else wrote later. */
export interface PlanConflict extends LaterWrite {
  readonly record: TouchedRecord;
}

/** What cannot be undone at all, and how often. */
export interface Impossible {
  readonly reason: "hard-deleted" | "space-left" | "not-in-log" | "unverified-only";
  readonly count: number;
}

/**
 * Makes the plan of what was found.
 *
 * @param selection what was asked for, as text: the same records for another question are another plan
 */
export async function makePlan(
  found: Pick<TouchedRecords, "records" | "left" | "unproved">,
  selection: string,
  at: number,
): Promise<UndoPlan> {
  const undone = carriedOut(found.records);
  const records = withCounters(found.records, undone).sort(compareRecords);
  const hash = await hashOf(canonicalJson([selection, at, records.map(told)]));
  const count = (obstacle: RecordUndo["obstacle"]) =>
    found.records.filter(({ undo }) => undo.obstacle === obstacle).length;
  const impossible: Impossible[] = [
    { reason: "hard-deleted", count: count("hard-deleted") },
    { reason: "space-left", count: found.left },
    { reason: "not-in-log", count: count("not-in-log") },
    { reason: "unverified-only", count: found.unproved },
  ];
  return {
    plan: `${at.toString(36)}-${hash}`,
    at,
    records,
    conflicts: found.records.toSorted(compareRecords).flatMap((record) =>
      record.undo.conflicts.map((conflict) => ({ ...conflict, record }))
    ),
    impossible: impossible.filter(({ count }) => count > 0),
  };
}

/** The time in a plan's name, in milliseconds since 1970; null for a text that is no such name. */
export function timeOfPlan(plan: string): number | null {
  const [, time = ""] = PLAN.exec(plan) ?? [];
  return time === "" ? null : parseInt(time, 36);
}

/** The id of the call under which a plan's changes stand: 32 hex digits. */
export function callOfPlan({ plan }: Pick<UndoPlan, "plan">): string {
  return plan.slice(-HASH_CHARS);
}

const HASH_CHARS = 32;
const PLAN = /^([0-9a-z]{7,9})-[0-9a-f]{32}$/;

/** The records of which something is undone, apart from sums: of rows that belong together all or none. */
function carriedOut(records: readonly TouchedRecord[]): TouchedRecord[] {
  // A record of which only a sum changes must not tie all calls together that have added to it.
  const whole = records.filter(({ undo }) =>
    undo.op !== null || undo.conflicts.length > 0 || undo.obstacle !== null
  );
  return joinParts(whole).filter((group) => group.length === 1 || !group.some(isHeldBack)).flat()
    .filter(({ undo }) => undo.op !== null);
}

/** The same records, and those whose sums change with them. */
function withCounters(all: readonly TouchedRecord[], undone: readonly TouchedRecord[]): TouchedRecord[] {
  const calls = new Set(undone.flatMap((record) => [...callsOf(record)]));
  const isUndone = (call: string | null) => call !== null && calls.has(call);
  const kept = new Set(undone);
  return all.flatMap((record) => {
    const { undo } = record;
    const isKept = kept.has(record);
    const sums = undo.counters.flatMap((counter) => {
      const { path, count: before, stamp } = counter;
      const value = countWithout(counter, isUndone);
      return value === before ? [] : [{ path, before, value, stamp }];
    });
    if (sums.length === 0) return isKept ? [record] : [];
    const values = isKept ? [...undo.values, ...sums] : sums;
    return [{ ...record, undo: { ...undo, op: isKept ? undo.op : "update", values } }];
  });
}

/** A record's undo as its hash sees it. */
function told({ app, table, id, undo: { op, record, values } }: TouchedRecord): unknown {
  const deletion = op === "delete" || op === "restore" ? record?.cell("deletedAt")?.stamp ?? "" : null;
  return [
    record?.storedAs,
    app,
    table,
    id,
    op,
    deletion,
    values.map(({ path, value, stamp }) => [path, stamp, value]),
  ];
}

function compareRecords(one: TouchedRecord, other: TouchedRecord): number {
  return compare(one.app, other.app) || compare(one.table, other.table) ||
    compare(one.undo.record?.storedAs ?? "", other.undo.record?.storedAs ?? "") || compare(one.id, other.id);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

async function hashOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex().slice(0, HASH_CHARS);
}
