/** Whether `zone` is an IANA time zone that this runtime knows. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-CA", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The calendar day of an instant (milliseconds since the epoch) in a zone, as YYYY-MM-DD. Throws RangeError for an unknown zone. */
export function dayIn(zone: string, instant: number): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(new Date(instant));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")}`;
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
  // Near the ends of the four-digit years an instant is a day of another count of digits in some zone.
  if (/^(000[01]|9999)/.test(text)) return false;
  return INSTANT.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}

/**
 * The day that {@link isDayOrInstant} text stands for: a date-time with an offset is an instant and counts as its day in
 * `zone`; without an offset it is local time already.
 */
export function dayOf(text: string, zone: string): string {
  return /(Z|[+-]\d{2}:\d{2})$/.test(text.slice(10)) ? dayIn(zone, Date.parse(text)) : text.slice(0, 10);
}
