// The live records of a space, as they are stored: which changes count for a space, and which value of a field wins there.
// Never opens a sealed value and never reads a record by a table's schema (that is records/row.ts).

import { type ActiveSpace, isPersonalSentinel } from "../spaces/active_space.ts";
import { type Agents, agentsOf } from "./folded/agents.ts";
import type { Cell } from "./folded/cell.ts";
import type { PathCell } from "./folded/field_paths.ts";
import { cellOf, type FoldedTable, type SpaceLayer } from "./folded/folded_table.ts";
import { LIVE_RECORD_BYTES } from "./folded/heap_size.ts";
import { fieldNames, laidOf, newestAtPath, newestOf, newestStamp, pathCells } from "./folded/layer_cells.ts";
import { isInstant } from "./instant.ts";

/** Lists kept per table, of live and of deleted records: a person rarely works in more than two spaces at a time. */
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
  keepList(table, key, records);
  return records.slice();
}

/**
 * Every deleted record of a space as it was, without those that a hard delete left nothing of: a series knows by them which of
 * its days were taken out. Kept as {@link liveRecords} are.
 */
export function deletedRecords(table: FoldedTable, space: ActiveSpace): readonly LiveRecord[] {
  const key = spaceKey(space);
  const kept = table.lists.get(`${key} deleted`);
  if (kept instanceof LiveList && kept.seq === table.seq) return kept.records;
  const records: LiveRecord[] = [];
  for (const [id, first] of table.records) {
    if (first.live instanceof LiveRecord && first.live.space === key) continue;
    const record = makeRecord(id, first, space, key, true);
    if (record !== null) records.push(record);
  }
  keepList(table, `${key} deleted`, records);
  return records;
}

/** One live record of a space. Null when it was never there, is deleted, or belongs to other spaces only. */
export function liveRecord(table: FoldedTable, id: string, space: ActiveSpace): LiveRecord | null {
  const first = table.records.get(id);
  return first === undefined ? null : keptRecord(id, first, space, spaceKey(space));
}

/**
 * A record of a space as it is stored, live or deleted. Null when it was never there, belongs to other spaces only, or a hard delete
 * left nothing of it.
 */
export function storedRecord(table: FoldedTable, id: string, space: ActiveSpace): StoredRecordState | null {
  const record = liveRecord(table, id, space);
  if (record !== null) return { record, isDeleted: false };
  const first = table.records.get(id);
  const deleted = first === undefined ? null : makeRecord(id, first, space, spaceKey(space), true);
  return deleted === null ? null : { record: deleted, isDeleted: true };
}

/** A record and whether it is deleted. */
export interface StoredRecordState {
  readonly record: LiveRecord;
  readonly isDeleted: boolean;
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
  /** What grants/ has found of this record last: whether a rule lets it through. */
  verdict: object | null = null;
  /** The key of the space in which the record looks like this. */
  readonly space: string;
  /** One layer, or several layers of which only what came after `#dropSeq` counts. */
  readonly #layers: SpaceLayer | readonly SpaceLayer[];
  readonly #dropSeq: number;

  /** Only for this file: {@link liveRecords} and {@link liveRecord} know which layers make up a record. */
  constructor(
    id: string,
    storedAs: string,
    space: string,
    layers: SpaceLayer | readonly SpaceLayer[],
    dropSeq: number,
  ) {
    this.id = id;
    this.storedAs = storedAs;
    this.space = space;
    this.#layers = layers;
    this.#dropSeq = dropSeq;
    const createdAt = this.cell("createdAt")?.value;
    this.createdAt = typeof createdAt === "string" && isInstant(createdAt) ? createdAt : null;
  }

