// Writes values under paths into a layer (sync contract section 12). What they make of their field is for field_paths.ts.

import { deepFreeze } from "../../kit/deep_freeze.ts";
import { isSameJson } from "../../kit/json.ts";
import { type Cell, type Cells, isNewer } from "./cell.ts";
import { fieldOfPath, isUsablePath } from "./field_paths.ts";
import {
  cellOf,
  type FoldedTable,
  isAlone,
  mergeInRecord,
  sizeOfPathCell,
  type SpaceLayer,
} from "./folded_table.ts";
import { CELLS_BYTES } from "./heap_size.ts";
import { CLOSED } from "./writable_fields.ts";

/** Writes a value under a path, unless the present value wins. False when the value of its field has not become another one. */
export function writePath(
  folded: FoldedTable,
  id: string,
  layer: SpaceLayer,
  path: string,
  cell: Cell,
): boolean {
  const field = fieldOfPath(path);
  if (CLOSED.has(field)) return false;
  if (!isUsablePath(path, cell.value)) return false;
  if (layer.paths === null) {
    layer.paths = new Map();
    folded.bytes += CELLS_BYTES;
  }
  let cells = layer.paths.get(field);
  if (cells === undefined) {
    layer.paths.set(field, cells = new Map());
    folded.bytes += CELLS_BYTES;
  }
  const before = cells.get(path);
  const after = before === undefined ? cell : mergeInRecord(folded, id, before, cell);
  if (after === before) return false;
  deepFreeze(cell.value);
  if (before !== undefined) folded.bytes -= sizeOfPathCell(path, before);
  cells.set(path, after);
  folded.bytes += sizeOfPathCell(path, after);
  // A list that is sent again is no news, unless something else had taken its place since.
  return before === undefined || !isAlone(folded, id) || !Array.isArray(after.value) ||
    !isSameJson(before.value, after.value) || isCovered(layer, cells, path, before);
}

/** Whether something that leads to a path was written after the value at the path. */
function isCovered(layer: SpaceLayer, cells: Cells, path: string, cell: Cell): boolean {
  for (let end = path.lastIndexOf("."); end !== -1; end = path.lastIndexOf(".", end - 1)) {
    const above = path.slice(0, end);
    const other = cells.get(above) ?? cellOf(layer, above);
    if (other !== undefined && isNewer(other, cell)) return true;
  }
  return false;
}
