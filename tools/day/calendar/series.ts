// A stored event with its block, and for a series with its instances: what updating and deleting decide by.
import {
  addDays,
  type Calendar,
  type PlainRecordOf,
  type ReadRecords,
  refuseInput,
  type StoredRecordOf,
} from "../../../lib/tool/authoring.ts";
import { isTemplate, type PlainBlock, seriesOf } from "../agenda.ts";
import { isOfCalendar, isOfEvent } from "./entries.ts";
import { events } from "./tables.ts";
import type { EventTimes } from "./times.ts";
import { spanOf, timeBlocks } from "../time_blocks.ts";

/** Which times of a series a call is about. */
export const PARTS_OF_SERIES = ["this", "future", "all"] as const;

/** An event as it is stored. */
export interface StoredEvent {
  readonly event: StoredRecordOf<typeof events>;
  readonly block: StoredRecordOf<typeof timeBlocks>;
  readonly times: EventTimes;
  /** Whether a rule makes the times of the event. */
  readonly isSeries: boolean;
  /** Blocks that stand for a day of the series, by day. */
  readonly instances: ReadonlyMap<string, PlainBlock>;
  /** Days that were taken out of the series. */
  readonly deletedDays: ReadonlySet<string>;
}

/** Reads an event with all that belongs to it. Throws Refused `record-not-found`, and `input-invalid` where it has no time block. */
export async function readStoredEvent(
  records: ReadRecords,
  zone: Calendar,
  id: string,
): Promise<StoredEvent> {
  const event = await records.get(events, id);
  const found: PlainBlock[] = [];
  const deletedDays = new Set<string>();
  let isThere = false;
  await records.lookThrough(timeBlocks, (one) => {
    if (one.id === event.timeBlockId && isOfEvent(id, one)) isThere = true;
    if (
      one.parentBlockId === event.timeBlockId && typeof one.recurrenceDate === "string" && isOfCalendar(one)
    ) {
      found.push(one);
    }
  });
  if (!isThere || event.timeBlockId === undefined) {
    refuseInput("id: the event has no time block any more, so it lies nowhere in the calendar");
  }
  const block = await records.get(timeBlocks, event.timeBlockId);
  const span = spanOf(block, zone);
  if (span === null) refuseInput("id: the time that is stored of the event cannot be read");
  const isSeries = isTemplate(block);
  if (isSeries) {
    await records.lookThroughDeleted(timeBlocks, ({ parentBlockId, recurrenceDate }) => {
      if (parentBlockId === block.id && typeof recurrenceDate === "string") deletedDays.add(recurrenceDate);
    });
  }
  return {
    event,
    block,
    times: { ...span, allDay: block.allDay === true },
    isSeries,
    instances: await instancesOf(records, id, found),
    deletedDays,
  };
}

/**
 * The blocks that stand for a day of a series, by day: those of the series itself, and those that an event of its own names as its
 * block. A block that only says it is another event's would take that event along, which has its time elsewhere.
 */
async function instancesOf(
  records: ReadRecords,
  id: string,
  found: readonly PlainBlock[],
): Promise<ReadonlyMap<string, PlainBlock>> {
  const blockOfEvent = new Map<string, string | undefined>();
  if (found.some(({ sourceId }) => sourceId !== id)) {
    await records.lookThrough(events, (event) => void blockOfEvent.set(event.id, event.timeBlockId));
  }
  const instances = new Map<string, PlainBlock>();
  for (const block of found) {
    const { sourceId = "", recurrenceDate } = block;
    // An instance whose event is gone is left over, and goes with the series.
    const isHere = sourceId === id || !blockOfEvent.has(sourceId) || blockOfEvent.get(sourceId) === block.id;
    if (isHere && typeof recurrenceDate === "string") instances.set(recurrenceDate, block);
  }
  return instances;
}

