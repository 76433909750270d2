// Days as the person counts them: in the time zone of the host, in words of its language. Days are YYYY-MM-DD.

/** The day of an instant. Null for a text that is no instant. */
export function dayOf(instant: string | number, timeZone: string): string | null {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return null;
  const parts = new Intl.DateTimeFormat("en", {
    calendar: "gregory",
    numberingSystem: "latn",
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(date);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** The day that it is now. */
export function todayIn(timeZone: string): string {
  return dayOf(Date.now(), timeZone) ?? "";
}

/** A day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(noonOf(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** "today", "tomorrow", "yesterday", or the day with its name; with the year where it is another one. */
export function dayWords(day: string, today: string, locale: string): string {
  const distance = Math.round((noonOf(day) - noonOf(today)) / DAY_MS);
  if (Math.abs(distance) <= 1) {
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(distance, "day");
  }
  return new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" }),
  }).format(noonOf(day));
}

const DAY_MS = 86_400_000;

function noonOf(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}
