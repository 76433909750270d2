// Days and times on the pages of what apps did, as the person counts them: in the zone of their connections, else in UTC, which the
// page then says.
import { readTimeZone } from "../../kit/time_zones.ts";
import type { Grant } from "../../oauth/grants/grant.ts";

/** The person's zone: that of the newest connection which has one. `undefined`: nobody told it. */
export function zoneOf(grants: readonly Pick<Grant, "zoneinfo">[]): string | undefined {
  const told = grants.map(({ zoneinfo }) => zoneinfo).find((zone) => zone !== undefined);
  return told === undefined ? undefined : readTimeZone(told);
}

/** The day of an instant, as `2026-11-27`. */
export function dayOf(at: number, zone = "UTC"): string {
  return zoned(at, zone).toPlainDate().toString();
}

/** The first instant of a day, in milliseconds. `after`: days later. */
export function startOfDay(day: string, zone = "UTC", after = 0): number {
  return Temporal.PlainDate.from(day).add({ days: after }).toZonedDateTime(zone).epochMilliseconds;
}

/** A day as somebody sent it, in {@link FIRST_YEAR} or later; `undefined`: no such day. */
export function readDay(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  try {
    const day = Temporal.PlainDate.from(text, { overflow: "reject" });
    return day.year >= FIRST_YEAR && day.year < FIRST_YEAR + 1000 ? day.toString() : undefined;
  } catch {
    return undefined; // 30 February
  }
}

/** The instant of a day and a time as somebody sent them; `undefined`: there is none. Of a time that comes twice the first. */
export function readMoment(day: string, time: string, zone = "UTC"): number | undefined {
  const date = readDay(day);
  if (date === undefined || !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return undefined;
  return Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time))
    .toZonedDateTime(zone, { disambiguation: "earlier" }).epochMilliseconds;
}

/** An instant as somebody sent it, as ISO 8601 in UTC; `undefined`: none, or none of these centuries. */
export function readInstant(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/.test(text)) return undefined;
  const at = Date.parse(text);
  return at >= Date.UTC(FIRST_YEAR) ? at : undefined;
}

/** No app can have written anything before. */
export const FIRST_YEAR = 2020;

/** A day as a heading: `Today, Friday 27 November`. */
export function dayHeading(day: string, now: number, zone: string | undefined): string {
  const today = dayOf(now, zone);
  const start = Date.parse(`${day}T00:00:00Z`);
  const isThisYear = day.slice(0, 4) === today.slice(0, 4);
  const word = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(isThisYear ? {} : { year: "numeric" }),
    timeZone: "UTC",
  }).format(start);
  const yesterday = Temporal.PlainDate.from(today).subtract({ days: 1 }).toString();
  return day === today ? `Today, ${word}` : day === yesterday ? `Yesterday, ${word}` : word;
}

/** The time of day: `14:03`. */
export function timeWord(at: number, zone = "UTC"): string {
  return zoned(at, zone).toPlainTime().toString({ smallestUnit: "minute" });
}

function zoned(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}
