// Whether a text is a time zone: what a person, a header or the auth service names is checked here before it is used.

/** Whether `zone` is an IANA time zone that this runtime knows, in any case, or an offset such as `+05:30`. */
export function isTimeZone(zone: string): boolean {
  if (!ZONE.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** A zone by name, or an offset. Without this form Temporal would also take the zone out of a whole date-time. */
const ZONE = /^[A-Za-z][A-Za-z0-9_+\-/]*$|^[+-]\d\d(:?\d\d)?$/;
