// What a record's layers say together: the cell of each field that wins among them, once a hard delete has hidden what came before.
// Which layers make up a record of a space is for live_records.ts.
import { type Cell, cellAfter, type Cells, isNewer } from "./cell.ts";
import { areNested, fieldOfPath, layPaths, type PathCell } from "./field_paths.ts";
import { cellOf, type SpaceLayer } from "./folded_table.ts";
import { isStamp } from "../stamp.ts";

/** The winning cell of a field among layers with what was written under paths; what came before `dropSeq` does not count. */
export function laidOf(layers: readonly SpaceLayer[], dropSeq: number, name: string): Cell | undefined {
  const whole = newestOf(layers, dropSeq, name);
  const written = pathCells(layers, dropSeq, name);
  return written.length === 0 ? whole : layPaths(whole, written);
}

/** What was written under each path into a field; what came before `dropSeq` does not count. */
export function pathCells(layers: readonly SpaceLayer[], dropSeq: number, field: string): PathCell[] {
  const newest = new Map<string, Cell>();
  for (const layer of layers) {
    for (const [path, written] of layer.paths?.get(field) ?? []) {
      const cell = cellAfter(written, dropSeq);
      const other = newest.get(path);
      if (cell !== undefined && (other === undefined || isNewer(cell, other))) newest.set(path, cell);
    }
  }
  return [...newest].map(([path, cell]) => ({ path, cell }));
}

/** The winning cell of a field's own name among layers; what came before `dropSeq` does not count. */
export function newestOf(layers: readonly SpaceLayer[], dropSeq: number, name: string): Cell | undefined {
  let best: Cell | undefined;
  for (const layer of layers) {
    const cell = cellAfter(cellOf(layer, name), dropSeq);
    if (cell !== undefined && (best === undefined || isNewer(cell, best))) best = cell;
  }
  return best;
}

/** What was written last at a path, above it or below it; what came before `dropSeq` does not count. */
export function newestAtPath(
  layers: readonly SpaceLayer[],
  dropSeq: number,
  path: string,
): PathCell | undefined {
  const field = fieldOfPath(path);
  const whole = newestOf(layers, dropSeq, field);
  let newest: PathCell | undefined = whole === undefined ? undefined : { path: field, cell: whole };
  for (const written of pathCells(layers, dropSeq, field)) {
    if (!areNested(path, written.path)) continue;
    if (newest === undefined || isNewer(written.cell, newest.cell)) newest = written;
  }
  return newest;
}

/** The newest stamp of any field or path; null for none that is a time. */
export function newestStamp(layers: readonly SpaceLayer[], dropSeq: number): string | null {
  let newest: string | null = null;
  const judge = (stamp: string, seq: number): void => {
    if (seq > dropSeq && (newest === null || stamp > newest) && isStamp(stamp)) newest = stamp;
  };
  const judgeAll = (cells: Cells | null): void => {
    for (const cell of cells?.values() ?? []) {
      // A cell that the hard delete hides without a rest is not judged: its number is not above `dropSeq`.
      const { stamp, seq } = cellAfter(cell, dropSeq) ?? cell;
      judge(stamp, seq);
    }
  };
  for (const layer of layers) {
    if (layer.data !== null) judge(layer.dataStamp, layer.dataSeq);
    judgeAll(layer.cells);
    if (layer.paths !== null) { for (const cells of layer.paths.values()) judgeAll(cells); }
  }
  return newest;
}

/** The names of all fields, hidden ones too. */
export function fieldNames(layers: readonly SpaceLayer[]): string[] {
  const names = new Set<string>();
  for (const { data, cells, paths } of layers) {
    for (const name of [...Object.keys(data ?? {}), ...cells?.keys() ?? [], ...paths?.keys() ?? []]) {
      names.add(name);
    }
  }
  return [...names];
}
