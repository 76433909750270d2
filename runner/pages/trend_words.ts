// How ratings went, in words: beside each line, and in its place for those who do not see it.
import type { WeekView } from "./module_weeks.ts";

/** Says how a module's weeks went, such as `worse for 3 weeks`: as far back as each week differs from the one before in the same way. */
export function weekWords(weeks: readonly WeekView[]): string {
  let direction = 0;
  let steps = 0;
  for (let index = weeks.length - 1; index > 0; index -= 1) {
    const [before, after] = [weeks[index - 1], weeks[index]];
    if (before === undefined || after === undefined || !isNextWeek(before.week, after.week)) break;
    const step = Math.sign(inTenths(after.avgRating) - inTenths(before.avgRating));
    if (steps > 0 && step !== direction) break;
    direction = step;
    steps += 1;
    if (step === 0) break;
  }
  if (steps === 0) return weeks.length === 0 ? "no rating yet" : "first week";
  if (direction === 0) return "as the week before";
  const way = direction < 0 ? "worse" : "better";
  return steps === 1 ? `${way} than the week before` : `${way} for ${steps} weeks`;
}

/** Numbers as a sentence of a trend, such as `5, 4.5, 3`. */
export function numberWords(values: readonly number[]): string {
  return values.map((value) => showRating(value)).join(", ");
}

/** A rating with one decimal where it needs one. */
export function showRating(value: number): string {
  return String(inTenths(value) / 10);
}

/** Averages that differ by less than a tenth are shown alike, and so they are no step either. */
function inTenths(value: number): number {
  return Math.round(value * 10);
}

function isNextWeek(before: string, after: string): boolean {
  return Date.parse(after) - Date.parse(before) === 7 * 24 * 60 * 60 * 1000;
}
