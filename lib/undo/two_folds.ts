// One record twice: as its whole log leaves it, and as the log would leave it without the changes that are undone. The folding
// itself is changes/fold.ts, so that both are what every reader sees. Pure.

import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Change } from "../changes/change.ts";
import { applyChange } from "../changes/fold.ts";
import { createFoldedTable } from "../changes/folded/folded_table.ts";
import { storedRecord, type StoredRecordState } from "../changes/live_records.ts";
import { DELETION, type JudgedChange } from "./judged_change.ts";
import type { WriteOwners } from "./write_owners.ts";

/**
 * The record by all of its log, and without what is undone; null where a log has none, or a hard delete left nothing of it. The arrival numbers of both (`Cell.seq`) are places in the log, counted
 * from 1.
 */
export function foldTwice(
  log: readonly JudgedChange[],
  owners: WriteOwners,
  space: ActiveSpace,
): { readonly present: StoredRecordState | null; readonly without: StoredRecordState | null } {
  const present = createFoldedTable();
  const without = createFoldedTable();
  log.forEach(({ change }, place) => {
    applyChange(present, change);
    const rest = restOf(change, place, owners);
    if (rest === null) without.seq += 1;
    else applyChange(without, rest);
  });
  const [id = ""] = log.map(({ change }) => change.id);
  return { present: storedRecord(present, id, space), without: storedRecord(without, id, space) };
}

/** What is left of a change without the writes that are undone; null for nothing. */
function restOf(change: Change, place: number, owners: WriteOwners): Change | null {
  if (owners.isChosen(place)) return null;
  if (change.deletedAt !== null) return owners.of(place, DELETION) === "chosen" ? null : change;
  if (change.op !== "update" || change.fields === null) return change;
  const fields = change.fields.filter(({ name }) => owners.of(place, name) !== "chosen");
  if (fields.length === change.fields.length) return change;
  return fields.length === 0 ? null : { ...change, fields };
}
