/**
 * Instants as text (RFC 3339). The sync service's cursor has micro- and nanoseconds, which a JS date cannot hold, so
 * cursors are compared and moved as text of one form: UTC with nine decimals (sync contract section 3).
 */

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** As {@link INSTANT}, with each part in its range; of a month's days it knows only that there are no more than 31. */
const IN_RANGE =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Where a first pull starts. */
export const EPOCH = "1970-01-01T00:00:00.000000000Z";

/** An RFC 3339 time in the one comparable form, or null when `text` is none. */
export function parseInstant(text: string): string | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const [, seconds = "", fraction = "", zone = ""] = match;
  const ms = Date.parse(seconds + zone);
  return Number.isNaN(ms) ? null : toInstant(ms / 1000, Number(fraction.padEnd(9, "0")));
}

/**
 * Whether `text` is an RFC 3339 time to the nanosecond. By its form alone: that costs less than `Date.parse`, which
 * also makes a date of `1` and of words.
 */
export function isInstant(text: string): boolean {
  return IN_RANGE.test(text);
}

/** `instant` moved back by whole milliseconds and microseconds, never before 1970. */
export function stepBack(instant: string, by: { readonly ms?: number; readonly micros?: number }): string {
  let nanos = Number(instant.slice(20, 29)) - (by.micros ?? 0) * 1_000 - ((by.ms ?? 0) % 1_000) * 1_000_000;
  let seconds = Date.parse(`${instant.slice(0, 19)}Z`) / 1000 - Math.floor((by.ms ?? 0) / 1_000);
  const borrowed = Math.floor(nanos / 1_000_000_000);
  nanos -= borrowed * 1_000_000_000;
  seconds += borrowed;
  return seconds < 0 ? EPOCH : toInstant(seconds, nanos);
}

function toInstant(seconds: number, nanos: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, "0")}Z`;
}
