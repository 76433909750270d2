import type { Change } from "./wire.ts";

/**
 * The fold of a change log into records (sync contract section 7): per field the greater stamp wins, on equal stamps
 * the later arrival. No I/O, no clock.
 *
 * State is kept by record id *and* stored space id. Any authenticated person may push a change with any space id and
 * any record id, so a change stamped with one space must never alter what another space shows; view.ts decides which
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

/** What one stored space id says of one record. */
export interface Part {
  readonly spaceId: string;
  readonly cells: Map<string, Cell>;
  /** Arrival of the latest insert, 0 for none. */
  insertSeq: number;
  /** Arrival of the latest hard delete, 0 for none: only what came later counts. */
  dropSeq: number;
}

/** A folded log: what one person can see of one table. */
export interface FoldedLog {
  readonly records: Map<string, Part[]>;
  /** Arrivals so far. */
  seq: number;
  /** Estimated memory of the stored values. */
  bytes: number;
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
export function createFoldedLog(): FoldedLog {
  return { records: new Map(), seq: 0, bytes: 0 };
}

/** Applies one change. Changes must come in the order of the log. */
export function applyChange(log: FoldedLog, change: Change): void {
  const seq = ++log.seq;
  if (change.op === "delete" || change.deletedAt !== null) {
    const part = partOf(log, change);
    if (change.deletedAt === null) {
      part.dropSeq = seq;
      for (const [name, cell] of part.cells) log.bytes -= cellBytes(name, cell);
      part.cells.clear();
    } else {
      put(log, change.id, part, "deletedAt", { value: change.deletedAt, stamp: change.deletedAt, seq });
    }
  } else if (change.op === "insert") {
    const part = partOf(log, change);
    part.insertSeq = seq;
    const { data } = change;
    if (data === null) return;
    // An insert without a time is the oldest, not the newest: else it would undo every update (sync section 7).
    const stamp = text(data.get("updatedAt")) ?? text(data.get("createdAt")) ?? "";
    for (const [name, value] of data) {
      if (!BOOKKEEPING.has(name)) put(log, change.id, part, name, { value, stamp, seq });
    }
  } else if (change.fields !== null) {
    const part = partOf(log, change);
    for (const [name, { value, stamp }] of change.fields) {
      if (!BOOKKEEPING.has(name) && !IMMUTABLE.has(name)) {
        put(log, change.id, part, name, { value, stamp, seq });
      }
    }
  }
}

function partOf(log: FoldedLog, change: Change): Part {
  let parts = log.records.get(change.id);
  if (parts === undefined) {
    log.records.set(change.id, parts = []);
    log.bytes += RECORD_BYTES + 2 * change.id.length;
  }
  let part = parts.find(({ spaceId }) => spaceId === change.spaceId);
  if (part === undefined) {
    parts.push(part = { spaceId: change.spaceId, cells: new Map(), insertSeq: 0, dropSeq: 0 });
    log.bytes += PART_BYTES + 2 * change.spaceId.length;
  }
  return part;
}

function put(log: FoldedLog, id: string, part: Part, name: string, cell: Cell): void {
  const before = part.cells.get(name);
  const after = before === undefined ? cell : merge(before, cell, log.records.get(id) ?? []);
  if (after === before) return;
  if (before !== undefined) log.bytes -= cellBytes(name, before);
  // Values are handed to filters of tools as they are: frozen, so that none can change what the next call reads.
  freeze(cell.value);
  part.cells.set(name, after);
  log.bytes += cellBytes(name, after);
}

/**
 * The winner of two, `cell` being the later. A loser is kept only where a hard delete under another space id lies
 * between: a view that counts that delete hides the winner, every other view must not notice.
 */
function merge(before: Cell, cell: Cell, parts: readonly Part[]): Cell {
  if (cell.stamp >= before.stamp) return cell;
  if (!parts.some(({ dropSeq }) => dropSeq > before.seq)) return before;
  const rest = before.rest === undefined ? cell : merge(before.rest, cell, parts);
  return rest === before.rest ? before : { ...before, rest };
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const member of Object.values(value)) freeze(member);
  Object.freeze(value);
}

const RECORD_BYTES = 120;
const PART_BYTES = 160;
const CELL_BYTES = 90;
const MEMBER_BYTES = 24;

function cellBytes(name: string, cell: Cell): number {
  const rest = cell.rest === undefined ? 0 : cellBytes(name, cell.rest);
  return CELL_BYTES + 2 * (name.length + cell.stamp.length) + valueBytes(cell.value) + rest;
}

/** An upper estimate: two bytes a character, whatever the engine does. */
function valueBytes(value: unknown): number {
  if (typeof value === "string") return MEMBER_BYTES + 2 * value.length;
  if (typeof value !== "object" || value === null) return MEMBER_BYTES;
  let bytes = MEMBER_BYTES;
  for (const [name, member] of Object.entries(value)) bytes += 2 * name.length + valueBytes(member);
  return bytes;
}
