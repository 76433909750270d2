// How much one grant was handed lately: counts in slots of time, and which records are counted already, so that the same record twice
// counts once. All in memory; what other processes counted comes in by `add`.

import { DISCLOSURE_SLOT_MS } from "../kit/limits.ts";
import type { ChargedRecord } from "./budget_room.ts";
import {
  addCounts,
  addRecord,
  type Counted,
  type Counts,
  emptyCounts,
  type UseWindow,
  WINDOW_MS,
} from "./counts.ts";

/** Hours of a day that has begun within one. */
const MAX_HOURS = 25;

/** How many records may still be remembered over all grants. */
export interface Room {
  left: number;
}

/** One grant's use. A class, since there is one per grant. */
export class GrantUse {
  /** When somebody last looked, in milliseconds since 1970. */
  lastUsed = 0;
  /** What calls in flight may still take or have taken, and have not been charged. */
  readonly pending: { records: number; fields: number; bytes: number } = { records: 0, fields: 0, bytes: 0 };
  readonly #room: Room;
  /** In the order of their beginnings. */
  #slots: Slot[] = [];
  readonly #known = new Map<string, Map<string, Known>>();
  #knownCount = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** What counts within a window as of now. */
  used(window: UseWindow, now: number): Counts {
    const sum = emptyCounts();
    for (const slot of this.#slots) {
      if (now < endOf(slot, window)) addCounts(sum, slot[window]);
    }
    return sum;
  }

  /** When less than `limit` is counted in a window, in milliseconds since 1970. */
  fallsBelow(limit: number, counted: Counted, window: UseWindow, now: number): number {
    let left = this.used(window, now)[counted];
    let at = now;
    for (const slot of this.#slots) {
      if (left < limit) break;
      const end = endOf(slot, window);
      if (now >= end) continue;
      left -= slot[window][counted];
      at = Math.max(at, end);
    }
    return at;
  }

  /** Whether handing out a record costs no record of the hour. */
  isFree(collection: string, id: string, now: number): boolean {
    const known = this.#known.get(collection)?.get(id);
    return known !== undefined && isWithin(known.hourAt, "hour", now);
  }

  /** Whether more text is handed out of a record than is counted, where the record itself is. */
  isMore({ collection, id, fields, bytes, partBytes }: ChargedRecord, now: number): boolean {
    const known = this.#known.get(collection)?.get(id);
    return known !== undefined && isWithin(known.hourAt, "hour", now) &&
      (fields > known.fields || bytes > known.bytes || partBytes > 0);
  }

  /** Counts a record that was handed out, as far as it is not counted; and adds to `sum` what was counted. */
  charge(record: ChargedRecord, now: number, sum: Record<UseWindow, Counts> | null): void {
    const slot = this.#slotAt(now);
    if (sum === null) return this.#charge(record, now, slot);
    const counted: Record<UseWindow, Counts> = { hour: emptyCounts(), day: emptyCounts() };
    this.#charge(record, now, counted);
    for (const window of ["hour", "day"] as const) {
      addCounts(slot[window], counted[window]);
      addCounts(sum[window], counted[window]);
    }
  }

