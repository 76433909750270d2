// Changes as the service writes them, folded, and what a space then shows.
import assert from "node:assert/strict";
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import { applyChange } from "../../lib/changes/fold.ts";
import { createFoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { liveRecords } from "../../lib/changes/live_records.ts";
import type { Change } from "../../lib/changes/change.ts";
import { parsePullPortion } from "../../lib/changes/sync_messages.ts";
import { at } from "../records/_harness.ts";

/** Changes as they come out of a pull. */
export function parse(...raw: readonly Record<string, unknown>[]): readonly Change[] {
  const page = parsePullPortion({ serverChanges: raw, syncedUntil: at(0) }, "t");
  assert.ok(page);
  assert.equal(page.malformed, 0);
  return page.changes;
}

/** What a space shows after a log: rows by id, fields by name. */
export function rows(
  changes: readonly Change[],
  space: ActiveSpace,
): Record<string, Record<string, unknown>> {
  const log = createFoldedTable();
  for (const change of changes) applyChange(log, change);
  const shown: Record<string, Record<string, unknown>> = Object.create(null);
  for (const view of liveRecords(log, space)) {
    const row: Record<string, unknown> = Object.create(null);
    for (const name of ["a", "b", "createdAt", "authorId", "spaceId"]) {
      const cell = view.cell(name);
      if (cell !== undefined) row[name] = cell.value;
    }
    shown[view.id] = row;
  }
  return JSON.parse(JSON.stringify(shown));
}

export const removal = (id: string, deletedAt?: string, spaceId?: string) => ({
  table: "t",
  id,
  op: "delete",
  ...(deletedAt === undefined ? {} : { deletedAt }),
  ...(spaceId === undefined ? {} : { spaceId }),
});
