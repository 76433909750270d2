// Logs of one table, undone in memory: what the engine makes of them, pushed behind them as a gateway would.
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import type { Change } from "../../lib/changes/change.ts";
import { applyChange } from "../../lib/changes/fold.ts";
import { createFoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { type LiveRecord, storedRecord } from "../../lib/changes/live_records.ts";
import { isJsonObject } from "../../lib/kit/json.ts";
import type { JudgedChange } from "../../lib/undo/judged_change.ts";
import { undoChanges } from "../../lib/undo/undo_changes.ts";
import { type RecordUndo, undoRecord } from "../../lib/undo/undo_record.ts";
import { parse } from "../changes/_fold.ts";

/** A change and whose it is: `app`, a device, or an undo. */
export interface Entry {
  readonly by: string;
  readonly change: Change;
}

export function entry(by: string, raw: Record<string, unknown>): Entry {
  const [change] = parse(raw);
  if (change === undefined) throw new Error("no change");
  return { by, change };
}

/** The undo of a record of a log; writers that begin with `undo` are earlier undos. */
export function undone(
  log: readonly Entry[],
  isChosen: (entry: Entry) => boolean,
  space: ActiveSpace,
  at: number,
  id: string,
): { readonly undo: RecordUndo | null; readonly raw: Record<string, unknown>[] } {
  const judged = log.filter(({ change }) => change.id === id).map((one): JudgedChange => ({
    change: one.change,
    isChosen: isChosen(one),
    isUndo: one.by.startsWith("undo"),
    call: one.by,
  }));
  const undo = undoRecord(judged, space, new Date(at).toISOString());
  const raw = undo === null ? [] : undoChanges(undo, at).map((change) => ({ table: "t", ...change }));
  return { undo, raw };
}

/** A record as a space shows it after a log: its leaves by path. An empty object is nothing, as for every app. */
export interface Shown {
  readonly state: "absent" | "live" | "deleted";
  readonly leaves: ReadonlyMap<string, string>;
  readonly record: LiveRecord | null;
}

export function shownIn(log: readonly Entry[], space: ActiveSpace, id: string): Shown {
  const folded = createFoldedTable();
  for (const { change } of log) applyChange(folded, change);
  const stored = storedRecord(folded, id, space);
  const leaves = new Map<string, string>();
  for (const [name, value] of stored?.record.values() ?? []) {
    if (name !== "deletedAt" && name !== "updatedAt") addLeaves(leaves, name, value);
  }
  const state = stored === null ? "absent" : stored.isDeleted ? "deleted" : "live";
  return { state, leaves, record: stored?.record ?? null };
}

function addLeaves(leaves: Map<string, string>, path: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) addLeaves(leaves, `${path}.${name}`, member);
  } else leaves.set(path, JSON.stringify(value));
}