  /** A field with all that was written into it. The stamp is the newest that counts. */
  cell(name: string): Cell | undefined {
    const layers = this.#layers;
    if (!isOne(layers)) return laidOf(layers, this.#dropSeq, name);
    return layers.paths === null ? cellOf(layers, name) : laidOf([layers], this.#dropSeq, name);
  }

  /** The newest stamp of what a value at a path has to win over: of the path, what is above and what is below. */
  stampAt(path: string): string | undefined {
    return this.newestAt(path)?.cell.stamp;
  }

  /** What was written last at a path, above it or below it. */
  newestAt(path: string): PathCell | undefined {
    return newestAtPath(this.#own(), this.#dropSeq, path);
  }

  /** The newest stamp of any field. */
  updatedAt(): string | null {
    return newestStamp(this.#own(), this.#dropSeq);
  }

  /** The agents that wrote into the record at any time, by their own word; null for none. */
  get agents(): Agents | null {
    return isOne(this.#layers) ? this.#layers.agents : agentsOf(this.#layers);
  }

  /** Every field with all that was written into it. */
  values(): Map<string, unknown> {
    return new Map(fieldNames(this.#own()).map((name) => [name, this.cell(name)?.value]));
  }

  /** What counts of every field's own name and of every path, by its stamp: two records of the same stamps hold the same. */
  stamps(): Map<string, string> {
    const layers = this.#own();
    const stamps = new Map<string, string>();
    for (const name of fieldNames(layers)) {
      const whole = newestOf(layers, this.#dropSeq, name);
      if (whole !== undefined) stamps.set(name, whole.stamp);
      for (const { path, cell } of pathCells(layers, this.#dropSeq, name)) stamps.set(path, cell.stamp);
    }
    return stamps;
  }

  #own(): readonly SpaceLayer[] {
    return isOne(this.#layers) ? [this.#layers] : this.#layers;
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

function keepList(table: FoldedTable, key: string, records: readonly LiveRecord[]): void {
  for (const [other, list] of table.lists) {
    // An outdated list only holds memory: its records that still count are kept with their layers.
    const isOutdated = !(list instanceof LiveList) || list.seq !== table.seq;
    if (isOutdated || table.lists.size >= MAX_LISTS) forgetList(table, other);
  }
  // The table is charged for one live record per id; another list has records of its own.
  const bytes = table.lists.size === 0 ? 0 : records.length * LIVE_RECORD_BYTES;
  table.bytes += bytes;
  table.lists.set(key, new LiveList(table.seq, records, bytes));
}

function forgetList(table: FoldedTable, key: string): void {
  const list = table.lists.get(key);
  if (list instanceof LiveList) table.bytes -= list.bytes;
  table.lists.delete(key);
}

function isOne(layers: SpaceLayer | readonly SpaceLayer[]): layers is SpaceLayer {
  return !Array.isArray(layers);
}

/** Everything about a space that a live record depends on. */
function spaceKey(space: ActiveSpace): string {
  return JSON.stringify([space.kind, ...space.storedAs]);
}

/** The live record kept with the first layer, else a new one. Only one is kept per id: most records are of one space. */
function keptRecord(id: string, first: SpaceLayer, space: ActiveSpace, key: string): LiveRecord | null {
  if (first.live instanceof LiveRecord && first.live.space === key) return first.live;
  const record = makeRecord(id, first, space, key);
  if (record !== null) first.live = record;
  return record;
}

/** Puts together the layers that count in a space. Null when they make no live record there, or no deleted one. */
function makeRecord(
  id: string,
  first: SpaceLayer,
  space: ActiveSpace,
  key: string,
  isDeleted = false,
): LiveRecord | null {
  if (first.next === null) {
    if (!space.storedAs.has(first.spaceId) || first.insertSeq <= first.dropSeq) return null;
    if (Boolean(cellOf(first, "deletedAt")?.value) !== isDeleted) return null;
    return new LiveRecord(id, first.spaceId, key, first, first.dropSeq);
  }
  const all: SpaceLayer[] = [];
  for (let layer: SpaceLayer | null = first; layer !== null; layer = layer.next) all.push(layer);
  const own = all.filter((layer) => space.storedAs.has(layer.spaceId));
  let [insert] = own;
  if (insert === undefined) return null;
  const overlay = overlayOf(all, space);
  const layers = overlay === undefined ? own : [...own, overlay];
  let dropSeq = 0;
  for (const layer of layers) dropSeq = Math.max(dropSeq, layer.dropSeq);
  for (const layer of own) if (layer.insertSeq > insert.insertSeq) insert = layer;
  if (insert.insertSeq <= dropSeq) return null;
  if (Boolean(newestOf(layers, dropSeq, "deletedAt")?.value) !== isDeleted) return null;
  return new LiveRecord(id, insert.spaceId, key, layers, dropSeq);
}

/**
 * The layer without a space id, where it counts for a record of another space: updates that the caller's other writers sent
 * without a space id are meant for the record of this id, wherever it lives. Nobody else can plant such an update, since the
 * service shows a row without a space id to its author only. The layer does not count when it belongs to a record of the
 * person's own (inserted without a space id or under their sentinel, which nobody else can plant either): fixed ids such as
 * `habit-coffee` exist once per space.
 */
function overlayOf(all: readonly SpaceLayer[], space: ActiveSpace): SpaceLayer | undefined {
  if (space.kind === "personal" || space.storedAs.has("")) return undefined;
  if (all.some((layer) => isPersonalSentinel(layer.spaceId) && layer.insertSeq > 0)) return undefined;
  return all.find((layer) => layer.spaceId === "" && layer.insertSeq === 0);
}
