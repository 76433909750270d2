// Offers values for the arguments of prompts: days and weeks by the clock, titles by a call (resources/title_completion.ts). Knows no
// prompt by name.
import { MAX_OFFERED_TITLES } from "../../kit/limits.ts";
import { addDays, dayIn } from "../../tool/time/day.ts";
import type { Offers } from "../../tool/define_prompt.ts";

/** What values are offered with. */
export interface OfferDeps {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The zone of the connection; null for none, then days are those of UTC. */
  readonly timeZone: string | null;
  /** Titles of a module's records that begin as was typed. */
  titlesOf(module: string, typed: string): Promise<string[]>;
}

/** The values that begin as was typed, at most {@link MAX_OFFERED_TITLES}; none where nothing is offered. */
export async function offeredValues(
  offers: Offers | undefined,
  typed: string,
  { now, timeZone, titlesOf }: OfferDeps,
): Promise<string[]> {
  if (offers === undefined) return [];
  if (typeof offers !== "string") return await titlesOf(offers.titlesOf, typed);
  const today = dayIn(timeZone ?? "UTC", now);
  const candidates = offers === "days" ? daysAround(today) : weeksAround(today);
  const beginning = typed.trim().toLowerCase();
  return candidates.filter((value) => value.startsWith(beginning)).slice(0, MAX_OFFERED_TITLES);
}

/** Days on either side of today that are offered, the nearest first. */
const DAYS_AROUND = 31;
/** Weeks likewise, by their Mondays. */
const WEEKS_AROUND = 8;

function daysAround(today: string): string[] {
  return ["today", "tomorrow", "yesterday", ...nearest(today, 1, DAYS_AROUND)];
}

function weeksAround(today: string): string[] {
  const monday = addDays(today, 1 - Temporal.PlainDate.from(today).dayOfWeek);
  return ["this week", "last week", "next week", ...nearest(monday, 7, WEEKS_AROUND)];
}

function nearest(middle: string, step: number, count: number): string[] {
  const days = [middle];
  for (let away = 1; away <= count; away++) {
    days.push(addDays(middle, away * step), addDays(middle, -away * step));
  }
  return days;
}