/** The part of a series that a call means. Throws Refused `input-invalid` where it does not say which day, or names none of the series. */
export function partOf(
  stored: StoredEvent,
  zone: Calendar,
  { day, apply }: {
    readonly day?: string | undefined;
    readonly apply?: typeof PARTS_OF_SERIES[number] | undefined;
  },
): { readonly part: "event" } | { readonly part: "all" } | {
  readonly part: "this" | "future";
  readonly day: string;
} {
  if (!stored.isSeries) {
    if (day !== undefined || (apply !== undefined && apply !== "this")) {
      refuseInput("day: the event does not repeat; leave out `day` and `apply`");
    }
    return { part: "event" };
  }
  const part = apply ?? (day === undefined ? "all" : "this");
  if (part === "all") return { part };
  if (day === undefined) refuseInput("day: say which time of the series, by its `day` of {calendar.list}");
  const isInstance = stored.instances.has(day);
  if (!isInstance && (stored.deletedDays.has(day) || !daysOf(stored, zone, day, day).includes(day))) {
    refuseInput(`day: the series has no time on ${day}`);
  }
  return part === "future" && day === zone.dayAt(stored.times.start) ? { part: "all" } : { part, day };
}

/** When the time of a series on a day is, if nothing stands in its place; null where its rule does not give this day. */
export function timesOn(
  { block, times }: Pick<StoredEvent, "block" | "times">,
  zone: Calendar,
  day: string,
): EventTimes | null {
  if (!isTemplate(block)) return null;
  const found = zone.occurrences({ ...seriesOf(block, times), isAllDay: times.allDay }, day, day)?.[0];
  if (found === undefined) return null;
  const { start } = found;
  if (times.end === null) return { ...times, start };
  if (!times.allDay) return { start, end: start + times.end - times.start, allDay: false };
  const days = Math.round((times.end + 1_000 - times.start) / DAY_MS);
  return { start, end: zone.endOfDay(addDays(day, days - 1)), allDay: true };
}

/** The rule of a series that ends before a time of it. */
export function ruleUntil(rule: string, zone: Calendar, { start, allDay }: EventTimes): string {
  const until = allDay
    ? addDays(zone.dayAt(start), -1).replaceAll("-", "")
    : zone.stored(start - 1_000).replace(/\.\d{3}Z$/, "Z").replace(/[-:]/g, "");
  return `${withoutEnd(rule)};UNTIL=${until}`;
}

/** The rule of what is left of a series from a day on: COUNT counts on. Throws Refused `input-invalid` where the rule cannot be read. */
export function ruleFrom(stored: StoredEvent, zone: Calendar, day: string): string {
  const rule = stored.block.recurrenceRule ?? "";
  const count = /(?:^|[:;])COUNT=(\d+)/i.exec(rule)?.[1];
  if (count === undefined) return rule;
  let before = 0;
  const last = addDays(day, -1);
  for (let from = zone.dayAt(stored.times.start); from <= last; from = addDays(from, MAX_DAYS + 1)) {
    const to = addDays(from, MAX_DAYS);
    before += daysOf(stored, zone, from, to < last ? to : last).length;
  }
  return `${withoutEnd(rule)};COUNT=${Math.max(1, Number(count) - before)}`;
}

function daysOf({ block, times }: StoredEvent, zone: Calendar, from: string, to: string): string[] {
  const found = zone.occurrences(seriesOf(block, times), from, to);
  if (found === null) {
    refuseInput("day: the rule of the series cannot be read; change the whole series, with `apply` all");
  }
  return found.map((time) => time.day);
}

function withoutEnd(rule: string): string {
  return rule.split(";").filter((part) => !/^(?:RRULE:)?(COUNT|UNTIL)=/i.test(part)).join(";");
}

/** Whether an event of its own stands behind an instance; others are copies of the series. */
export function isOwn(stored: StoredEvent, instance: PlainRecordOf<typeof timeBlocks>): boolean {
  return instance.isRecurrenceException === true || instance.sourceId !== stored.event.id;
}

const DAY_MS = 86_400_000;
/** Days that are expanded at once. */
const MAX_DAYS = 366;
