// Stamps of fields. Every client compares them as strings (sync contract section 7), so only the form of `toISOString()` is
// written, and a stamp that was read is compared as the string that it is. Positions of a pull are in instant.ts.

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** The end of time values (ECMA-262, time values and time range). */
const LAST_INSTANT = 8.64e15;

/** Whether a stamp is a UTC time, of any precision. */
export function isStamp(value: unknown): value is string {
  return typeof value === "string" && ISO_UTC.test(value);
}

/** Milliseconds since 1970 as a stamp. */
export function toStamp(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * The stamp for a new value of a field whose newest stamp is `newest`: now, or just after `newest` when another clock ran
 * ahead, since a lower stamp loses silently. A stamp that no time can follow (year 9999, or no time at all) is used again: on
 * equal stamps the later arrival wins.
 */
export function nextStamp(nowMs: number, newest: string | undefined): string {
  const now = toStamp(nowMs);
  if (newest === undefined || now > newest) return now;
  // The second try takes the digits as they stand: a stamp with an offset ("…T12:00+02:00") sorts after the instant it means.
  for (const ms of [Date.parse(newest) + 1, Date.parse(`${newest.slice(0, 19)}Z`) + 1_000]) {
    // A made-up stamp can be the last instant there is: no time comes after it.
    if (Number.isNaN(ms) || ms > LAST_INSTANT) continue;
    // A year of five digits is written with a sign and sorts before all others, so such a time is not used.
    const next = toStamp(ms);
    if (next > newest) return next;
  }
  return newest;
}
