// Which days a page of what apps did is about, and whose clock counts, in a sentence.
import { type ActivityFilter, WINDOW_DAYS } from "./activity_query.ts";
import { dayHeading, dayOf } from "./days.ts";

/** The sentence. */
export function windowWord({ filter: { since, until, day }, zone, now }: WindowProps): string {
  const [from, to] = [dayOf(since, zone), dayOf(Math.max(since, until - 1), zone)];
  const heading = (one: string) => dayHeading(one, now, zone);
  const days = day === undefined && from !== to
    ? `${WINDOW_DAYS} days, from ${lowered(heading(from))} to ${lowered(heading(to))}.`
    : `${heading(to)}.`;
  const clock = zone === undefined
    ? "Times are in UTC, because your time zone is not known here. You can set it under “Apps”."
    : `Times are in ${zone.replaceAll("_", " ")}.`;
  return `${days} ${clock}`;
}

/** What the sentence is about. */
export interface WindowProps {
  readonly filter: ActivityFilter;
  readonly zone: string | undefined;
  /** Milliseconds. */
  readonly now: number;
}

/** `Today, Friday 27 November` in the middle of a sentence. Days of the week keep their capital. */
function lowered(heading: string): string {
  return heading.replace(/^(Today|Yesterday)/, (word) => word.toLowerCase());
}
