import { z } from "zod";
import { dayIn, isTimeZone } from "./day.ts";

/** Days as the person counts them. */
export interface Calendar {
  /** The zone that `today` is of: UTC where none is known. */
  readonly timeZone: string;
  /** The day of the call, YYYY-MM-DD. */
  readonly today: string;
  /**
   * The day that a text stands for, which {@link isDayOrInstant} has accepted. A date-time with an offset is an instant and
   * counts as its day in the zone; where no zone is known, as the day that it names, which is the day in its offset. A
   * date-time without an offset is local time.
   */
  dayOf(text: string): string;
}

/** The calendar of a zone at an instant in milliseconds since the epoch; null for no known zone. */
export function calendarOf(timeZone: string | null, at: number): Calendar {
  return Object.freeze({
    timeZone: timeZone ?? "UTC",
    get today() {
      return dayIn(timeZone ?? "UTC", at);
    },
    dayOf(text: string): string {
      const isInstant = /(Z|[+-]\d{2}:\d{2})$/.test(text.slice(10));
      return isInstant && timeZone !== null ? dayIn(timeZone, Date.parse(text)) : text.slice(0, 10);
    },
  });
}

/** Input field of a tool that writes a day or asks for today's records; what it holds goes to `context.calendar`. */
export const timeZoneInput = z.string().max(64).refine(
  isTimeZone,
  "expected an IANA time zone such as Europe/Berlin",
).optional().describe("the person's IANA time zone, where it is known");
