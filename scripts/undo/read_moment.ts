// A time as somebody types it at a terminal: of today, of a day, an instant, or so long ago. Pure.
import { hasOffset, isDateTime, isUsualDay } from "../../lib/tool/time/day.ts";

/** Reads a time. Local ones are in the zone; of a time that comes twice, when the clocks go back, the first is meant. */
export function readMoment(text: string, { zone, now }: MomentPlace): ReadMoment {
  const typed = text.trim();
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(typed) ?? [];
  if (hour !== undefined && minute !== undefined) {
    if (Number(hour) > 23 || Number(minute) > 59) return no(`There is no time ${typed} on a clock.`);
    return localMoment(`${localTime(now, zone).day}T${hour.padStart(2, "0")}:${minute}`, zone);
  }
  const [, count, unit = ""] = /^(\d{1,4})([mhd])$/.exec(typed) ?? [];
  const length = UNITS[unit];
  if (count !== undefined && length !== undefined) return { ok: true, at: now - Number(count) * length };
  if (isUsualDay(typed)) return localMoment(`${typed}T00:00`, zone);
  if (!isDateTime(typed)) return no(FORMS);
  return hasOffset(typed) ? { ok: true, at: Date.parse(typed) } : localMoment(typed, zone);
}

/** Where and when the time is typed. */
export interface MomentPlace {
  /** IANA. */
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Milliseconds since 1970, or what is wrong with the text. */
export type ReadMoment =
  | { readonly ok: true; readonly at: number }
  | { readonly ok: false; readonly problem: string };

/** A moment with its day: `today at 14:00`, `2 May 2026 at 14:00`. */
export function momentWords(at: number, { zone, now }: MomentPlace): string {
  const { day, time } = localTime(at, zone);
  if (day.equals(localTime(now, zone).day)) return `today at ${time}`;
  return `${DAY.format(Date.UTC(day.year, day.month - 1, day.day))} at ${time}`;
}

/** The calendar day and the time of day, `14:00`, of an instant in a zone. */
export function localTime(
  at: number,
  zone: string,
): { readonly day: Temporal.PlainDate; readonly time: string } {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return { day: local.toPlainDate(), time: local.toPlainTime().toString({ smallestUnit: "minute" }) };
}

/** A time that the clocks of the zone skip is none: nobody can have meant it. */
function localMoment(text: string, zone: string): ReadMoment {
  const local = Temporal.PlainDateTime.from(text);
  const found = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  // Some days begin at one o'clock: their start is meant all the same.
  if (text.endsWith("T00:00")) return { ok: true, at: startOf(local.toPlainDate(), zone) };
  if (!found.toPlainDateTime().equals(local)) {
    return no(`The clocks of ${zone} skip ${text.replace("T", " ")}: name a time that there was.`);
  }
  return { ok: true, at: found.epochMilliseconds };
}

function startOf(day: Temporal.PlainDate, zone: string): number {
  return day.toZonedDateTime({ timeZone: zone }).epochMilliseconds;
}

function no(problem: string): ReadMoment {
  return { ok: false, problem };
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const FORMS =
  "A time is 14:00 (today), 2h, 30m or 3d (ago), a day as 2026-05-20, or a date and a time as 2026-05-20T14:00 or 2026-05-20T14:00Z.";
