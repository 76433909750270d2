// Which records are undone together or not at all: rows of one call that belong together, such as an event and its time block, a log
// and its block, both rows of a link, or the flag that moves from one record to another. Pure. Contract: catalogue section 4.

import { writtenValues } from "./judged_change.ts";
import type { JudgedChange } from "./judged_change.ts";
import type { RecordUndo } from "./undo_record.ts";

/** A record with changes that are to be undone. */
export interface TouchedRecord {
  readonly app: string;
  /** Its name on the wire. */
  readonly table: string;
  readonly id: string;
  readonly undo: RecordUndo;
  /** The chosen changes of the record. */
  readonly chosen: readonly JudgedChange[];
}

/**
 * The records in groups that are undone together. A group of one stands for itself: of it, single fields may be left alone.
 */
export function joinParts(records: readonly TouchedRecord[]): TouchedRecord[][] {
  const groups = new Groups(records.length);
  const marks = new Map<string, number>();
  records.forEach((record, place) => {
    for (const mark of marksOf(record)) {
      const other = marks.get(mark);
      if (other === undefined) marks.set(mark, place);
      else groups.join(other, place);
    }
  });
  records.forEach((record, place) => {
    for (const call of callsOf(record)) {
      for (const text of textsOf(record)) {
        const other = marks.get(idMark(call, text));
        if (other !== undefined) groups.join(other, place);
      }
    }
  });
  return groups.all().map((places) => places.flatMap((place) => records[place] ?? []));
}

/** Whether something of a record cannot be undone. */
export function isHeldBack({ undo }: TouchedRecord): boolean {
  return undo.obstacle !== null || undo.conflicts.length > 0;
}

/** The known calls whose changes of the record are undone. */
export function callsOf({ chosen }: TouchedRecord): ReadonlySet<string> {
  return new Set(chosen.map(({ call }) => call).filter((call) => call !== null));
}

/** What two records have in common that belong together, apart from naming one another. */
function marksOf(record: TouchedRecord): string[] {
  const { app, table, id, chosen } = record;
  const marks: string[] = [];
  for (const { change, call } of chosen) {
    if (call === null) continue;
    marks.push(idMark(call, id));
    for (const { path, value } of writtenValues(change)) {
      // The two rows of a link name each other by their pair; a flag that one record has at most is cleared on the others.
      if (path === "pairId") marks.push(JSON.stringify([call, "pair", value]));
      if (change.op === "update" && typeof value === "boolean") {
        marks.push(JSON.stringify([call, "flag", app, table, path]));
      }
    }
  }
  const pair = record.undo.record?.cell("pairId")?.value;
  if (typeof pair === "string") {
    for (const call of callsOf(record)) marks.push(JSON.stringify([call, "pair", pair]));
  }
  return marks;
}

/** Texts of a record that may be the id of another. */
function textsOf({ undo, chosen }: TouchedRecord): Set<string> {
  const texts = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === "string" && value.length <= MAX_ID_CHARS) texts.add(value);
  };
  for (const value of undo.record?.values().values() ?? []) add(value);
  for (const { change } of chosen) for (const { value } of writtenValues(change)) add(value);
  return texts;
}

function idMark(call: string, id: string): string {
  return JSON.stringify([call, "id", id]);
}

/** Longer texts are no ids of records (changes/change.ts). */
const MAX_ID_CHARS = 256;

/** Numbers from 0 on that are joined to groups. */
class Groups {
  readonly #leaders: number[];

  constructor(count: number) {
    this.#leaders = Array.from({ length: count }, (_, place) => place);
  }

  join(one: number, other: number): void {
    this.#leaders[this.#leaderOf(one)] = this.#leaderOf(other);
  }

  all(): number[][] {
    const groups = new Map<number, number[]>();
    this.#leaders.forEach((_, place) => {
      const leader = this.#leaderOf(place);
      const group = groups.get(leader);
      if (group === undefined) groups.set(leader, [place]);
      else group.push(place);
    });
    return [...groups.values()];
  }

  #leaderOf(place: number): number {
    let leader = place;
    for (
      let next = this.#leaders[leader];
      next !== undefined && next !== leader;
      next = this.#leaders[leader]
    ) {
      leader = next;
    }
    this.#leaders[place] = leader;
    return leader;
  }
}
