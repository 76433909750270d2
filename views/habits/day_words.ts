// What a day of a habit is in words: for screen readers, for the line below the grids, and for the list.
import { dayWords } from "../kit/days.ts";
import type { Habit } from "./habit.ts";

/** "Tue, 3 Mar: 2 of 3". */
export function tickWords(habit: Habit, day: string, today: string, locale: string): string {
  return `${dayWords(day, today, locale)}: ${countWords(habit, habit.ticks.get(day) ?? 0)}`;
}

/** "12 of 30 days · 5 days in a row". */
export function summaryWords({ ticks, streak, isArchived }: Habit, days: readonly string[]): string {
  const done = days.filter((day) => (ticks.get(day) ?? 0) > 0).length;
  return [
    isArchived ? "archived" : null,
    `${done} of ${daysWords(days.length)}`,
    streak > 1 ? `${daysWords(streak)} in a row` : null,
  ].filter((part) => part !== null).join(" · ");
}

/** The name of a habit, also of one whose title is kept back. */
export function nameOf({ title }: Habit): string {
  return title === null || title.trim() === "" ? "Habit without a title" : title;
}

function countWords({ target }: Habit, count: number): string {
  if (target !== null) return `${count} of ${target}`;
  return count === 0 ? "not done" : count === 1 ? "done" : `done ${count} times`;
}

function daysWords(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}
