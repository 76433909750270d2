// The times of a series: what a recurrence rule makes of a start, by rrule-temporal, which only this file imports. The rule is
// another writer's text: each expansion is bounded in days, periods and candidates.

import { RRuleTemporal } from "rrule-temporal";
import { MAX_SERIES_CANDIDATES, MAX_SERIES_PERIODS } from "../../kit/limits.ts";
import { dayIn, daysBetween } from "./day.ts";
import { MAX_SERIES_COUNT, readRule, type Rule } from "./recurrence_rule.ts";

/** A series is expanded over so many days at most: a year, and the days around it. */
export const MAX_SERIES_DAYS = 400;

/** A record that repeats. */
export interface Series {
  /** As stored, with or without `RRULE:`. */
  readonly rule: string;
  /** The start of the record, in milliseconds since 1970. */
  readonly start: number;
  /** Whether the record has days and no time of day. */
  readonly isAllDay: boolean;
  /** The zone in whose days and wall times the series repeats. */
  readonly timeZone: string;
}

/** One time of a series. */
export interface Occurrence {
  /** Its day in the zone of the series, YYYY-MM-DD: what the apps call the instance's `recurrenceDate`. */
  readonly day: string;
  /** Milliseconds since 1970. */
  readonly start: number;
}

/** The times of a series, and what it took to find them. */
export interface Expansion {
  /** Null: the rule cannot be read, or takes too much to expand. */
  readonly times: readonly Occurrence[] | null;
  /** About the thirds of a millisecond that it took. */
  readonly work: number;
}

/**
 * The times of a series from the day `from` to the day `to`, both included, in the zone of the series. The start of the record
 * always counts as a time, as the apps show the record there. A time of day that a zone skips is left out (RFC 5545 section
 * 3.3.10), and of a time that comes twice the first is taken. Throws RangeError for more days than {@link MAX_SERIES_DAYS}.
 */
export function expandSeries(series: Series, from: string, to: string): Expansion {
  demandFewDays(from, to);
  const reading = readRule(series.rule);
  if (!reading.ok) return { times: null, work: 1 };
  const first = startOf(series);
  if (to < first.day) return { times: [], work: 1 };
  const days = daysBetween(first.day, to);
  const count = countUntil(reading.rule, days);
  if (count === "too many") return { times: null, work: 1 };
  const found = timesBetween(series, { ...reading.rule, count }, from, to);
  const work = workOf(reading.rule, count === null ? 0 : Math.min(count, days), found !== null);
  const isFirstMissing = found !== null && first.day >= from && !found.some(({ day }) => day === first.day);
  return { times: isFirstMissing ? [first, ...found] : found, work };
}

/** Measured: a usual month is a half, 20 counted times are 1, and a rule that runs into its bounds takes a hundred times as long. */
function workOf({ numbers: { BYWEEKNO, BYYEARDAY } }: Rule, counted: number, isFound: boolean): number {
  const isRare = BYWEEKNO.length > 0 || BYYEARDAY.length > 0;
  return 0.5 + counted / 20 + (isRare ? 10 : 0) + (isFound ? 0 : 100);
}

/** Throws RangeError for more days than {@link MAX_SERIES_DAYS}: tools bound what may be asked for. */
export function demandFewDays(from: string, to: string): void {
  if (!(daysBetween(from, to) <= MAX_SERIES_DAYS)) {
    throw new RangeError("Cannot expand a series: over too many days");
  }
}

/** The first time that the rule itself gives, from the start on; null: there is none, or the rule cannot be read. */
export function firstOfRule(series: Series): Occurrence | null {
  const reading = readRule(series.rule);
  if (!reading.ok) return null;
  try {
    const found = ruleFrom(series, reading.rule, false).next(
      new Date(zonedStart(series).epochMilliseconds),
      true,
    );
    return found === null ? null : occurrenceOf(series, found);
  } catch {
    return null;
  }
}

