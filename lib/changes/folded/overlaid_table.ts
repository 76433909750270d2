// A folded table with changes on top that are not stored: what a call would read after its own writes. The table itself stays as it is.
import { applyChange } from "../fold.ts";
import type { RecordChange } from "../push_changes.ts";
import type { FoldedTable, SpaceLayer } from "./folded_table.ts";

/** The table as it would be after these changes. Shares everything of the records that they do not touch. */
export function overlaidTable(folded: FoldedTable, changes: readonly RecordChange[]): FoldedTable {
  const overlaid: FoldedTable = { ...folded, records: new Map(folded.records), lists: new Map() };
  for (const id of new Set(changes.map((change) => change.id))) {
    const first = overlaid.records.get(id);
    if (first !== undefined) overlaid.records.set(id, copyOf(first));
  }
  for (const { id, op, spaceId = "", data = null, fields, deletedAt = null } of changes) {
    applyChange(overlaid, {
      eventId: null,
      id,
      op,
      spaceId,
      data,
      fields: fields === undefined
        ? null
        : Object.entries(fields).map(([name, { value, at }]) => ({ name, value, stamp: at })),
      deletedAt,
      actor: null,
      origin: null,
    });
  }
  return overlaid;
}

/** A record's layers that may be written into. Values are never written into, and stay shared. */
function copyOf(layer: SpaceLayer): SpaceLayer {
  return {
    ...layer,
    cells: layer.cells === null ? null : new Map(layer.cells),
    paths: layer.paths === null
      ? null
      : new Map([...layer.paths].map(([field, cells]) => [field, new Map(cells)])),
    next: layer.next === null ? null : copyOf(layer.next),
    live: null,
  };
}
