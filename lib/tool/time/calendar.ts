// Days, instants and series as the person counts them, in their time zone. What a day is as text stands in day.ts, a zone in
// kit/is_time_zone.ts, a series in series.ts.

import { refuseInput } from "../refuse_input.ts";
import { addDays, dayIn, hasOffset, isDateTime, isUsualDay, isUsualInstant } from "./day.ts";
import { firstOfRule, type Occurrence, type Series } from "./series.ts";
import { createSeriesWork, type SeriesMonths, type SeriesWork } from "./series_months.ts";

/** The calendar of a zone at an instant in milliseconds since 1970. Null: no zone is known. */
export function calendarOf(timeZone: string | null, at: number, series: SeriesMonths): Calendar {
  return new ZoneCalendar(timeZone, at, series);
}

/** Days, instants and series as the person counts them. */
export interface Calendar {
  /** The zone of `today`: UTC where none is known. */
  readonly timeZone: string;
  /** The day of the call, YYYY-MM-DD. */
  readonly today: string;
  /**
   * The day that a text stands for, which `isDayOrInstant` has accepted. A date-time with an offset is an instant, and counts
   * as its day in the zone; where no zone is known, as the day that the text names. A date-time without an offset is local
   * time.
   */
  dayOf(text: string): string;
  /** The day of an instant in the zone. */
  dayAt(instant: number): string;
  /** An instant as local time with its offset, as tools show it: to the minute: `2026-05-20T09:00+02:00`. */
  localTime(instant: number): string;
  /**
   * A `dateTimeInput` as it is stored, in UTC with milliseconds. A text without an offset is local time. Throws Refused
   * `input-invalid` for a time that the clocks of the zone skip; of a time that comes twice the first is meant, and an offset
   * names the other one.
   */
  instant(text: string): string;
  /** An instant in milliseconds as it is stored. */
  stored(instant: number): string;
  /** The first instant of a day, in milliseconds. Some days begin at one o'clock. */
  startOfDay(day: string): number;
  /** The last second of a day, in milliseconds: where a record of whole days ends. */
  endOfDay(day: string): number;
  /**
   * The instant of a stored date-time; null for what is none. Three forms are stored: an instant with `Z`, local time without
   * an offset, and, in records of dreams and periods, local time that falsely ends with `Z` (`isLocal`). A day is its start.
   * Reading is lenient: a skipped time counts as the one after the gap.
   */
  storedInstant(text: string, isLocal?: boolean): number | null;
  /**
   * The times of a series from a day to a day, both included, at most 400 days later; see `expandSeries` for skipped and
   * repeated times. Null: the rule cannot be read, or takes too much to expand, or too much was expanded already. Instances that are records of their own are
   * the tool's to put in place.
   */
  occurrences(series: CalendarSeries, from: string, to: string): readonly Occurrence[] | null;
  /**
   * The first time that a rule itself gives at or after the start; null where there is none. A tool that makes a series
   * demands that it is the start: else the apps show a first time that the rule does not have.
   */
  firstOccurrence(series: CalendarSeries): Occurrence | null;
}

/** A series; in the zone of the calendar where it names none that exists. */
export type CalendarSeries = Omit<Series, "timeZone">;

/** A class with everything private, since one is made per call. */
class ZoneCalendar implements Calendar {
  readonly timeZone: string;
  readonly #isKnown: boolean;
  readonly #at: number;
  readonly #series: SeriesMonths;
  #work: SeriesWork | undefined;

  constructor(timeZone: string | null, at: number, series: SeriesMonths) {
    this.timeZone = timeZone ?? "UTC";
    this.#isKnown = timeZone !== null;
    this.#at = at;
    this.#series = series;
    Object.freeze(this);
  }

  static {
    // All calendars share these two: a tool that changed them would change what the next call gets.
    Object.freeze(this.prototype);
    Object.freeze(this);
  }

  get today(): string {
    return this.dayAt(this.#at);
  }

  dayOf(text: string): string {
    return hasOffset(text) && this.#isKnown ? this.dayAt(Date.parse(text)) : text.slice(0, 10);
  }

  dayAt(instant: number): string {
    return dayIn(this.timeZone, instant);
  }

  localTime(instant: number): string {
    return this.#zoned(instant).toString({ timeZoneName: "never", smallestUnit: "minute" });
  }

  instant(text: string): string {
    if (!isDateTime(text)) throw new TypeError("Cannot store a date-time: the input was not checked");
    if (hasOffset(text)) return this.stored(Date.parse(text));
    const wall = Temporal.PlainDateTime.from(text);
    const found = wall.toZonedDateTime(this.timeZone, { disambiguation: "earlier" });
    if (!found.toPlainDateTime().equals(wall)) this.#refuseSkipped(text, found);
    return this.stored(found.epochMilliseconds);
  }

  stored(instant: number): string {
    return new Date(instant).toISOString();
  }

  startOfDay(day: string): number {
    return Temporal.PlainDate.from(day).toZonedDateTime(this.timeZone).epochMilliseconds;
  }

  endOfDay(day: string): number {
    return this.startOfDay(addDays(day, 1)) - 1_000;
  }

  storedInstant(text: string, isLocal = false): number | null {
    if (!isLocal && isUsualInstant(text)) return Date.parse(text);
    if (isUsualDay(text)) return this.startOfDay(text);
    if (!isDateTime(text)) return null;
    if (hasOffset(text) && !isLocal) return Date.parse(text);
    const wall = Temporal.PlainDateTime.from(isLocal ? text.replace(/(Z|[+-]\d{2}:\d{2})$/, "") : text);
    return wall.toZonedDateTime(this.timeZone).epochMilliseconds;
  }

  occurrences(series: CalendarSeries, from: string, to: string): readonly Occurrence[] | null {
    const work = this.#work ??= createSeriesWork();
    return this.#series.occurrences({ ...series, timeZone: this.timeZone }, from, to, work);
  }

  firstOccurrence(series: CalendarSeries): Occurrence | null {
    return firstOfRule({ ...series, timeZone: this.timeZone });
  }

  #zoned(instant: number): Temporal.ZonedDateTime {
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toZonedDateTimeISO(this.timeZone);
  }

  /** `before` is the skipped time by the offset after the gap, so that it comes before the gap. */
  #refuseSkipped(text: string, before: Temporal.ZonedDateTime): never {
    const next = before.getTimeZoneTransition("next")?.toPlainDateTime().toString({ smallestUnit: "minute" });
    const from = next === undefined ? "" : `: they go forward to ${next}`;
    refuseInput(`${text} does not exist in ${this.timeZone}, whose clocks skip it${from}`);
  }
}
