// Instants as text (RFC 3339). The sync service's positions have micro- and nanoseconds, which a JS date cannot hold, so they are
// compared and moved as text of one form: UTC with nine decimals (sync contract section 3). Stamps of fields are in stamp.ts.

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** As {@link INSTANT}, with each number in its range; a month's length is not known, only that no month has more than 31 days. */
const IN_RANGE =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** As the service writes instants: in UTC, here on a day that every month has. Only the decimals differ from the comparable form. */
const PLAIN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/** Where a first pull starts. */
export const EPOCH = "1970-01-01T00:00:00.000000000Z";

/** An RFC 3339 time in the comparable form: UTC, nine decimals. Null when `text` is no such time. */
export function parseInstant(text: string): string | null {
  // The usual form needs no JS date, which takes several times as long.
  if (PLAIN.test(text)) return `${text.slice(0, 19)}.${text.slice(20, -1).padEnd(9, "0")}Z`;
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const [, seconds = "", fraction = "", zone = ""] = match;
  const ms = Date.parse(seconds + zone);
  return Number.isNaN(ms) ? null : toInstant(ms / 1000, Number(fraction.padEnd(9, "0")));
}

/**
 * Whether `text` is an RFC 3339 time of at most nanoseconds. Judged by the form alone: that costs less than `Date.parse`, which
 * also makes a date of `1` and of words.
 */
export function isInstant(text: string): boolean {
  return IN_RANGE.test(text);
}

/** `instant` moved back by whole milliseconds and microseconds, never before 1970. */
export function stepBack(instant: string, by: { readonly ms?: number; readonly micros?: number }): string {
  const { ms = 0, micros = 0 } = by;
  let nanos = Number(instant.slice(20, 29)) - micros * 1_000 - (ms % 1_000) * 1_000_000;
  const borrowed = Math.floor(nanos / 1_000_000_000);
  nanos -= borrowed * 1_000_000_000;
  const second = Number(instant.slice(17, 19)) - Math.floor(ms / 1_000) + borrowed;
  if (second < 0) {
    const seconds = Date.parse(`${instant.slice(0, 17)}00Z`) / 1000 + second;
    return seconds < 0 ? EPOCH : toInstant(seconds, nanos);
  }
  // Within the same minute the text alone is enough, without a JS date.
  const moved = `${instant.slice(0, 17)}${String(second).padStart(2, "0")}.${decimals(nanos)}Z`;
  return moved < EPOCH ? EPOCH : moved;
}

function toInstant(seconds: number, nanos: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${decimals(nanos)}Z`;
}

function decimals(nanos: number): string {
  return String(nanos).padStart(9, "0");
}
