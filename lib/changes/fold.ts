// The fold of a change log into records (sync contract section 7): per field the greater stamp wins, on equal stamps the later
// arrival. Values under paths are kept apart; what they make of their field is for field_paths.ts. No I/O, no clock, no space:
// which layers make up a record of a space is for live_records.ts.

import { deepFreeze } from "../kit/deep_freeze.ts";
import { isSameJson, type JsonObject } from "../kit/json.ts";
import { type Cell, sizeOfCell } from "./folded/cell.ts";
import type { Change, FieldChange } from "./change.ts";
import { isPath } from "./folded/field_paths.ts";
import {
  cellOf,
  clearLayer,
  type FoldedTable,
  isAlone,
  layerOf,
  mergeInRecord,
  type SpaceLayer,
} from "./folded/folded_table.ts";
import { CELLS_BYTES, sizeOf, sizeOfFields } from "./folded/heap_size.ts";
import { BOOKKEEPING, IMMUTABLE } from "./folded/writable_fields.ts";
import { writePath } from "./folded/write_path.ts";

/**
 * Applies one change, which is not altered. Changes must come in the order of the change log. False when the change can have
 * altered stamps alone: the web app sends every list of a record again with whatever else it changes.
 */
export function applyChange(folded: FoldedTable, change: Change): boolean {
  const seq = ++folded.seq;
  if (change.op === "delete" || change.deletedAt !== null) {
    const layer = layerOf(folded, change);
    if (change.deletedAt === null) {
      layer.dropSeq = seq;
      clearLayer(folded, layer);
    } else {
      write(folded, change.id, layer, "deletedAt", { value: change.deletedAt, stamp: change.deletedAt, seq });
    }
  } else if (change.op === "insert") {
    const layer = layerOf(folded, change);
    layer.insertSeq = seq;
    if (change.data !== null) writeAll(folded, change.id, layer, withoutBookkeeping(change.data), seq);
  } else if (change.fields !== null) {
    return writeFields(folded, change.id, layerOf(folded, change), change.fields, seq);
  } else {
    return false;
  }
  return true;
}

/** Writes all fields of an insert, together where no cell stands in the way. */
function writeAll(folded: FoldedTable, id: string, layer: SpaceLayer, data: JsonObject, seq: number): void {
  // An insert without a time is the oldest, not the newest: else it would undo every update (sync section 7).
  const stamp = textOrNull(data.updatedAt) ?? textOrNull(data.createdAt) ?? "";
  const names = Object.keys(data);
  const { data: before } = layer;
  // The same insert again (a client's retry) takes the place of the first, since each of its fields would win.
  const replaces = before === null ||
    (stamp >= layer.dataStamp && Object.keys(before).every((name) => Object.hasOwn(data, name)));
  if (layer.cells !== null || !replaces) {
    for (const name of names) write(folded, id, layer, name, { value: data[name], stamp, seq });
    return;
  }
  for (const name of names) deepFreeze(data[name]);
  if (before !== null) folded.bytes -= sizeOfFields(before);
  folded.bytes += sizeOfFields(data);
  layer.data = data;
  layer.dataStamp = stamp;
  layer.dataSeq = seq;
}

/** Writes the fields of an update. False when no value can have become another one. */
function writeFields(
  folded: FoldedTable,
  id: string,
  layer: SpaceLayer,
  fields: readonly FieldChange[],
  seq: number,
): boolean {
  let isChanged = false;
  for (const { name, value, stamp } of fields) {
    const cell = { value, stamp, seq };
    if (isPath(name)) {
      if (writePath(folded, id, layer, name, cell)) isChanged = true;
    } else if (!BOOKKEEPING.has(name) && !IMMUTABLE.has(name)) {
      if (write(folded, id, layer, name, cell) && name !== "updatedAt") isChanged = true;
    }
  }
  return isChanged;
}

/** Writes one field as a cell, unless the present value wins. False when its value has not become another one. */
function write(folded: FoldedTable, id: string, layer: SpaceLayer, name: string, cell: Cell): boolean {
  const before = cellOf(layer, name);
  const after = before === undefined ? cell : mergeInRecord(folded, id, before, cell);
  if (after === before) return false;
  deepFreeze(cell.value);
  if (layer.cells === null) {
    layer.cells = new Map();
    folded.bytes += CELLS_BYTES;
  }
  if (before !== undefined) {
    if (layer.cells.has(name)) {
      folded.bytes -= sizeOfCell(name, before);
    } else {
      folded.bytes -= sizeOf(before.value);
      layer.data = { ...layer.data, [name]: undefined };
    }
  }
  layer.cells.set(name, after);
  folded.bytes += sizeOfCell(name, after);
  return before === undefined || !isSameJson(before.value, after.value) ||
    layer.paths?.has(name) === true || !isAlone(folded, id);
}

function withoutBookkeeping(data: JsonObject): JsonObject {
  let isClean = true;
  for (const name of BOOKKEEPING) isClean &&= !Object.hasOwn(data, name);
  return isClean ? data : Object.fromEntries(Object.entries(data).filter(([name]) => !BOOKKEEPING.has(name)));
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
