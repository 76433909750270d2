import type { ActiveSpace } from "../spaces/active_space.ts";
import { type Cell, cellOf, type FoldedTable, type Part } from "./fold.ts";
import { isInstant } from "./instant.ts";
import { VIEW_BYTES } from "./heap_size.ts";
import { isStamp } from "./stamp.ts";

/** A live record of one space, still as stored. */
export interface RecordView {
  readonly id: string;
  /** The stored space id of the insert that counts: what later changes of the record are stamped with. */
  readonly storedAs: string;
  /** An RFC 3339 time, as stored; null for anything else, which other writers may have put there. */
  readonly createdAt: string | null;
  /** What draft.ts has made of this view, which is replaced when its record changes. */
  draft: object | null;
  /** The winning cell of a field. */
  cell(name: string): Cell | undefined;
  /** Newest stamp of any field. */
  updatedAt(): string | null;
}

/** Lists of different spaces that one log remembers: a person rarely works in more at a time. */
const MAX_LISTS = 4;

/**
 * Every live record of a space, in no order that means anything; a list of the caller's own. Views are remembered until
 * their record changes, so this costs what is new since the last time.
 */
export function liveRecords(log: FoldedTable, space: ActiveSpace): RecordView[] {
  const key = keyOf(space);
  const known = log.lists.get(key);
  if (known instanceof LiveList && known.seq === log.seq) return known.views.slice();
  const views: RecordView[] = [];
  for (const [id, first] of log.records) {
    const view = viewOf(id, first, space, key);
    if (view !== null) views.push(view);
  }
  for (const [other, list] of log.lists) {
    // One that is out of date only holds memory: what still stands in it is found by its records.
    const isStale = !(list instanceof LiveList) || list.seq !== log.seq;
    if (isStale || log.lists.size >= MAX_LISTS) forgetList(log, other);
  }
  // Each record is charged for one view; another list of the same records has views of its own.
  const list = new LiveList(log.seq, views, log.lists.size === 0 ? 0 : views.length * VIEW_BYTES);
  log.bytes += list.bytes;
  log.lists.set(key, list);
  return views.slice();
}

function forgetList(log: FoldedTable, key: string): void {
  const list = log.lists.get(key);
  if (list instanceof LiveList) log.bytes -= list.bytes;
  log.lists.delete(key);
}

/** One live record of a space, or null: never there, deleted, or of another space only. */
export function liveRecord(log: FoldedTable, id: string, space: ActiveSpace): RecordView | null {
  const first = log.records.get(id);
  return first === undefined ? null : viewOf(id, first, space, keyOf(space));
}

/** What was live in a space after `seq` arrivals. */
class LiveList {
  readonly seq: number;
  readonly views: readonly RecordView[];
  /** What it adds to the log's estimate. */
  readonly bytes: number;

  constructor(seq: number, views: readonly RecordView[], bytes: number) {
    this.seq = seq;
    this.views = views;
    this.bytes = bytes;
  }
}

/** A class, since there is one per record. */
class LiveView implements RecordView {
  readonly id: string;
  readonly storedAs: string;
  readonly createdAt: string | null;
  draft: object | null = null;
  /** Which space's view this is. */
  readonly space: string;
  /** One part, or several of which only what came after `dropSeq` counts. */
  readonly #parts: Part | readonly Part[];
  readonly #dropSeq: number;

  constructor(id: string, storedAs: string, space: string, parts: Part | readonly Part[], dropSeq: number) {
    this.id = id;
    this.storedAs = storedAs;
    this.space = space;
    this.#parts = parts;
    this.#dropSeq = dropSeq;
    const createdAt = this.cell("createdAt")?.value;
    this.createdAt = typeof createdAt === "string" && isInstant(createdAt) ? createdAt : null;
  }

  cell(name: string): Cell | undefined {
    return isOne(this.#parts) ? cellOf(this.#parts, name) : newestOf(this.#parts, this.#dropSeq, name);
  }

  updatedAt(): string | null {
    return newestStamp(isOne(this.#parts) ? [this.#parts] : this.#parts, this.#dropSeq);
  }
}

function isOne(parts: Part | readonly Part[]): parts is Part {
  return !Array.isArray(parts);
}

/** Everything a view depends on besides the log. */
function keyOf(space: ActiveSpace): string {
  return JSON.stringify([space.kind, ...space.storedAs]);
}

function viewOf(id: string, first: Part, space: ActiveSpace, key: string): LiveView | null {
  if (first.view instanceof LiveView && first.view.space === key) return first.view;
  const view = createView(id, first, space, key);
  // One is remembered per record: most are of one space only, and of the others there is none.
  if (view !== null) first.view = view;
  return view;
}

function createView(id: string, first: Part, space: ActiveSpace, key: string): LiveView | null {
  if (first.next === null) {
    if (!space.storedAs.has(first.spaceId) || first.insertSeq <= first.dropSeq) return null;
    if (cellOf(first, "deletedAt")?.value) return null;
    return new LiveView(id, first.spaceId, key, first, first.dropSeq);
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
  return new LiveView(id, insert.spaceId, key, parts, dropSeq);
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