  #charge(
    { collection, id, fields, bytes, partBytes }: ChargedRecord,
    now: number,
    { hour, day }: Readonly<Record<UseWindow, Counts>>,
  ): void {
    const known = this.#known.get(collection)?.get(id);
    if (known === undefined || !isWithin(known.dayAt, "day", now)) {
      addRecord(hour, fields, bytes + partBytes);
      addRecord(day, fields, bytes + partBytes);
      this.#remember(collection, id, { hourAt: now, dayAt: now, fields, bytes });
      return;
    }
    const moreFields = Math.max(0, fields - known.fields);
    const newBytes = Math.max(0, bytes - known.bytes);
    const moreBytes = newBytes + partBytes;
    day.fields += moreFields;
    day.bytes += moreBytes;
    if (isWithin(known.hourAt, "hour", now)) {
      hour.fields += moreFields;
      hour.bytes += moreBytes;
    } else {
      addRecord(hour, fields, bytes + partBytes);
      known.hourAt = now;
    }
    known.fields += moreFields;
    known.bytes += newBytes;
  }

  /** Counts a search, or rows that were looked at. */
  count(counted: "searches" | "looked", by: number, now: number): void {
    this.#slotAt(now).hour[counted] += by;
  }

  /** Adds what another process counted in an hour. Counts for as long as any of it could. */
  add(hourNumber: number, { records, fields, bytes }: Pick<Counts, "records" | "fields" | "bytes">): void {
    const counts = () => ({ ...emptyCounts(), records, fields, bytes });
    this.#slots.push({
      start: hourNumber * WINDOW_MS.hour,
      length: WINDOW_MS.hour,
      hour: counts(),
      day: counts(),
    });
    this.#slots.sort((one, other) => one.start - other.start);
  }

  /** What was counted per hour within the last day, for other processes: the number of the hour since 1970, and its counts. */
  hours(now: number): (readonly [hour: number, records: number, fields: number, bytes: number])[] {
    const hours = new Map<number, Counts>();
    for (const slot of this.#slots) {
      if (now >= endOf(slot, "day")) continue;
      const hour = Math.floor(slot.start / WINDOW_MS.hour);
      const sum = hours.get(hour) ?? emptyCounts();
      addCounts(sum, slot.hour);
      hours.set(hour, sum);
    }
    // The clock of another process may be ahead: a row of the ledger takes no more, and would not be read.
    return [...hours].slice(-MAX_HOURS).map((
      [hour, { records, fields, bytes }],
    ) => [hour, records, fields, bytes] as const);
  }

  /** Forgets what counts no more. True where nothing is left. */
  sweep(now: number): boolean {
    this.#slots = this.#slots.filter((slot) => now < endOf(slot, "day"));
    for (const [collection, ids] of this.#known) {
      // In the order in which they were first counted.
      for (const [id, { dayAt }] of ids) {
        if (isWithin(dayAt, "day", now)) break;
        ids.delete(id);
        this.#giveBack(1);
      }
      if (ids.size === 0) this.#known.delete(collection);
    }
    return this.#slots.length === 0 && this.pending.records === 0;
  }

  /** Forgets which records are counted: each counts again. */
  forgetRecords(): void {
    this.#known.clear();
    this.#giveBack(this.#knownCount);
  }

  #remember(collection: string, id: string, known: Known): void {
    if (this.#room.left === 0) this.forgetRecords();
    const ids = this.#known.get(collection) ?? new Map<string, Known>();
    // Whoever cannot be remembered counts again: too much is counted then, never too little.
    if (!ids.delete(id)) {
      if (this.#room.left === 0) return;
      this.#room.left -= 1;
      this.#knownCount += 1;
    }
    this.#known.set(collection, ids.set(id, known));
  }

  #giveBack(count: number): void {
    this.#knownCount -= count;
    this.#room.left += count;
  }

  /** The slot of now. Slots whose place in the hour decides nothing any more are put together, so that a day has few of them. */
  #slotAt(now: number): Slot {
    const start = Math.floor(now / DISCLOSURE_SLOT_MS) * DISCLOSURE_SLOT_MS;
    const last = this.#slots.at(-1);
    // A clock that was set back counts in the newest slot, which stays the longest.
    if (last !== undefined && last.length === DISCLOSURE_SLOT_MS && last.start >= start) return last;
    this.sweep(now);
    this.#joinOld(now);
    const slot = { start, length: DISCLOSURE_SLOT_MS, hour: emptyCounts(), day: emptyCounts() };
    this.#slots.push(slot);
    return slot;
  }

  #joinOld(now: number): void {
    const joined: Slot[] = [];
    for (const slot of this.#slots) {
      const last = joined.at(-1);
      const start = Math.floor(slot.start / WINDOW_MS.hour) * WINDOW_MS.hour;
      // A joined slot ends with its hour, so it must be past counting in any hour, or a count would come back.
      const isOld = now >= start + 2 * WINDOW_MS.hour;
      if (isOld && last !== undefined && last.start === start && last.length === WINDOW_MS.hour) {
        addCounts(last.hour, slot.hour);
        addCounts(last.day, slot.day);
      } else {
        joined.push(isOld ? { ...slot, start, length: WINDOW_MS.hour } : slot);
      }
    }
    this.#slots = joined;
  }
}

/** Counts of a stretch of time. */
interface Slot {
  readonly start: number;
  readonly length: number;
  /** Records that were not yet counted in the hour. */
  readonly hour: Counts;
  /** Records that were not yet counted in the day. */
  readonly day: Counts;
}

/** A record that is counted. Times are milliseconds since 1970. */
interface Known {
  hourAt: number;
  readonly dayAt: number;
  fields: number;
  bytes: number;
}

/** When nothing of a slot counts in a window any more: the last of it may have come at its end. */
function endOf({ start, length }: Slot, window: UseWindow): number {
  return start + length + WINDOW_MS[window];
}

function isWithin(at: number, window: UseWindow, now: number): boolean {
  return now < at + WINDOW_MS[window];
}
