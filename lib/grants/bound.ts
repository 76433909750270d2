// What `gte` and `lt` compare with: a number, a day, an instant, or a day counted back from today. Stored times come in three forms,
// a day, a local time and an instant; each is compared in its own form, so that no record needs a calendar.
import { isInstant, parseInstant } from "../changes/instant.ts";
import type { ZoneDay } from "./zone_day.ts";

/** Whether a text is a value that `gte` and `lt` take. */
export function isBound(text: string): boolean {
  if (RELATIVE.test(text)) return true;
  if (!isDay(text) && !isInstant(text)) return false;
  try {
    // The forms know no lengths of months.
    return isDay(text) ? Temporal.PlainDate.from(text).year > 0 : Temporal.Instant.from(text) !== null;
  } catch {
    return false;
  }
}

/** A value to compare with, in each form that a stored value may have. */
export interface Bound {
  /** Null: only times are compared with it. */
  readonly number: number | null;
  /** Null: only numbers are. */
  readonly time: BoundTime | null;
}

interface BoundTime {
  /** In the form of changes/instant.ts. */
  readonly instant: string;
  /** The day of the instant in the grant's zone. */
  readonly day: string;
  /** Whether it is the first instant of this day. */
  readonly isStartOfDay: boolean;
  /** The instant as local time without a zone, and without seconds that are zero. */
  readonly wall: string;
}

/** The bound that a value means on a day. */
export function boundOf(value: string | number, today: ZoneDay): Bound {
  if (typeof value === "number") return { number: value, time: null };
  const { tz } = today;
  const day = isDay(value) ? Temporal.PlainDate.from(value) : relativeDay(value, today);
  const zoned = day === null
    ? Temporal.Instant.from(value).toZonedDateTimeISO(tz)
    : day.toZonedDateTime({ timeZone: tz });
  const wall = zoned.toPlainDateTime();
  return {
    number: null,
    time: {
      instant: parseInstant(zoned.toInstant().toString()) ?? "",
      day: wall.toPlainDate().toString(),
      isStartOfDay: zoned.startOfDay().epochNanoseconds === zoned.epochNanoseconds,
      wall: wall.toString().replace(/:00$/, ""),
    },
  };
}

/** Whether a stored value is at or after the bound; null where the two cannot be compared. */
export function isFrom({ number, time }: Bound, value: unknown): boolean | null {
  if (typeof value === "number") return number === null ? null : value >= number;
  if (typeof value !== "string" || time === null) return null;
  if (isDay(value)) return value === time.day ? time.isStartOfDay : value > time.day;
  if (LOCAL.test(value)) return value >= time.wall;
  const instant = isInstant(value) ? parseInstant(value) : null;
  return instant === null ? null : instant >= time.instant;
}

/** A day in its range; whether the month has it is asked for bounds alone. */
const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
/** A local time as the Mana apps store it, without a zone. */
const LOCAL =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/;
/** Days, weeks, months or years back from today, or today. */
const RELATIVE = /^(?:-P([1-9]\d{0,3})([DWMY])|P0D)$/;

const UNITS = { D: "days", W: "weeks", M: "months", Y: "years" } as const;

function isDay(text: string): boolean {
  return DAY.test(text);
}

function relativeDay(text: string, { day }: ZoneDay): Temporal.PlainDate | null {
  const match = RELATIVE.exec(text);
  if (match === null) return null;
  const today = Temporal.PlainDate.from(day);
  const [, count, unit] = match;
  if (count === undefined || (unit !== "D" && unit !== "W" && unit !== "M" && unit !== "Y")) return today;
  const since = today.subtract({ [UNITS[unit]]: Number(count) });
  // Days are compared as texts of four digits for the year.
  return since.year < 1 ? Temporal.PlainDate.from("0001-01-01") : since;
}
