import type { Change, Members } from "./change.ts";
import { deepFreeze } from "../kit/deep_freeze.ts";
import {
  CELL_BYTES,
  CELLS_BYTES,
  PART_BYTES,
  RECORD_BYTES,
  sizeOf,
  sizeOfFields,
  sizeOfText,
} from "./heap_size.ts";

/**
 * The fold of a change log into records (sync contract section 7): per field the greater stamp wins, on equal stamps
 * the later arrival. No I/O, no clock.
 *
 * State is kept by record id *and* stored space id. Any authenticated person may push a change with any space id and
 * any record id, so a change stamped with one space must never alter what another space shows; live_records.ts decides which
 * parts make up a record of a space.
 */

/** One field as last written. */
export interface Cell {
  readonly value: unknown;
  /** Compared as a string; "" is the lowest. */
  readonly stamp: string;
  /** Arrival number. */
  readonly seq: number;
  /** What stands here for a view in which a hard delete has hidden this one: later, of a lower stamp. */
  readonly rest?: Cell;
}

/**
 * What one stored space id says of one record. Most records are one insert and little more, so its fields stay together
 * as they came, with one stamp and one arrival for all; only what was written otherwise has a cell of its own.
 */
export interface Part {
  readonly spaceId: string;
  /** Fields of one insert; undefined where a cell took over, which no JSON value is. */
  data: Members | null;
  dataStamp: string;
  /** Arrival of `data`. */
  dataSeq: number;
  cells: Map<string, Cell> | null;
  /** Arrival of the latest insert, 0 for none. */
  insertSeq: number;
  /** Arrival of the latest hard delete, 0 for none: only what came later counts. */
  dropSeq: number;
  /** The next part of the same record. */
  next: Part | null;
  /** Of the first part only: what live_records.ts has made of the record, until the record changes. */
  live: object | null;
}

/** A folded log: what one person can see of one table. */
export interface FoldedTable {
  /** The first part of each record by its id. */
  readonly records: Map<string, Part>;
  /** Arrivals so far. */
  seq: number;
  /** Estimated memory of what is stored and of what readers derive from it (heap_size.ts). */
  bytes: number;
  /** Lists that live_records.ts has made, by space. */
  readonly lists: Map<string, object>;
}

/** Local bookkeeping of clients that is never part of a record (sync contract section 8). */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  "__fieldMeta",
  "__fieldTimestamps",
  "__fieldActors",
  "__lastActor",
  "_updatedAtIndex",
]);
/** Set by the insert only: an update of them is ignored, as in the app (sync contract section 8). */
const IMMUTABLE: ReadonlySet<string> = new Set(["id", "spaceId", "authorId", "userId"]);

/** An empty log. */
export function createFoldedTable(): FoldedTable {
  return { records: new Map(), seq: 0, bytes: 0, lists: new Map() };
}

/** Applies one change, which stays as it is. Changes must come in the order of the log. */
export function applyChange(log: FoldedTable, change: Change): void {
  const seq = ++log.seq;
  if (change.op === "delete" || change.deletedAt !== null) {
    const part = partOf(log, change);
    if (change.deletedAt === null) {
      part.dropSeq = seq;
      clear(log, part);
    } else {
      put(log, change.id, part, "deletedAt", { value: change.deletedAt, stamp: change.deletedAt, seq });
    }
  } else if (change.op === "insert") {
    const part = partOf(log, change);
    part.insertSeq = seq;
    if (change.data !== null) putAll(log, change.id, part, withoutBookkeeping(change.data), seq);
  } else if (change.fields !== null) {
    const part = partOf(log, change);
    for (const { name, value, stamp } of change.fields) {
      if (!BOOKKEEPING.has(name) && !IMMUTABLE.has(name)) {
        put(log, change.id, part, name, { value, stamp, seq });
      }
    }
  }
}

