// The live records of a space, as they are stored: which changes count for a space, and which value of a field wins there.
// Never opens a sealed value and never reads a record by a table's schema (that is records/row.ts).

import type { ActiveSpace } from "../spaces/active_space.ts";
import { type Cell, cellOf, type FoldedTable, type Part } from "./fold.ts";
import { isInstant } from "./instant.ts";
import { LIVE_RECORD_BYTES } from "./heap_size.ts";
import { isStamp } from "./stamp.ts";

/** Lists of different spaces kept per table: a person rarely works in more spaces at a time. */
const MAX_LISTS = 4;

/**
 * Every live record of a space, in no order; the array is the caller's own. A live record is kept until a change of it
 * arrives, so this costs only what is new since the last call.
 */
export function liveRecords(table: FoldedTable, space: ActiveSpace): LiveRecord[] {
  const key = spaceKey(space);
  const kept = table.lists.get(key);
  if (kept instanceof LiveList && kept.seq === table.seq) return kept.records.slice();
  const records: LiveRecord[] = [];
  for (const [id, first] of table.records) {
    const record = keptRecord(id, first, space, key);
    if (record !== null) records.push(record);
  }
  for (const [other, list] of table.lists) {
    // An outdated list only holds memory: its records that still count are kept with their parts.
    const isOutdated = !(list instanceof LiveList) || list.seq !== table.seq;
    if (isOutdated || table.lists.size >= MAX_LISTS) forgetList(table, other);
  }
  // The table is charged for one live record per id; the list of a second space has live records of its own.
  const bytes = table.lists.size === 0 ? 0 : records.length * LIVE_RECORD_BYTES;
  table.bytes += bytes;
  table.lists.set(key, new LiveList(table.seq, records, bytes));
  return records.slice();
}

/** One live record of a space. Null when it was never there, is deleted, or belongs to other spaces only. */
export function liveRecord(table: FoldedTable, id: string, space: ActiveSpace): LiveRecord | null {
  const first = table.records.get(id);
  return first === undefined ? null : keptRecord(id, first, space, spaceKey(space));
}

/** A live record of one space, as stored. A class, since there is one object per record. */
export class LiveRecord {
  readonly id: string;
  /** The stored space id of the insert that counts; later changes of the record carry the same one. */
  readonly storedAs: string;
  /** An RFC 3339 time, as stored. Null for anything else, which other writers may have put there. */
  readonly createdAt: string | null;
  /** What records/row.ts has made of this record. Goes with it as soon as a change of the record arrives. */
  plainRow: object | null = null;
  /** The key of the space in which the record looks like this. */
  readonly space: string;
  /** One part, or several parts of which only what came after `#dropSeq` counts. */
  readonly #parts: Part | readonly Part[];
  readonly #dropSeq: number;

  /** Only for this file: {@link liveRecords} and {@link liveRecord} know which parts make up a record. */
  constructor(id: string, storedAs: string, space: string, parts: Part | readonly Part[], dropSeq: number) {
    this.id = id;
    this.storedAs = storedAs;
    this.space = space;
    this.#parts = parts;
    this.#dropSeq = dropSeq;
    const createdAt = this.cell("createdAt")?.value;
    this.createdAt = typeof createdAt === "string" && isInstant(createdAt) ? createdAt : null;
  }

