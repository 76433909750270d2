// The folded table: what is kept of a person's change log. What a change writes into it is for fold.ts.
//
// State is kept by record id *and* stored space id. Any authenticated person may push a change with any space id and any record
// id, so a change stamped with one space must never alter what another space shows.

import type { JsonObject } from "../../kit/json.ts";
import { type Agents, noteAgent } from "./agents.ts";
import { type Cell, type Cells, mergeCells, sizeOfCell } from "./cell.ts";
import type { Change } from "../change.ts";
import { countParts } from "./field_paths.ts";
import {
  CELLS_BYTES,
  LAYER_BYTES,
  PATH_PART_BYTES,
  RECORD_BYTES,
  sizeOfFields,
  sizeOfText,
} from "./heap_size.ts";

/** A table without records. */
export function createFoldedTable(): FoldedTable {
  return { records: new Map(), seq: 0, bytes: 0, lists: new Map(), agents: new Map() };
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
  /** Every list of agents that layers of this table have, once each, by its members (agents.ts). */
  readonly agents: Map<string, Agents>;
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
  cells: Cells | null;
  /** What was written under paths, by field and path; few records have any. */
  paths: Map<string, Cells> | null;
  /** Arrival number of the latest insert; 0 for none. */
  insertSeq: number;
  /** Arrival number of the latest hard delete; 0 for none. Only what came later counts. */
  dropSeq: number;
  /** The agents that wrote into the layer, by their own word; null for none. */
  agents: Agents | null;
  /** The next layer of the same record. */
  next: SpaceLayer | null;
  /** On the first layer only: what live_records.ts has made of the record, until the record changes. */
  live: object | null;
}

/** A field of a layer as last written. */
export function cellOf(layer: SpaceLayer, name: string): Cell | undefined {
  const cell = layer.cells?.get(name);
  if (cell !== undefined) return cell;
  const { data } = layer;
  if (data === null || !Object.hasOwn(data, name) || data[name] === undefined) return undefined;
  return { value: data[name], stamp: layer.dataStamp, seq: layer.dataSeq };
}

/** The names of all fields that the layers of a record have, each once; values under paths aside. */
export function fieldNamesOf(folded: FoldedTable, id: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (let layer = folded.records.get(id) ?? null; layer !== null; layer = layer.next) {
    for (const name in layer.data) names.add(name);
    for (const name of layer.cells?.keys() ?? []) names.add(name);
  }
  return names;
}

/** The layer that a change belongs to, made when there is none. Forgets what readers have made of the record. */
export function layerOf(folded: FoldedTable, { id, spaceId, actor }: Change): SpaceLayer {
  const first = folded.records.get(id);
  if (first !== undefined) first.live = null;
  let last: SpaceLayer | undefined;
  for (let layer: SpaceLayer | null = first ?? null; layer !== null; layer = layer.next) {
    if (layer.spaceId === spaceId) {
      if (actor !== null) noteAgent(folded, layer, actor, false);
      return layer;
    }
    last = layer;
  }
  const layer: SpaceLayer = {
    spaceId,
    data: null,
    dataStamp: "",
    dataSeq: 0,
    cells: null,
    paths: null,
    insertSeq: 0,
    dropSeq: 0,
    agents: null,
    next: null,
    live: null,
  };
  if (actor !== null) noteAgent(folded, layer, actor, true);
  if (last === undefined) {
    folded.records.set(id, layer);
    folded.bytes += RECORD_BYTES + sizeOfText(id);
  } else {
    last.next = layer;
  }
  folded.bytes += LAYER_BYTES + sizeOfText(spaceId);
  return layer;
}

/** Drops all fields of a layer, after a hard delete. */
export function clearLayer(folded: FoldedTable, layer: SpaceLayer): void {
  if (layer.data !== null) folded.bytes -= sizeOfFields(layer.data);
  if (layer.cells !== null) folded.bytes -= CELLS_BYTES;
  for (const [name, cell] of layer.cells ?? []) folded.bytes -= sizeOfCell(name, cell);
  if (layer.paths !== null) folded.bytes -= CELLS_BYTES;
  for (const cells of layer.paths?.values() ?? []) {
    folded.bytes -= CELLS_BYTES;
    for (const [path, cell] of cells) folded.bytes -= sizeOfPathCell(path, cell);
  }
  layer.data = null;
  layer.cells = null;
  layer.paths = null;
  layer.agents = null;
}

/** Whether a record is stored under one space id only, as nearly every record is. */
export function isAlone(folded: FoldedTable, id: string): boolean {
  return folded.records.get(id)?.next === null;
}

/** The winner of two cells of a record; `cell` arrived later. */
export function mergeInRecord(folded: FoldedTable, id: string, before: Cell, cell: Cell): Cell {
  return cell.stamp >= before.stamp ? cell : mergeLower(folded.records.get(id) ?? null, before, cell);
}

function mergeLower(first: SpaceLayer | null, before: Cell, cell: Cell): Cell {
  return mergeCells(before, cell, (seq) => {
    for (let layer = first; layer !== null; layer = layer.next) if (layer.dropSeq > seq) return true;
    return false;
  });
}

/** A value under a path, in bytes, with the objects that it may need around it. */
export function sizeOfPathCell(path: string, cell: Cell): number {
  return sizeOfCell(path, cell) + countParts(path) * PATH_PART_BYTES;
}
