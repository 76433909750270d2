// A time in the calendar as the view shows it, read out of what `calendar_list` answers. Its times are the person's own local times, as
// they were written: no zone has to be counted into another.
import { type JsonObject, objectsOf, textOf } from "../host/parse.ts";
import { dayAfter } from "../kit/days.ts";

/** One entry of the list. */
export interface Entry {
  readonly id: string;
  /** Null where the person keeps it back, or where it cannot be read. */
  readonly title: string | null;
  /** The module of what is not an event: `todo`, `habits`, `events`, `times`. */
  readonly module: string | null;
  readonly allDay: boolean;
  /** The first and the last day on which there is anything of it. */
  readonly from: string;
  readonly to: string;
  /** HH:MM; null for whole days, and for an end that nobody set. */
  readonly start: string | null;
  readonly end: string | null;
  /** To order and compare: local date and time. */
  readonly begins: string;
  readonly ends: string;
  readonly location: string | null;
  readonly repeats: boolean;
}

/** The entries of an answer, in its order, which is by start. */
export function entriesOf(data: JsonObject): Entry[] {
  return objectsOf(data.entries).map(entryOf).filter((entry) => entry !== null);
}

/** What there is of a day: whole days first, then by time. */
export function ofDay(entries: readonly Entry[], day: string): Entry[] {
  const found = entries.filter(({ from, to }) => from <= day && day <= to);
  return [...found.filter(({ allDay }) => allDay), ...found.filter(({ allDay }) => !allDay)];
}

/** Whether two times of a day lie over each other. */
export function overlaps(one: Entry, other: Entry): boolean {
  return one !== other && !one.allDay && !other.allDay && one.begins < other.ends && other.begins < one.ends;
}

const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?/;

function entryOf(record: JsonObject): Entry | null {
  const [, from, clock] = LOCAL.exec(textOf(record.start) ?? "") ?? [];
  const id = textOf(record.id);
  if (id === null || from === undefined) return null;
  const allDay = record.allDay === true || clock === undefined;
  const [, endDay = from, endClock] = LOCAL.exec(textOf(record.end) ?? "") ?? [];
  const start = allDay ? null : clock ?? null;
  const end = allDay ? null : endClock ?? null;
  // What ends at midnight has nothing of the day that begins then.
  const isMidnight = end === "00:00" && endDay > from;
  const last = endDay < from ? from : isMidnight ? dayAfter(endDay, -1) : endDay;
  return {
    id,
    title: textOf(record.title),
    module: textOf(record.module),
    allDay,
    from,
    to: last,
    start,
    end,
    begins: `${from} ${start ?? ""}`,
    ends: `${endDay} ${end ?? start ?? ""}`,
    location: textOf(record.location),
    repeats: record.recurring === true,
  };
}
