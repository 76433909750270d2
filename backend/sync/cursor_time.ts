import { withoutEnding } from "../kit/without_ending.ts";

/** Times of the log are whole microseconds since 1970: exact in a JavaScript number until the year 2255. */

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Parses a `since`: RFC 3339 with any number of fractional digits, cut to microseconds. Anything else counts
 * as the epoch (sync-protocol, section 3); a time beyond 2255 as the latest that can be told.
 */
export function parseSince(text: string): number {
  const match = RFC3339.exec(text);
  if (match === null) return 0;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  const wall = new Date(0);
  wall.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  wall.setUTCHours(Number(hour), Number(minute), Number(second));
  // A day or an hour that does not exist rolls over; the reference refuses it.
  const shown = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (Number.isNaN(wall.getTime()) || !wall.toISOString().startsWith(shown)) return 0;
  const micros = (wall.getTime() - zoneMinutes(zone) * 60_000) * 1000 +
    Number(fraction.padEnd(6, "0").slice(0, 6));
  return Math.min(micros, Number.MAX_SAFE_INTEGER);
}

function zoneMinutes(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** A row's own time, as the cursor of a full page shows it: microseconds, trailing zeros trimmed. */
export function toPageCursor(micros: number): string {
  const digits = withoutEnding(microDigits(micros), "0");
  return `${wholeSeconds(micros)}${digits === "" ? "" : `.${digits}`}Z`;
}

/**
 * The service's clock, as a last page shows it: nanoseconds, as in the reference. The clock here ticks in
 * microseconds; the last digits say "after everything in this microsecond" and survive cutting and rounding.
 */
export function toClockCursor(micros: number): string {
  return `${wholeSeconds(micros)}.${microDigits(micros)}001Z`;
}

function wholeSeconds(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
}

function microDigits(micros: number): string {
  return String(micros % 1_000_000).padStart(6, "0");
}
