// The input fields by which tools are told date-times and zones: one wording for all tools. Their values go to the calendar of the
// context (calendar.ts); the input of a day stands in parts/day_range.ts.

import { z } from "zod";
import { isTimeZone } from "../../kit/is_time_zone.ts";
import { isDateTime } from "./day.ts";

/** The input field of a tool that writes a day or asks for today's records. Its value goes to `context.calendar`. */
export const timeZoneInput = z.string().max(64).refine(
  isTimeZone,
  "expected an IANA time zone such as Europe/Berlin",
).optional().describe("the person's IANA time zone, where it is known");

/** A date-time; its value goes to `Calendar.instant`. */
export const dateTimeInput = z.string().max(40).refine(
  isDateTime,
  "expected an existing YYYY-MM-DDTHH:mm in the person's time, or with an offset such as +02:00",
).describe("YYYY-MM-DDTHH:mm in the person's time, or with an offset");
