// Days and date-times as text: whether they exist, and the day of an instant in a zone.

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
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** Whether `text` is an existing calendar day as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** Whether `text` is an existing day, or an ISO date-time with or without an offset. */
export function isDayOrInstant(text: string): boolean {
  if (isDay(text)) return true;
  // Near the ends of the four-digit years the day of an instant has a year of more or fewer digits in some zone.
  if (/^(000[01]|9999)/.test(text)) return false;
  return INSTANT.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}
