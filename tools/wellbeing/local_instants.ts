// Instants as the person counts days: a session at one in the night belongs to that day in their zone, whatever day it is in
// UTC. Records store instants in UTC.
import { addDays, type Calendar, withinDays } from "../../lib/tool/authoring.ts";

/**
 * Whether a stored instant lies in a range of days, both ends included. Throws Refused `input-invalid` where the range ends before
 * it begins.
 */
export function withinInstants(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  calendar: Calendar,
): (instant: string | null | undefined) => boolean {
  // Refuses a range that ends before it begins.
  withinDays({ from, to });
  if (from === undefined && to === undefined) return () => true;
  const first = from === undefined ? null : calendar.storedInstant(from);
  const next = to === undefined ? null : calendar.storedInstant(addDays(to, 1));
  return (instant) => {
    const at = typeof instant === "string" ? calendar.storedInstant(instant) : null;
    return at !== null && (first === null || at >= first) && (next === null || at < next);
  };
}

/** A stored instant as local time with its offset; a text that is none stays as it is. */
export function localInstant(instant: string, calendar: Calendar): string {
  const at = calendar.storedInstant(instant);
  return at === null ? instant : calendar.localTime(at);
}

/** A record with its `startedAt` as local time. */
export function withLocalStart<R extends { readonly startedAt?: string }>(record: R, calendar: Calendar): R {
  const { startedAt } = record;
  return startedAt === undefined ? record : { ...record, startedAt: localInstant(startedAt, calendar) };
}

/** When a session that is over began and ended, as it is stored: without a start it has ended now. */
export function sessionTimes(
  { startedAt, seconds, now }: {
    readonly startedAt: string | undefined;
    readonly seconds: number;
    readonly now: string;
  },
  calendar: Calendar,
): { readonly startedAt: string; readonly endedAt: string } {
  const length = { seconds };
  const start = startedAt === undefined
    ? Temporal.Instant.from(now).subtract(length)
    : Temporal.Instant.from(calendar.instant(startedAt));
  return { startedAt: stored(start), endedAt: stored(start.add(length)) };
}

/** In UTC with milliseconds, as the web app stores instants. */
function stored(instant: Temporal.Instant): string {
  return instant.toString({ fractionalSecondDigits: 3 });
}
