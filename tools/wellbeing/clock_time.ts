// Times of day as the Mana apps store them beside a day: HH:mm on the person's clock.
import { z } from "zod";

const CLOCK_TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;

/** A time of day, HH:mm. */
export const clockTimeInput = z.string().refine(
  isClockTime,
  "expected HH:mm such as 07:30",
).describe("HH:mm");

/** Whether a text is a time of day, HH:mm. */
export function isClockTime(text: string | null): text is string {
  return text !== null && CLOCK_TIME.test(text);
}

/** The time of day of an instant (ISO) in a zone. */
export function clockTimeAt(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainTime().toString({
    smallestUnit: "minute",
  });
}
