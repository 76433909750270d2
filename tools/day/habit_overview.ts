// Half a year of habits at once: how often each was done on which day, week by week, for a look at all of them. Opens nothing: what a
// habit is called and when it was done is plaintext (contract: modules, habits).
import { z } from "zod";
import {
  addDays,
  dayInput,
  daysBetween,
  defineTool,
  pageInput,
  pageOutput,
  rowsThatFit,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { habits } from "./habit_tables.ts";
import { readTicks, streakOf } from "./habit_ticks.ts";

/** Weeks of one call. */
const MAX_WEEKS = 26;

const Row = z.object({
  id: z.string(),
  title: z.string().optional(),
  icon: z.string().optional(),
  color: z.string().optional(),
  targetPerDay: z.number().optional(),
  isArchived: z.boolean().optional(),
  streak: z.int().describe("days in a row"),
  weeks: z.record(z.string(), z.array(z.int())),
});

/** habits.overview */
export const overview = defineTool({
  name: "habits.overview",
  title: "Habits week by week",
  access: "read",
  view: "habits",
  description:
    "How often habits were done on the days of up to 26 weeks: `weeks` has, by the date of the Monday, seven numbers for each week " +
    "with an entry.",
  input: z.object({
    weeks: z.int().min(1).max(MAX_WEEKS).default(MAX_WEEKS),
    until: dayInput.optional().describe("last day, today by default"),
    includeArchived: z.boolean().default(false),
    timeZone: timeZoneInput,
    ...pageInput({ most: 100, usual: 100 }),
  }),
  output: z.object({
    from: z.string(),
    until: z.string(),
    timeZone: z.string(),
    habits: z.array(Row),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    const days = calendar(input.timeZone);
    const until = input.until ?? days.today;
    const from = addDays(mondayOf(until), 7 * (1 - input.weeks));
    const ticks = await readTicks(records, days);
    const page = (limit: number) =>
      records.list(habits, {
        where: (habit) => input.includeArchived || habit.isArchived !== true,
        order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
        show: ["title", "icon", "color", "targetPerDay", "isArchived"],
        page: { ...input, limit },
      });
    let { rows, ...end } = await page(input.limit);
    const shown = rowsThatFit(rows.map((habit) => {
      const byDay = ticks.get(habit.id);
      return {
        ...shownHabit(habit),
        streak: streakOf(byDay, days.today),
        weeks: weeksOf(byDay, from, until),
      };
    }));
    // The weeks make a row longer than its record, and the cursor has to name the last row that is given.
    if (shown.length < rows.length) ({ rows, ...end } = await page(shown.length));
    return { from, until, timeZone: days.timeZone, habits: shown, ...end };
  },
});

/** Characters of a title: what another writer stored may be longer than what tools take. */
const MAX_TITLE_CHARS = 200;
/** Characters of an icon's name and of a colour. */
const MAX_WORD_CHARS = 40;

/** What is told of a habit itself. What is not set, or kept back, is left out. */
function shownHabit({ id, title, icon, color, targetPerDay, isArchived }: {
  readonly id: string;
  readonly title?: string;
  readonly icon?: string;
  readonly color?: string;
  readonly targetPerDay?: number | null;
  readonly isArchived?: boolean;
}): Omit<z.infer<typeof Row>, "streak" | "weeks"> {
  return {
    id,
    ...(title === undefined ? {} : { title: title.slice(0, MAX_TITLE_CHARS) }),
    ...(icon === undefined ? {} : { icon: icon.slice(0, MAX_WORD_CHARS) }),
    ...(color === undefined ? {} : { color: color.slice(0, MAX_WORD_CHARS) }),
    ...(typeof targetPerDay === "number" ? { targetPerDay } : {}),
    ...(isArchived === true ? { isArchived } : {}),
  };
}

/** The weeks with an entry from a Monday to a day, each as seven numbers. */
function weeksOf(
  byDay: ReadonlyMap<string, number> | undefined,
  from: string,
  until: string,
): Record<string, number[]> {
  const weeks: Record<string, number[]> = {};
  if (byDay === undefined) return weeks;
  for (let monday = from; monday <= until; monday = addDays(monday, 7)) {
    const week = Array.from({ length: 7 }, (_, at) => {
      const day = addDays(monday, at);
      return day > until ? 0 : byDay.get(day) ?? 0;
    });
    if (week.some((count) => count > 0)) weeks[monday] = week;
  }
  return weeks;
}

/** The Monday of the week of a day. */
function mondayOf(day: string): string {
  return addDays(day, -((daysBetween(A_MONDAY, day) % 7 + 7) % 7));
}

const A_MONDAY = "2024-01-01";
