// The changes that carry out the undo of a record. Their stamps come of the undo's own time and of what they have to win over, so that
// whoever makes them again, on whichever node, makes the same ones. Pure. Contract: sync sections 2 and 7.

import { type RecordChange, spaceOf } from "../changes/push_changes.ts";
import { nextStamp, toStamp } from "../changes/stamp.ts";
import type { PushField } from "../changes/sync_messages.ts";
import { DELETION } from "./judged_change.ts";
import type { RecordUndo } from "./undo_record.ts";

/**
 * The changes of one record, under the space id that the record is stored under: one with fields, and one that deletes. Sealed values
 * are copied as they are, so that no key is needed.
 *
 * @param at the undo's own time, in milliseconds since 1970
 */
export function undoChanges({ record, op, values }: RecordUndo, at: number): RecordChange[] {
  if (record === null || op === null) return [];
  const { id, storedAs } = record;
  const fields: Record<string, PushField> = {};
  const set = (path: string, value: unknown, stamp: string): void => {
    fields[path] = { value, at: stamp, updatedAt: stamp };
  };
  for (const { path, value, stamp } of values) set(path, value, nextStamp(at, stamp));
  if (op === "restore") set(DELETION, null, nextStamp(at, record.cell(DELETION)?.stamp));
  const changes: RecordChange[] = [];
  if (Object.keys(fields).length > 0) {
    // The seed's app sorts by this field; HEAD's derives it (sync section 0). Whoever wrote the record later keeps theirs.
    set("updatedAt", toStamp(at), toStamp(at));
    changes.push({ id, op: "update", ...spaceOf(storedAs), fields });
  }
  if (op === "delete") {
    const deletedAt = nextStamp(at, record.cell(DELETION)?.stamp);
    changes.push({ id, op: "delete", ...spaceOf(storedAs), deletedAt });
  }
  return changes;
}
