// A habit as the view shows it, read out of what `habits_overview` answers.
import { isObject, type JsonObject, objectsOf, textOf } from "../host/parse.ts";
import { dayAfter } from "../kit/days.ts";

/** One habit with its ticks. */
export interface Habit {
  readonly id: string;
  /** Null where the person keeps it back from this app. */
  readonly title: string | null;
  /** Six hex digits; null for anything else. */
  readonly color: string | null;
  /** How often a day; null where the person has set no number. */
  readonly target: number | null;
  readonly isArchived: boolean;
  readonly streak: number;
  /** How often on which day; days without a tick are left out. */
  readonly ticks: ReadonlyMap<string, number>;
}

/** Which days are told of: whole weeks, from a Monday on, and the last one up to its last day. */
export interface Weeks {
  readonly mondays: readonly string[];
  readonly until: string;
  readonly timeZone: string;
}

/** The weeks of an answer. Throws Error where the answer does not say which. */
export function weeksOf(data: JsonObject): Weeks {
  const [from, until, timeZone] = [textOf(data.from), textOf(data.until), textOf(data.timeZone)];
  if (from === null || until === null || timeZone === null || !DAY.test(from) || !DAY.test(until)) {
    throw new Error("The answer names no weeks");
  }
  const mondays: string[] = [];
  for (let monday = from; monday <= until && mondays.length < MAX_WEEKS; monday = dayAfter(monday, 7)) {
    mondays.push(monday);
  }
  return { mondays, until, timeZone };
}

/** The habits of an answer. */
export function habitsOf(data: JsonObject): Habit[] {
  return objectsOf(data.habits).map(habitOf).filter((habit) => habit !== null);
}

/** The same habit with so many ticks more on a day; fewer for a negative number. */
export function ticked(habit: Habit, day: string, by: number): Habit {
  const count = Math.max(0, (habit.ticks.get(day) ?? 0) + by);
  return { ...habit, ticks: new Map([...habit.ticks, [day, count]]) };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MAX_WEEKS = 26;

function habitOf(record: JsonObject): Habit | null {
  const id = textOf(record.id);
  if (id === null) return null;
  const color = textOf(record.color);
  const { targetPerDay, streak } = record;
  return {
    id,
    title: textOf(record.title),
    color: color !== null && /^#[0-9a-f]{6}$/i.test(color) ? color : null,
    target: typeof targetPerDay === "number" && targetPerDay >= 1 ? targetPerDay : null,
    isArchived: record.isArchived === true,
    streak: typeof streak === "number" ? streak : 0,
    ticks: ticksOf(record.weeks),
  };
}

function ticksOf(weeks: unknown): ReadonlyMap<string, number> {
  const ticks = new Map<string, number>();
  for (const [monday, counts] of Object.entries(isObject(weeks) ? weeks : {})) {
    if (!DAY.test(monday) || !Array.isArray(counts)) continue;
    for (const [at, count] of counts.slice(0, 7).entries()) {
      if (typeof count === "number" && count > 0) ticks.set(dayAfter(monday, at), count);
    }
  }
  return ticks;
}
