// Days and date-times as text: whether they exist, the day of an instant in a zone, and counting with days.

/**
 * The calendar day of an instant (milliseconds since 1970) in a zone, as YYYY-MM-DD. Throws RangeError for an unknown zone.
 * By Temporal, since an `Intl.DateTimeFormat` costs a hundred times as much to make: the format of every zone that anybody
 * names would have to be kept.
 */
export function dayIn(zone: string, instant: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toZonedDateTimeISO(zone).toPlainDate()
    .toString();
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** Whether `text` is an existing calendar day as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** Whether `text` is a day of the years 2 to 9998, around which there are days in every zone and direction. */
export function isUsualDay(text: string): boolean {
  return isDay(text) && !UNUSUAL_YEAR.test(text);
}

/** Whether `text` is an existing day, or an ISO date-time with or without an offset. */
export function isDayOrInstant(text: string): boolean {
  return isDay(text) || isDateTime(text);
}

/** Whether `text` is an ISO date-time with or without an offset. Whether a zone skips the time is for `Calendar.instant`. */
export function isDateTime(text: string): boolean {
  // Near the ends of the four-digit years the day of an instant has a year of more or fewer digits in some zone.
  if (UNUSUAL_YEAR.test(text)) return false;
  return INSTANT.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}

/**
 * Whether `text` is an instant as the apps and this gateway store most of them, of a day that every month has: what is left to
 * check of it is cheap. An agenda reads thousands of them. False says nothing of a text.
 */
export function isUsualInstant(text: string): boolean {
  return USUAL_INSTANT.test(text) && !UNUSUAL_YEAR.test(text);
}

/** Whether a date-time says by itself which instant it is: by `Z` or an offset. */
export function hasOffset(text: string): boolean {
  return OFFSET.test(text.slice(10));
}

/** The day so many days later, or earlier for a negative number. Throws RangeError for what is no day. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days after `from` the day `to` comes; negative where it comes before. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00.000Z`) - Date.parse(`${from}T00:00:00.000Z`)) / DAY_MS;
}

const USUAL_INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const UNUSUAL_YEAR = /^(000[01]|9999)/;
const OFFSET = /(Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;