  /** The winning cell of a field. */
  cell(name: string): Cell | undefined {
    return isOne(this.#parts) ? cellOf(this.#parts, name) : newestOf(this.#parts, this.#dropSeq, name);
  }

  /** The newest stamp of any field. */
  updatedAt(): string | null {
    return newestStamp(isOne(this.#parts) ? [this.#parts] : this.#parts, this.#dropSeq);
  }
}

/** The live records of a space after `seq` arrivals. */
class LiveList {
  readonly seq: number;
  readonly records: readonly LiveRecord[];
  /** What the list adds to the table's estimate of memory. */
  readonly bytes: number;

  constructor(seq: number, records: readonly LiveRecord[], bytes: number) {
    this.seq = seq;
    this.records = records;
    this.bytes = bytes;
  }
}

function forgetList(table: FoldedTable, key: string): void {
  const list = table.lists.get(key);
  if (list instanceof LiveList) table.bytes -= list.bytes;
  table.lists.delete(key);
}
function isOne(parts: Part | readonly Part[]): parts is Part {
  return !Array.isArray(parts);
}

/** Everything about a space that a live record depends on. */
function spaceKey(space: ActiveSpace): string {
  return JSON.stringify([space.kind, ...space.storedAs]);
}

/** The live record kept with the first part, else a new one. Only one is kept per id: most records are of one space. */
function keptRecord(id: string, first: Part, space: ActiveSpace, key: string): LiveRecord | null {
  if (first.live instanceof LiveRecord && first.live.space === key) return first.live;
  const record = makeRecord(id, first, space, key);
  if (record !== null) first.live = record;
  return record;
}

function makeRecord(id: string, first: Part, space: ActiveSpace, key: string): LiveRecord | null {
  if (first.next === null) {
    if (!space.storedAs.has(first.spaceId) || first.insertSeq <= first.dropSeq) return null;
    if (cellOf(first, "deletedAt")?.value) return null;
    return new LiveRecord(id, first.spaceId, key, first, first.dropSeq);
  }
  const all: Part[] = [];
  for (let part: Part | null = first; part !== null; part = part.next) all.push(part);
  const own = all.filter((part) => space.storedAs.has(part.spaceId));
  let [insert] = own;
  if (insert === undefined) return null;
  const overlay = overlayOf(all, space);
  const parts = overlay === undefined ? own : [...own, overlay];
  let dropSeq = 0;
  for (const part of parts) dropSeq = Math.max(dropSeq, part.dropSeq);
  for (const part of own) if (part.insertSeq > insert.insertSeq) insert = part;
  if (insert.insertSeq <= dropSeq) return null;
  if (newestOf(parts, dropSeq, "deletedAt")?.value) return null;
  return new LiveRecord(id, insert.spaceId, key, parts, dropSeq);
}

/**
 * Updates that the caller's other writers sent without a space id are meant for the record of this id, wherever it
 * lives; rows without a space id are visible to their author only, so nobody else can plant one. Not when such a row
 * belongs to a record of the person's own (inserted without a space or under their sentinel, which nobody else can
 * plant either): fixed ids such as `habit-coffee` exist once per space.
 */
function overlayOf(all: readonly Part[], space: ActiveSpace): Part | undefined {
  if (space.kind === "personal" || space.storedAs.has("")) return undefined;
  if (all.some((part) => part.spaceId.startsWith("_personal:") && part.insertSeq > 0)) return undefined;
  return all.find((part) => part.spaceId === "" && part.insertSeq === 0);
}

function newestOf(parts: readonly Part[], dropSeq: number, name: string): Cell | undefined {
  let best: Cell | undefined;
  for (const part of parts) {
    let cell = cellOf(part, name);
    while (cell !== undefined && cell.seq <= dropSeq) cell = cell.rest;
    if (cell === undefined) continue;
    if (
      best === undefined || cell.stamp > best.stamp || (cell.stamp === best.stamp && cell.seq > best.seq)
    ) best = cell;
  }
  return best;
}

function newestStamp(parts: readonly Part[], dropSeq: number): string | null {
  let newest: string | null = null;
  const judge = (stamp: string, seq: number): void => {
    if (seq > dropSeq && (newest === null || stamp > newest) && isStamp(stamp)) newest = stamp;
  };
  for (const part of parts) {
    if (part.data !== null) judge(part.dataStamp, part.dataSeq);
    for (let cell of part.cells?.values() ?? []) {
      while (cell.seq <= dropSeq && cell.rest !== undefined) cell = cell.rest;
      judge(cell.stamp, cell.seq);
    }
  }
  return newest;
}
