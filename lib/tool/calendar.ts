// Days as the person counts them, in their time zone. What a day is as text stands in day.ts, a zone in kit/is_time_zone.ts.

import { z } from "zod";
import { isTimeZone } from "../kit/is_time_zone.ts";
import { dayIn } from "./day.ts";

/** The calendar of a zone at an instant in milliseconds since 1970. Null: no zone is known. */
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

/** Days as the person counts them. */
export interface Calendar {
  /** The zone of `today`: UTC where none is known. */
  readonly timeZone: string;
  /** The day of the call, YYYY-MM-DD. */
  readonly today: string;
  /**
   * The day that a text stands for, which `isDayOrInstant` has accepted. A date-time with an offset is an instant, and counts
   * as its day in the zone; where no zone is known, as the day that the text names. A date-time without an offset is local
   * time.
   */
  dayOf(text: string): string;
}

/** The input field of a tool that writes a day or asks for today's records. Its value goes to `context.calendar`. */
export const timeZoneInput = z.string().max(64).refine(
  isTimeZone,
  "expected an IANA time zone such as Europe/Berlin",
).optional().describe("the person's IANA time zone, where it is known");
