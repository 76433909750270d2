// Habits: what assistants can do with them. Their entries are in habit_logs.ts, their weeks in habit_overview.ts, their days on the
// calendar in habit_schedule.ts. The rows are what the web app stores (contract: modules, habits).
import { z } from "zod";
import {
  changedOutput,
  counted,
  defineModule,
  defineResource,
  defineTool,
  deletedOutput,
  deleteQuestion,
  demandReadable,
  idsWhere,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordOutput,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { log, logs, unlog } from "./habit_logs.ts";
import { overview } from "./habit_overview.ts";
import { copyToPlan, removePlan, savePlan } from "./habit_schedule.ts";
import { habitId, habitLogs, habits, isDone } from "./habit_tables.ts";
import { readProgress } from "./habit_ticks.ts";
import { timeBlocks } from "./time_blocks.ts";

const Title = visibleText(120).describe("what the habit is called");
const Icon = visibleText(40).describe("icon name, e.g. star, drop, book-open, barbell, moon");
const Color = z.string().regex(/^#[0-9a-fA-F]{6}$/, "expected six digits such as #6366f1").describe(
  "hex colour such as #6366f1",
);
const TargetPerDay = z.int().min(1);
const DefaultDuration = z.int().min(1);
const Schedule = z.object({
  days: z.array(z.int().min(0).max(6)).min(1).max(7).describe("weekdays, 0 is Sunday"),
  time: z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "expected HH:mm").optional(),
});
const Habit = recordOutput(habits);

const create = defineTool({
  name: "habits.create",
  title: "Create a habit",
  access: "write",
  description: "Create a habit to track, at the end of the list. Returns the new habit with its id.",
  input: z.object({
    title: Title,
    icon: Icon.default("star"),
    color: Color.default("#6366f1"),
    targetPerDay: TargetPerDay.optional().describe("how often per day"),
    defaultDuration: DefaultDuration.optional().describe("seconds one entry takes"),
  }),
  output: z.object({ habit: Habit }),
  async run(input, { records }) {
    return { habit: await records.insert(habits, input, { lastBy: "order" }) };
  },
});

const list = defineTool({
  name: "habits.list",
  title: "List habits",
  access: "read",
  description:
    "List the habits of a space in their order. Archived ones only when asked for. With `hasMore` call " +
    "again with `nextCursor` as `cursor`.",
  input: z.object({
    includeArchived: z.boolean().default(false).describe("also list archived habits"),
    counts: z.boolean().default(false).describe("also today's entries and the days in a row"),
    timeZone: timeZoneInput,
    ...pageInput({ most: 500, usual: 500 }),
  }),
  output: z.object({
    habits: z.array(Habit.extend({ today: z.int().optional(), streak: z.int().optional() })),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    const { rows, ...end } = await records.list(habits, {
      where: (habit) => input.includeArchived || habit.isArchived !== true,
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      page: input,
    });
    if (!input.counts) return { habits: [...rows], ...end };
    const progress = await readProgress(records, calendar(input.timeZone));
    return { habits: rows.map((habit) => ({ ...habit, ...progress(habit.id) })), ...end };
  },
});

const update = defineTool({
  name: "habits.update",
  title: "Change a habit",
  access: "write",
  idempotent: true,
  description:
    "Change a habit: give its id and only the fields to change. `changed` is false when it was so already.",
  input: z.object({
    id: habitId,
    title: Title.optional(),
    icon: Icon.optional(),
    color: Color.optional(),
    targetPerDay: TargetPerDay.nullable().optional().describe("how often per day; null takes the goal away"),
    defaultDuration: DefaultDuration.nullable().optional()
      .describe("seconds one entry takes; null takes them away"),
    schedule: Schedule.nullable().optional().describe("when it is on the calendar; null takes it off"),
    timeZone: timeZoneInput,
  }),
  output: changedOutput,
  async run({ id, timeZone, ...given }, { calendar, records }) {
    const patch = patchOf(given);
    const habit = await records.get(habits, id);
    const isShown = patch.title !== undefined || patch.icon !== undefined || patch.color !== undefined;
    if (patch.schedule === undefined && !(isShown && habit.schedule)) {
      const { changed } = await records.update(habits, id, () => patch);
      return { ok: true as const, changed };
    }
    const days = calendar(timeZone);
    return await records.writeTogether(async (rows) => {
      const current = await records.get(habits, id);
      if (patch.title === undefined) demandReadable(habits, current, ["title"]);
      const { title = "", color = null, icon = null, defaultDuration = null } = { ...current, ...patch };
      const shown = { id, title, color, icon, defaultDuration };
      if (patch.schedule === null) await removePlan(rows, records, id);
      else if (patch.schedule === undefined) await copyToPlan(rows, records, days, shown);
      else await savePlan(rows, records, days, shown, patch.schedule);
      const { changed } = await rows.update(habits, id, () => ({ ...patch, ...scheduleOf(patch) }));
      return { ok: true as const, changed };
    });
  },
});

/** A schedule as it is stored: each day once. */
function scheduleOf({ schedule }: { readonly schedule?: z.infer<typeof Schedule> | null }) {
  if (schedule === undefined || schedule === null) return {};
  const { days, time } = schedule;
  return { schedule: { days: [...new Set(days)].sort(), ...(time === undefined ? {} : { time }) } };
}

const archive = defineTool({
  name: "habits.archive",
  title: "Archive a habit",
  access: "write",
  idempotent: true,
  description: "Hide a habit from the list without losing its history, or bring it back with archived=false.",
  input: z.object({ id: habitId, archived: z.boolean().default(true).describe("false brings it back") }),
  output: changedOutput,
  async run({ id, archived }, { records }) {
    const { changed } = await records.update(habits, id, () => ({ isArchived: archived }));
    return { ok: true as const, changed };
  },
});

const remove = defineTool({
  name: "habits.delete",
  title: "Delete a habit",
  access: "destructive",
  view: "approval",
  description:
    "Delete a habit with all its entries. The person is asked first, by the gateway: do not ask them yourself. No tool brings it " +
    "back, only the Mana app where the person uses it. To hide a habit and keep its history, use {habits.archive}.",
  input: z.object({ id: habitId }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    const question = deleteQuestion(habits, await records.get(habits, id));
    const entries = await records.count(habitLogs, (entry) => entry.habitId === id);
    return entries === 0 ? question : `${question} ${counted(entries, "log")} would go as well.`;
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      const entries = new Set(await idsWhere(records, habitLogs, ({ habitId }) => habitId === id));
      const done = await idsWhere(
        records,
        timeBlocks,
        (block) => isDone(block, { id, isEntry: (entry) => entries.has(entry) }),
      );
      for (const block of done) await rows.remove(timeBlocks, block);
      await removePlan(rows, records, id);
      for (const entry of entries) await rows.remove(habitLogs, entry);
      // Refused as everywhere where there is no such habit.
      if (!await rows.remove(habits, id)) await records.get(habits, id);
    });
    return { ok: true as const, id };
  },
});

/** Habits. */
export const habitsModule: Module = defineModule({
  name: "habits",
  label: "Habits",
  nouns: ["habit", "routine"],
  group: "Day",
  spaceTypes: ["personal"],
  tools: [create, list, update, archive, log, logs, overview, unlog, remove],
  writes: [habits, habitLogs, timeBlocks],
  resource: defineResource({ module: "habits", title: "Habits", table: habits }),
});
