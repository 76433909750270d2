// The day of an instant in a zone, and when it ends: what a grant's relative days are counted from. A day has 23 or 25 hours where
// the clocks change, and is asked of the calendar, never counted.

/** One day in one zone. */
export interface ZoneDay {
  /** IANA zone or offset. */
  readonly tz: string;
  /** YYYY-MM-DD. */
  readonly day: string;
  /** Its first instant, milliseconds since 1970. */
  readonly from: number;
  /** The first instant of the next day. */
  readonly until: number;
}

/** The day of an instant, milliseconds since 1970. */
export function zoneDayAt(ms: number, tz: string): ZoneDay {
  const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(tz);
  const day = zoned.toPlainDate();
  const next = day.add({ days: 1 }).toZonedDateTime({ timeZone: tz }).epochMilliseconds;
  return { tz, day: day.toString(), from: zoned.startOfDay().epochMilliseconds, until: next };
}
