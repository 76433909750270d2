// The fold of a change log into records (sync contract section 7): per field the greater stamp wins, on equal stamps the later
// arrival. No I/O, no clock, no space: which layers make up a record of a space is for live_records.ts.
//
// State is kept by record id *and* stored space id. Any authenticated person may push a change with any space id and any record
// id, so a change stamped with one space must never alter what another space shows.

import { deepFreeze } from "../kit/deep_freeze.ts";
import type { JsonObject } from "../kit/json.ts";
import type { Change } from "./change.ts";
import {
  CELL_BYTES,
  CELLS_BYTES,
  LAYER_BYTES,
  RECORD_BYTES,
  sizeOf,
  sizeOfFields,
  sizeOfText,
} from "./heap_size.ts";

/** A table without records. */
export function createFoldedTable(): FoldedTable {
  return { records: new Map(), seq: 0, bytes: 0, lists: new Map() };
}

/** Applies one change, which is not altered. Changes must come in the order of the change log. */
export function applyChange(folded: FoldedTable, change: Change): void {
  const seq = ++folded.seq;
  if (change.op === "delete" || change.deletedAt !== null) {
    const layer = layerOf(folded, change);
    if (change.deletedAt === null) {
      layer.dropSeq = seq;
      clear(folded, layer);
    } else {
      write(folded, change.id, layer, "deletedAt", { value: change.deletedAt, stamp: change.deletedAt, seq });
    }
  } else if (change.op === "insert") {
    const layer = layerOf(folded, change);
    layer.insertSeq = seq;
    if (change.data !== null) writeAll(folded, change.id, layer, withoutBookkeeping(change.data), seq);
  } else if (change.fields !== null) {
    const layer = layerOf(folded, change);
    for (const { name, value, stamp } of change.fields) {
      if (!BOOKKEEPING.has(name) && !IMMUTABLE.has(name)) {
        write(folded, change.id, layer, name, { value, stamp, seq });
      }
    }
  }
}

/** A folded change log: what one person can see of one table. */
export interface FoldedTable {
  /** The first layer of each record by the record's id. */
  readonly records: Map<string, SpaceLayer>;
  /** Arrivals so far. */
  seq: number;
  /** Estimated memory of the layers and of what readers derive from them, in bytes (heap_size.ts). */
  bytes: number;
  /** Lists that live_records.ts has made, by space. */
  readonly lists: Map<string, object>;
}

/**
 * What the changes under one stored space id say of one record. Most records are one insert and little more, so the fields of
 * the insert stay together as they came, with one stamp and one arrival for all; only a field that was written otherwise has a
 * cell of its own.
 */
export interface SpaceLayer {
  readonly spaceId: string;
  /** Fields of one insert. A field that a cell replaces is undefined, which no JSON value is. */
  data: JsonObject | null;
  dataStamp: string;
  /** Arrival number of `data`. */
  dataSeq: number;
  cells: Map<string, Cell> | null;
  /** Arrival number of the latest insert; 0 for none. */
  insertSeq: number;
  /** Arrival number of the latest hard delete; 0 for none. Only what came later counts. */
  dropSeq: number;
  /** The next layer of the same record. */
  next: SpaceLayer | null;
  /** On the first layer only: what live_records.ts has made of the record, until the record changes. */
  live: object | null;
}

/** One field as last written. */
export interface Cell {
  readonly value: unknown;
  /** Compared as a string; "" is the lowest. */
  readonly stamp: string;
  /** Arrival number. */
  readonly seq: number;
  /** The value that wins once a hard delete hides this one. It arrived later but has a lower stamp. */
  readonly rest?: Cell;
}

/** A field of a layer as last written. */
export function cellOf(layer: SpaceLayer, name: string): Cell | undefined {
  const cell = layer.cells?.get(name);
  if (cell !== undefined) return cell;
  const { data } = layer;
  if (data === null || !Object.hasOwn(data, name) || data[name] === undefined) return undefined;
  return { value: data[name], stamp: layer.dataStamp, seq: layer.dataSeq };
}

/** Local bookkeeping of clients that is never part of a record (sync contract section 8). */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  "__fieldMeta",
  "__fieldTimestamps",
  "__fieldActors",
  "__lastActor",
  "_updatedAtIndex",
]);
/** Fields that only an insert sets: an update of them is ignored, as in the app (sync contract section 8). */
const IMMUTABLE: ReadonlySet<string> = new Set(["id", "spaceId", "authorId", "userId"]);

/** The layer that a change belongs to, made when there is none. Forgets what readers have made of the record. */
function layerOf(folded: FoldedTable, { id, spaceId }: Change): SpaceLayer {
  const first = folded.records.get(id);
  if (first !== undefined) first.live = null;
  let last: SpaceLayer | undefined;
  for (let layer: SpaceLayer | null = first ?? null; layer !== null; layer = layer.next) {
    if (layer.spaceId === spaceId) return layer;
    last = layer;
  }
  const layer: SpaceLayer = {
    spaceId,
    data: null,
    dataStamp: "",
    dataSeq: 0,
    cells: null,
    insertSeq: 0,
    dropSeq: 0,
    next: null,
    live: null,
  };
  if (last === undefined) {
    folded.records.set(id, layer);
    folded.bytes += RECORD_BYTES + sizeOfText(id);
  } else {
    last.next = layer;
  }
  folded.bytes += LAYER_BYTES + sizeOfText(spaceId);
  return layer;
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

/** Writes one field as a cell, unless the present value wins. */
function write(folded: FoldedTable, id: string, layer: SpaceLayer, name: string, cell: Cell): void {
  const before = cellOf(layer, name);
  const after = before === undefined ? cell : merge(before, cell, folded.records.get(id) ?? null);
  if (after === before) return;
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
}

/**
 * The winner of two cells; `cell` arrived later. A loser is kept only where a hard delete under another space id lies between
 * the two: in a space that counts that delete the winner is hidden, and every other space must not notice.
 */
function merge(before: Cell, cell: Cell, first: SpaceLayer | null): Cell {
  if (cell.stamp >= before.stamp) return cell;
  let isHidden = false;
  for (let layer = first; layer !== null && !isHidden; layer = layer.next) {
    isHidden = layer.dropSeq > before.seq;
  }
  if (!isHidden) return before;
  const rest = before.rest === undefined ? cell : merge(before.rest, cell, first);
  return rest === before.rest ? before : { ...before, rest };
}

/** Drops all fields of a layer, after a hard delete. */
function clear(folded: FoldedTable, layer: SpaceLayer): void {
  if (layer.data !== null) folded.bytes -= sizeOfFields(layer.data);
  if (layer.cells !== null) folded.bytes -= CELLS_BYTES;
  for (const [name, cell] of layer.cells ?? []) folded.bytes -= sizeOfCell(name, cell);
  layer.data = null;
  layer.cells = null;
}

function withoutBookkeeping(data: JsonObject): JsonObject {
  let isClean = true;
  for (const name of BOOKKEEPING) isClean &&= !Object.hasOwn(data, name);
  return isClean ? data : Object.fromEntries(Object.entries(data).filter(([name]) => !BOOKKEEPING.has(name)));
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function sizeOfCell(name: string, cell: Cell): number {
  const rest = cell.rest === undefined ? 0 : sizeOfCell(name, cell.rest);
  return CELL_BYTES + name.length + sizeOfText(cell.stamp) + sizeOf(cell.value) + rest;
}
