// What everybody thinks of a module, week by week: the personas API tells days, and a day alone is too few ratings to judge by.
import type { Report } from "../personas_api/report.ts";

/** A module's weeks, made of its days: the last {@link WEEKS} weeks that have ratings, oldest first. */
export function viewModule({ module, days }: Report["modules"][number]): ModuleView {
  const weeks = [...Map.groupBy(days, ({ day }) => mondayOf(day))].map(([week, rated]) => {
    const ratings = rated.reduce((sum, day) => sum + day.ratings, 0);
    const points = rated.reduce((sum, day) => sum + day.avgRating * day.ratings, 0);
    return { week, avgRating: points / ratings, ratings };
  }).filter(({ ratings }) => ratings > 0).toSorted((a, b) => a.week < b.week ? -1 : 1);
  return { module, weeks: weeks.slice(-WEEKS) };
}

/** A module over time. */
export interface ModuleView {
  readonly module: string;
  readonly weeks: readonly WeekView[];
}

/** One week of a module. */
export interface WeekView {
  /** The Monday that the week begins with, in UTC. */
  readonly week: string;
  readonly avgRating: number;
  readonly ratings: number;
}

/** A quarter of a year. */
const WEEKS = 12;
const DAY_MS = 24 * 3600_000;

function mondayOf(day: string): string {
  const at = Date.parse(day);
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}
