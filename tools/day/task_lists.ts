// Tasks as they are listed and read: by their state, project, tag, text and due day (contract: modules, todo).
import { z } from "zod";
import {
  type Calendar,
  dayRangeInput,
  defineTool,
  pageInput,
  pageOutput,
  textFilter,
  textFilterInput,
  timeZoneInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import {
  blockOf,
  dueDay,
  projectId,
  reminders,
  SHOWN,
  tagIdsOf,
  taskId,
  TaskOutput,
  tasks,
} from "./tasks.ts";
import { spanOf } from "./time_blocks.ts";

/** Lists tasks. */
export const listTasks = defineTool({
  name: "todo.list",
  title: "List tasks",
  access: "read",
  view: "tasks",
  description:
    "List the tasks of a space, what is still to do, in the person's own order. Completed ones only when asked for. " +
    "With `hasMore` call again with `nextCursor` as `cursor`.",
  input: z.object({
    includeCompleted: z.boolean().default(false).describe("also list completed tasks"),
    state: z.enum(["open", "overdue", "today", "upcoming", "completed"]).optional()
      .describe("only these; today, overdue and upcoming are open tasks by their due day"),
    query: textFilterInput,
    projectId: projectId.optional(),
    tagId: z.string().min(1).max(256).optional().describe("id of a tag"),
    ...dayRangeInput,
    counts: z.boolean().default(false).describe("also count all tasks"),
    timeZone: timeZoneInput,
    ...pageInput({ most: 500, usual: 50 }),
  }),
  output: z.object({
    tasks: z.array(TaskOutput),
    ...pageOutput,
    counts: z.object({ open: z.int(), overdue: z.int(), today: z.int(), completed: z.int() }).optional(),
  }),
  async run(input, { calendar, records }) {
    const { includeCompleted, projectId, query, state, tagId } = input;
    const days = calendar(input.timeZone);
    const { today } = days;
    const isWithin = withinDays(input);
    const hasDays = input.from !== undefined || input.to !== undefined;
    const hasText = textFilter(query, (task: { title?: string; description?: string | null | undefined }) => [
      task.title,
      task.description,
    ]);
    const { rows, ...end } = await records.list(tasks, {
      where: (task) => {
        if (
          state === undefined
            ? !includeCompleted && task.isCompleted === true
            : !isIn(state, task, today, days)
        ) {
          return false;
        }
        if (projectId !== undefined && task.projectId !== projectId) return false;
        return !hasDays || isWithin(dueDay(task.dueDate, days));
      },
      ...(hasText === undefined && tagId === undefined ? {} : {
        match: (task) =>
          (hasText === undefined || hasText(task)) && (tagId === undefined || tagIdsOf(task).includes(tagId)),
      }),
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      show: SHOWN,
      page: input,
    });
    if (!input.counts) return { tasks: [...rows], ...end };
    const counts = { open: 0, overdue: 0, today: 0, completed: 0 };
    await records.count(tasks, (task) => {
      if (task.isCompleted === true) counts.completed += 1;
      else counts.open += 1;
      if (isIn("overdue", task, today, days)) counts.overdue += 1;
      if (isIn("today", task, today, days)) counts.today += 1;
      return false;
    });
    return { tasks: [...rows], ...end, counts };
  },
});

/** Whether a task is open or completed, and due as a state says. */
function isIn(
  state: "open" | "overdue" | "today" | "upcoming" | "completed",
  task: { readonly isCompleted?: boolean; readonly dueDate?: string | null },
  today: string,
  calendar: Calendar,
): boolean {
  if (state === "completed") return task.isCompleted === true;
  if (task.isCompleted === true) return false;
  if (state === "open") return true;
  const day = dueDay(task.dueDate, calendar);
  if (day === null) return false;
  return state === "today" ? day === today : state === "overdue" ? day < today : day > today;
}

/** Reads one task. */
export const readTask = defineTool({
  name: "todo.read",
  title: "Read a task",
  access: "read",
  description: "Read a task with its tags, its time on the calendar and its reminder.",
  input: z.object({ id: taskId, timeZone: timeZoneInput }),
  output: z.object({
    task: TaskOutput,
    tagIds: z.array(z.string()),
    schedule: z.object({
      start: z.string(),
      end: z.string().nullable(),
      allDay: z.boolean(),
      recurrenceRule: z.string().nullable(),
    }).optional(),
    reminder: z.object({ minutesBefore: z.number(), type: z.string() }).optional(),
  }),
  async run({ id, timeZone }, { calendar, records }) {
    const { record: task } = await records.getPortion(tasks, id, "description", 0);
    const block = await blockOf(records, task);
    const days = calendar(timeZone);
    const span = block === null ? null : spanOf(block, days);
    const { rows: [reminder] } = await records.list(reminders, { where: ({ taskId }) => taskId === id });
    return {
      task,
      tagIds: tagIdsOf(task),
      ...(block === null || span === null ? {} : {
        schedule: {
          start: days.localTime(span.start),
          end: span.end === null ? null : days.localTime(span.end),
          allDay: block.allDay === true,
          recurrenceRule: block.recurrenceRule ?? null,
        },
      }),
      ...(reminder === undefined
        ? {}
        : { reminder: { minutesBefore: reminder.minutesBefore ?? 0, type: reminder.type ?? "push" } }),
    };
  },
});
