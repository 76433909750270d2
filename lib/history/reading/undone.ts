// Which calls were undone, found by what undos wrote: an undo keeps no record of its own. Pure.
// An undo writes a field only where the winner is of a call that is undone, so whatever stands under its write is undone, unless it
// put this very value back.

import type { Change } from "../../changes/change.ts";
import type { TouchedRow } from "./call_groups.ts";
import { DELETION, fieldsOf, THERE, type WrittenField } from "./written_fields.ts";

/** Writes of undos that are kept: more than the largest undo that anybody has looked at. */
const MAX_WRITES = 200_000;

/** What undos wrote. A class, since one is made per request. */
export class UndoWrites {
  /** The newest write of an undo, by record and field. */
  readonly #writes = new Map<string, Map<string, UndoWrite>>();
  #count = 0;

  /** Notes a change of an undo, proved to be one. */
  note(record: string, change: Change, callId: string): void {
    let fields = this.#writes.get(record);
    if (fields === undefined) {
      if (this.#count >= MAX_WRITES) return;
      this.#writes.set(record, fields = new Map());
    }
    for (const field of fieldsOf(change)) {
      const { name } = field;
      const before = fields.get(name);
      if (before !== undefined && before.field.stamp > field.stamp) continue;
      if (before === undefined) this.#count += 1;
      fields.set(name, { callId, field });
    }
  }

  /** The undo that took away what a call did to a record; null where it still counts, or somebody else changed it. */
  undoOf(callId: string, row: TouchedRow): string | null {
    const writes = this.#writes.get(row.record);
    if (writes === undefined) return null;
    let newest = "";
    for (const { name, stamp, mark } of row.fields) {
      if (stamp > newest) newest = stamp;
      const write = writes.get(name);
      if (write === undefined || write.callId === callId) continue;
      if (write.field.stamp > stamp && write.field.mark !== mark) return write.callId;
    }
    if (row.fields.some(({ name }) => name === DELETION)) return null;
    // The record was there for the call, so an undo that took the record away took the call's part with it.
    const removal = writes.get(DELETION);
    const isGone = removal !== undefined && removal.field.stamp > newest && removal.field.mark !== THERE;
    return isGone && removal.callId !== callId ? removal.callId : null;
  }
}

interface UndoWrite {
  readonly callId: string;
  readonly field: WrittenField;
}