function startOf(series: Series): Occurrence {
  return { day: dayIn(series.timeZone, series.start), start: series.start };
}

/**
 * COUNT, where it can have been reached after so many days: a rule has at most one time a day. Null: it has not been reached, so
 * nobody has to count from the start.
 */
function countUntil({ count }: Rule, days: number): number | "too many" | null {
  if (count === null || count > days) return null;
  return count > MAX_SERIES_COUNT ? "too many" : count;
}

function timesBetween(series: Series, rule: Rule, from: string, to: string): Occurrence[] | null {
  const zone = zoneOfRule(series);
  const after = Temporal.PlainDate.from(from).toZonedDateTime(zone).epochMilliseconds;
  const before = Temporal.PlainDate.from(to).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  try {
    const times = ruleFrom(series, rule, true).between(new Date(after), new Date(before - 1), true);
    return times.map((time) => occurrenceOf(series, time));
  } catch {
    // The library throws plain errors for its bounds, and Temporal for days beyond the end of time.
    return null;
  }
}

function ruleFrom(series: Series, rule: Rule, includeDtstart: boolean): RRuleTemporal {
  const { BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYSETPOS } = rule.numbers;
  return new RRuleTemporal({
    dtstart: zonedStart(series),
    includeDtstart,
    freq: rule.freq,
    interval: rule.interval,
    wkst: rule.weekStart,
    ...(rule.count === null ? {} : { count: rule.count }),
    ...(rule.until === null ? {} : { until: untilOf(series, rule.until) }),
    ...(rule.byDay.length === 0 ? {} : { byDay: [...rule.byDay] }),
    ...(BYMONTH.length === 0 ? {} : { byMonth: [...BYMONTH] }),
    ...(BYMONTHDAY.length === 0 ? {} : { byMonthDay: [...BYMONTHDAY] }),
    ...(BYYEARDAY.length === 0 ? {} : { byYearDay: [...BYYEARDAY] }),
    ...(BYWEEKNO.length === 0 ? {} : { byWeekNo: [...BYWEEKNO] }),
    ...(BYSETPOS.length === 0 ? {} : { bySetPos: [...BYSETPOS] }),
    maxIterations: MAX_SERIES_PERIODS,
    maxCandidateEvaluations: MAX_SERIES_CANDIDATES,
    cache: false,
  });
}

/** Days have no clock to be put forward, so a series of days is expanded in UTC: some zones skip midnight. */
function zoneOfRule({ isAllDay, timeZone }: Series): string {
  return isAllDay ? "UTC" : timeZone;
}

function zonedStart(series: Series): Temporal.ZonedDateTime {
  if (series.isAllDay) return Temporal.PlainDate.from(startOf(series).day).toZonedDateTime("UTC");
  return Temporal.Instant.fromEpochMilliseconds(series.start).toZonedDateTimeISO(series.timeZone);
}

function occurrenceOf(
  series: Series,
  time: { readonly epochMilliseconds: number; toPlainDate(): { toString(): string } },
): Occurrence {
  const day = time.toPlainDate().toString();
  if (!series.isAllDay) return { day, start: time.epochMilliseconds };
  return { day, start: Temporal.PlainDate.from(day).toZonedDateTime(series.timeZone).epochMilliseconds };
}

/** The last instant that UNTIL allows: a day counts to its end, and a series of days knows only the day. */
function untilOf(series: Series, until: string): Temporal.ZonedDateTime {
  const { timeZone } = series;
  const at = until.endsWith("Z")
    ? Temporal.Instant.from(until).toZonedDateTimeISO(timeZone)
    : Temporal.PlainDateTime.from(until).toZonedDateTime(timeZone);
  if (series.isAllDay) return at.toPlainDate().toZonedDateTime("UTC");
  const isDay = until.length === 10;
  return isDay
    ? at.toPlainDate().add({ days: 1 }).toZonedDateTime(timeZone).subtract({ milliseconds: 1 })
    : at;
}
