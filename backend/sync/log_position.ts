// Positions in the change log, as the wire writes them: times in RFC 3339 (sync-protocol, section 3).
// Inside this service they are whole microseconds since 1970, exact in a JavaScript number until the year 2255.
import { withoutEnding } from "../../sign_in/kit/without_ending.ts";

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Parses a `since`: RFC 3339 with any number of fractional digits, cut to microseconds. Any other text counts as the
 * epoch (sync-protocol, section 3). A time beyond 2255 counts as the latest time that can be told.
 */
export function parsePosition(text: string): number {
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

/**
 * Where a reader goes on after a portion that covers the log up to `until`. When there are more changes: the last
 * row's own time, in microseconds, trailing zeros trimmed. Otherwise: the service's clock.
 */
export function positionAfter(
  { hasMore, until }: { readonly hasMore: boolean; readonly until: number },
): string {
  if (!hasMore) return toClockPosition(until);
  const digits = withoutEnding(microDigits(until), "0");
  return `${wholeSeconds(until)}${digits === "" ? "" : `.${digits}`}Z`;
}

/**
 * The service's clock in nanoseconds, as in the reference. The clock here ticks in microseconds; the last digits say
 * "after everything in this microsecond" and survive cutting and rounding.
 */
export function toClockPosition(micros: number): string {
  return `${wholeSeconds(micros)}.${microDigits(micros)}001Z`;
}

function zoneMinutes(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith("-") ? -minutes : minutes;
}

function wholeSeconds(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
}

function microDigits(micros: number): string {
  return String(micros % 1_000_000).padStart(6, "0");
}
