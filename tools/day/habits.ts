// Habits and their log: what assistants can do with them. The rows are what the web app stores (contract: modules, habits).
import { z } from "zod";
import {
  defineAppTable,
  defineModule,
  defineResource,
  defineTool,
  deleteQuestion,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const habits = defineAppTable("habits/habits", {
  record: "habit",
  fields: ["title", "icon", "color", "targetPerDay", "defaultDuration", "order", "isArchived"],
  as: { icon: z.string().default("star"), color: z.string().default("#6366f1") },
});

const Id = z.string().min(1).max(256).describe("the habit's id, exactly as {habits.list} gives it");
const Title = visibleText(120).describe("what the habit is called");
const Icon = visibleText(40).describe("icon name, e.g. star, drop, book-open, barbell, moon");
const Color = z.string().regex(/^#[0-9a-fA-F]{6}$/, "expected six digits such as #6366f1").describe(
  "hex colour such as #6366f1",
);
const TargetPerDay = z.int().min(1);
const DefaultDuration = z.int().min(1);

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
  output: z.object({ habit: recordOutput(habits) }),
  async run(input, { records }) {
    return { habit: await records.insert(habits, input, { lastBy: "order" }) };
  },
});

const list = defineTool({
  name: "habits.list",
  title: "List habits",
  access: "read",
  description:
    "List the habits of the active space in their order. Archived ones only when asked for. With `hasMore` there are " +
    "more: call again with `nextCursor` as `cursor`.",
  input: z.object({
    includeArchived: z.boolean().default(false).describe("also list archived habits"),
    ...pageInput({ most: 500, usual: 500 }),
  }),
  output: z.object({ habits: z.array(recordOutput(habits)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(habits, {
      where: (habit) => input.includeArchived || habit.isArchived !== true,
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      page: input,
    });
    return { habits: [...rows], ...end };
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
    id: Id,
    title: Title.optional(),
    icon: Icon.optional(),
    color: Color.optional(),
    targetPerDay: TargetPerDay.nullable().optional().describe("how often per day; null takes the goal away"),
    defaultDuration: DefaultDuration.nullable().optional()
      .describe("seconds one entry takes; null takes them away"),
  }),
  output: z.object({ ok: z.literal(true), changed: z.boolean() }),
  async run({ id, ...given }, { records }) {
    const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    if (Object.keys(patch).length === 0) {
      refuseInput(
        "nothing to change: give at least one of title, icon, color, targetPerDay, defaultDuration",
      );
    }
    const { changed } = await records.update(habits, id, () => patch);
    return { ok: true as const, changed };
  },
});

const archive = defineTool({
  name: "habits.archive",
  title: "Archive a habit",
  access: "write",
  idempotent: true,
  description: "Hide a habit from the list without losing its history, or bring it back with archived=false.",
  input: z.object({ id: Id, archived: z.boolean().default(true).describe("false brings it back") }),
  output: z.object({ ok: z.literal(true), changed: z.boolean() }),
  async run({ id, archived }, { records }) {
    const { changed } = await records.update(habits, id, () => ({ isArchived: archived }));
    return { ok: true as const, changed };
  },
});

const remove = defineTool({
  name: "habits.delete",
  title: "Delete a habit",
  access: "destructive",
  description:
    "Delete a habit. The person is asked first, by the gateway: do not ask them yourself. No tool brings it back, " +
    "only the Mana app where the person uses it. To hide a habit and keep its history, use {habits.archive}.",
  input: z.object({ id: Id }),
  output: z.object({ ok: z.literal(true), id: z.string() }),
  async confirm({ id }, { records }) {
    return deleteQuestion(habits, await records.get(habits, id));
  },
  async run({ id }, { records }) {
    await records.delete(habits, id);
    return { ok: true as const, id };
  },
});

/** Habits. */
export const habitsModule: Module = defineModule({
  name: "habits",
  label: "Habits",
  group: "Day",
  spaceTypes: ["personal"],
  tools: [create, list, update, archive, remove],
  resource: defineResource({ module: "habits", title: "Habits", table: habits }),
});
