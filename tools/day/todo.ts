// Tasks: what assistants can do with them. The rows are what the web app stores (contract: modules, todo).
import { z } from "zod";
import {
  choices,
  defineAppTable,
  defineModule,
  defineResource,
  defineTool,
  deleteQuestion,
  isDayOrInstant,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const Priority = choices("todo/tasks", "priority");

const tasks = defineAppTable("todo/tasks", {
  record: "task",
  fields: [
    "title",
    "description",
    "priority",
    "isCompleted",
    "completedAt",
    "dueDate",
    "order",
    "subtasks",
  ],
  as: {
    priority: Priority.default("medium"),
    subtasks: z.array(z.looseObject({ title: z.string(), isCompleted: z.boolean().default(false) }))
      .nullable().optional(),
  },
  newRecords: "named fields",
});

const Id = z.string().min(1).max(256).describe("the task's id, exactly as {todo.list} gives it");

const create = defineTool({
  name: "todo.create",
  title: "Create a task",
  access: "write",
  description: "Create a task on the person's todo list. Returns the new task with its id.",
  input: z.object({
    title: visibleText(500).describe("what is to be done"),
    description: z.string().max(10_000).optional().describe("longer text"),
    priority: Priority.default("medium"),
    dueDate: z.string().max(40).refine(isDayOrInstant, "expected YYYY-MM-DD or an ISO date-time").optional()
      .describe("day it is due, YYYY-MM-DD; a date-time is kept as its day"),
    timeZone: timeZoneInput,
  }),
  output: z.object({ task: recordOutput(tasks) }),
  async run({ dueDate, timeZone, ...input }, { calendar, records }) {
    const task = await records.insert(tasks, {
      ...input,
      dueDate: dueDate === undefined ? null : calendar(timeZone).dayOf(dueDate),
      isCompleted: false,
      completedAt: null,
    }, { lastBy: "order" });
    return { task };
  },
});

const list = defineTool({
  name: "todo.list",
  title: "List tasks",
  access: "read",
  description:
    "List the tasks of the active space in the person's own order. Completed ones only when asked for. With `hasMore` " +
    "there are more: call again with `nextCursor` as `cursor`.",
  input: z.object({
    includeCompleted: z.boolean().default(false).describe("also list completed tasks"),
    ...pageInput({ most: 500, usual: 50 }),
  }),
  output: z.object({ tasks: z.array(recordOutput(tasks)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(tasks, {
      where: (task) => input.includeCompleted || task.isCompleted !== true,
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      page: input,
    });
    return { tasks: [...rows], ...end };
  },
});

const complete = defineTool({
  name: "todo.complete",
  title: "Complete a task",
  access: "write",
  idempotent: true,
  description: "Tick a task off. Completing it again changes nothing: `changed` is then false.",
  input: z.object({ id: Id }),
  output: z.object({ ok: z.literal(true), changed: z.boolean() }),
  async run({ id }, { records, now }) {
    const { changed } = await records.update(
      tasks,
      id,
      (task) => task.isCompleted === true ? null : { isCompleted: true, completedAt: now },
    );
    return { ok: true as const, changed };
  },
});

const remove = defineTool({
  name: "todo.delete",
  title: "Delete a task",
  access: "destructive",
  description:
    "Delete a task. The person is asked first, by the gateway: do not ask them yourself. No tool brings it back, " +
    "only the Mana app where the person uses it. To tick a task off, use {todo.complete}.",
  input: z.object({ id: Id }),
  output: z.object({ ok: z.literal(true), id: z.string() }),
  async confirm({ id }, { records }) {
    return deleteQuestion(tasks, await records.get(tasks, id));
  },
  async run({ id }, { records }) {
    await records.delete(tasks, id);
    return { ok: true as const, id };
  },
});

/** To-dos. */
export const todoModule: Module = defineModule({
  name: "todo",
  label: "To-dos",
  group: "Day",
  spaceTypes: ["personal"],
  tools: [create, list, complete, remove],
  resource: defineResource({ module: "todo", title: "Tasks", table: tasks }),
});
