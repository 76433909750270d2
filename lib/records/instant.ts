/**
 * Times of the sync service's cursor. It answers with micro- and nanoseconds, which a JS date cannot hold, so cursors
 * are compared and moved as text of one form: UTC with nine decimals (sync contract section 3).
 */

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

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