/** A field of a part as last written. */
export function cellOf(part: Part, name: string): Cell | undefined {
  const cell = part.cells?.get(name);
  if (cell !== undefined) return cell;
  const { data } = part;
  if (data === null || !Object.hasOwn(data, name) || data[name] === undefined) return undefined;
  return { value: data[name], stamp: part.dataStamp, seq: part.dataSeq };
}

function partOf(log: FoldedTable, { id, spaceId }: Change): Part {
  const first = log.records.get(id);
  if (first !== undefined) first.live = null;
  let last: Part | undefined;
  for (let part: Part | null = first ?? null; part !== null; part = part.next) {
    if (part.spaceId === spaceId) return part;
    last = part;
  }
  const part: Part = {
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
    log.records.set(id, part);
    log.bytes += RECORD_BYTES + sizeOfText(id);
  } else {
    last.next = part;
  }
  log.bytes += PART_BYTES + sizeOfText(spaceId);
  return part;
}

function putAll(log: FoldedTable, id: string, part: Part, data: Members, seq: number): void {
  // An insert without a time is the oldest, not the newest: else it would undo every update (sync section 7).
  const stamp = text(data.updatedAt) ?? text(data.createdAt) ?? "";
  const names = Object.keys(data);
  const { data: before } = part;
  // The same insert again (a client's retry) takes the place of the first: each of its fields would win.
  const replaces = before === null ||
    (stamp >= part.dataStamp && Object.keys(before).every((name) => Object.hasOwn(data, name)));
  if (part.cells !== null || !replaces) {
    for (const name of names) put(log, id, part, name, { value: data[name], stamp, seq });
    return;
  }
  for (const name of names) deepFreeze(data[name]);
  if (before !== null) log.bytes -= sizeOfFields(before);
  log.bytes += sizeOfFields(data);
  part.data = data;
  part.dataStamp = stamp;
  part.dataSeq = seq;
}

function put(log: FoldedTable, id: string, part: Part, name: string, cell: Cell): void {
  const before = cellOf(part, name);
  const after = before === undefined ? cell : merge(before, cell, log.records.get(id) ?? null);
  if (after === before) return;
  deepFreeze(cell.value);
  if (part.cells === null) {
    part.cells = new Map();
    log.bytes += CELLS_BYTES;
  }
  if (before !== undefined) {
    if (part.cells.has(name)) {
      log.bytes -= sizeOfCell(name, before);
    } else {
      log.bytes -= sizeOf(before.value);
      part.data = { ...part.data, [name]: undefined };
    }
  }
  part.cells.set(name, after);
  log.bytes += sizeOfCell(name, after);
}

/**
 * The winner of two, `cell` being the later. A loser is kept only where a hard delete under another space id lies
 * between: a view that counts that delete hides the winner, every other view must not notice.
 */
function merge(before: Cell, cell: Cell, first: Part | null): Cell {
  if (cell.stamp >= before.stamp) return cell;
  let isHidden = false;
  for (let part = first; part !== null && !isHidden; part = part.next) isHidden = part.dropSeq > before.seq;
  if (!isHidden) return before;
  const rest = before.rest === undefined ? cell : merge(before.rest, cell, first);
  return rest === before.rest ? before : { ...before, rest };
}

function clear(log: FoldedTable, part: Part): void {
  if (part.data !== null) log.bytes -= sizeOfFields(part.data);
  if (part.cells !== null) log.bytes -= CELLS_BYTES;
  for (const [name, cell] of part.cells ?? []) log.bytes -= sizeOfCell(name, cell);
  part.data = null;
  part.cells = null;
}

function withoutBookkeeping(data: Members): Members {
  let isClean = true;
  for (const name of BOOKKEEPING) isClean &&= !Object.hasOwn(data, name);
  return isClean ? data : Object.fromEntries(Object.entries(data).filter(([name]) => !BOOKKEEPING.has(name)));
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function sizeOfCell(name: string, cell: Cell): number {
  const rest = cell.rest === undefined ? 0 : sizeOfCell(name, cell.rest);
  return CELL_BYTES + name.length + sizeOfText(cell.stamp) + sizeOf(cell.value) + rest;
}
