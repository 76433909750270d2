// The tables of the module todo, and what its tools have in common: the due day of a task, its checklist, its block on the
// calendar. The rows are what the web app stores (contract: modules, todo).
import { z } from "zod";
import {
  type Calendar,
  choices,
  dateTimeInput,
  dayInput,
  defineAppTable,
  isDayOrInstant,
  type ReadRecords,
  recordId,
  recordOutputOf,
  refuseInput,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "./time_blocks.ts";

/** The words of a task's priority. */
export const priorityInput = choices("todo/tasks", "priority");

/** The longest estimate, in seconds: 100 days. */
export const MAX_SECONDS = 8_640_000;

/** An item of a checklist as it is read: other writers may leave members out. */
const Item = z.looseObject({ title: z.string(), isCompleted: z.boolean().default(false) });

/** Tasks. `metadata` is a free object of which `labelIds` are the ids of tags. */
export const tasks = defineAppTable("todo/tasks", {
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
    "projectId",
    "estimatedDuration",
    "scheduledBlockId",
    "metadata",
  ],
  as: { priority: priorityInput.default("medium"), subtasks: z.array(Item).nullable().optional() },
});

/** What tools show of a task; its tags come by their ids. */
export const SHOWN = [
  "title",
  "description",
  "priority",
  "isCompleted",
  "completedAt",
  "dueDate",
  "order",
  "subtasks",
  "projectId",
  "estimatedDuration",
  "scheduledBlockId",
] as const;

/** A task in a result. */
export const TaskOutput = recordOutputOf(tasks, SHOWN);

/** Lists that tasks can belong to. The web app shows them and writes none. */
export const projects = defineAppTable("todo/projects", {
  record: "project",
  fields: ["name", "color", "icon", "order", "isArchived"],
});

/** A task has one reminder at most. */
export const reminders = defineAppTable("todo/reminders", {
  record: "reminder",
  fields: ["taskId", "minutesBefore", "type", "status"],
  isPart: true,
});

export const taskId = recordId("task", "todo.list");
export const projectId = recordId("project", "todo.projects");

/** A due day; a date-time is kept as its day. */
export const dueDateInput = z.string().max(40)
  .refine(isDayOrInstant, "expected YYYY-MM-DD or an ISO date-time")
  .describe("day it is due, YYYY-MM-DD; a date-time is kept as its day");

/** A day, or a date-time. */
export const startInput = z.string().max(40).refine(
  (text) => dayInput.safeParse(text).success || dateTimeInput.safeParse(text).success,
  "expected an existing day as YYYY-MM-DD, or YYYY-MM-DDTHH:mm",
);

/** The day that a task is due; null where it has none, or none that can be read. */
export function dueDay(dueDate: string | null | undefined, calendar: Calendar): string | null {
  if (typeof dueDate !== "string" || !isDayOrInstant(dueDate)) return null;
  // The app's editors store midnight UTC for the day that was chosen, whatever the zone.
  return MIDNIGHT.test(dueDate.slice(10)) ? dueDate.slice(0, 10) : calendar.dayOf(dueDate);
}

const MIDNIGHT = /^T00:00:00(\.0{1,9})?Z$/;

/** The ids of a task's tags. */
export function tagIdsOf({ metadata }: { readonly metadata?: unknown }): string[] {
  const labels = z.object({ labelIds: z.array(z.string()) }).safeParse(metadata);
  return labels.success ? labels.data.labelIds : [];
}

/** An item of a checklist as it is given: a new one, or a stored one by its id. */
export interface GivenItem {
  readonly id?: string | undefined;
  readonly title: string;
  readonly isCompleted: boolean;
}

/** The checklist to store in place of `before`: stored items keep what other writers put into them. */
export function checklistOf(
  given: readonly GivenItem[],
  before: readonly z.infer<typeof Item>[],
  { newId, now }: { readonly newId: () => string; readonly now: string },
): z.infer<typeof Item>[] {
  return given.map(({ id, title, isCompleted }, order) => {
    const stored = id === undefined ? undefined : before.find((item) => item.id === id);
    if (id !== undefined && stored === undefined) {
      refuseInput(
        `subtasks: the task has no item with id ${JSON.stringify(id)}; leave the id out for a new item`,
      );
    }
    const completedAt = !isCompleted ? null : stored?.isCompleted === true ? stored.completedAt ?? now : now;
    return { ...stored, id: id ?? newId(), title, isCompleted, completedAt, order };
  });
}

/** Whether a block of the calendar says that it is a task's; one time of its series says so too. */
export function isOfTask(id: string, block: OwnedBlock): boolean {
  return block.sourceModule === "todo" && block.type === "task" && block.sourceId === id;
}

/** The plaintext by which a block says whose it is. */
interface OwnedBlock {
  readonly sourceModule?: string;
  readonly type?: string;
  readonly sourceId?: string;
}

/** The block that a task is scheduled by; null where it is not on the calendar. */
export async function blockOf(
  records: Pick<ReadRecords, "list">,
  task: { readonly id: string; readonly scheduledBlockId?: string | null | undefined },
) {
  if (typeof task.scheduledBlockId !== "string") return null;
  const { rows: [block = null] } = await records.list(timeBlocks, {
    // The task's word alone would not do: it can name a block of something else.
    where: (block) => block.id === task.scheduledBlockId && isOfTask(task.id, block),
  });
  return block;
}

/** Refuses a project that is not there. */
export async function demandProject(
  records: Pick<ReadRecords, "count">,
  id: string | null | undefined,
): Promise<void> {
  if (typeof id !== "string" || await records.count(projects, (project) => project.id === id) > 0) return;
  refuseInput(`projectId: there is no project with id ${JSON.stringify(id)}, see {todo.projects}`);
}
