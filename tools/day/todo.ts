// Tasks: what assistants can do with them. Their times are in task_times.ts, their projects in task_projects.ts.
import { z } from "zod";
import {
  changedOutput,
  clearInput,
  defineModule,
  defineResource,
  defineTool,
  deletedOutput,
  deleteQuestion,
  demandReadable,
  idsWhere,
  type Module,
  patchOf,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { listTasks, readTask } from "./task_lists.ts";
import { listProjects, saveProject } from "./task_projects.ts";
import { remind, schedule } from "./task_times.ts";
import {
  blockOf,
  checklistOf,
  demandProject,
  dueDateInput,
  isOfTask,
  MAX_SECONDS,
  priorityInput,
  projectId,
  projects,
  reminders,
  SHOWN,
  taskId,
  TaskOutput,
  tasks,
} from "./tasks.ts";
import { timeBlocks } from "./time_blocks.ts";

const Title = visibleText(500);
const Duration = z.int().min(1).max(MAX_SECONDS);
const MAX_ITEMS = 200;

const create = defineTool({
  name: "todo.create",
  title: "Create a task",
  access: "write",
  description: "Put a task on the person's todo list. Returns the new task with its id.",
  input: z.object({
    title: Title.describe("what is to be done"),
    description: z.string().max(10_000).optional().describe("longer text"),
    priority: priorityInput.default("medium"),
    dueDate: dueDateInput.optional(),
    projectId: projectId.optional(),
    tagIds: z.array(z.string().min(1).max(256)).max(50).optional().describe("ids of tags"),
    estimatedDuration: Duration.optional().describe("seconds it takes"),
    subtasks: z.array(Title).max(MAX_ITEMS).optional().describe("titles of a checklist"),
    timeZone: timeZoneInput,
  }),
  output: z.object({ task: TaskOutput }),
  async run({ dueDate, subtasks, tagIds, timeZone, ...input }, { calendar, now, records }) {
    await demandProject(records, input.projectId);
    const items = subtasks?.map((title) => ({ title, isCompleted: false }));
    const task = await records.insert(tasks, {
      ...input,
      dueDate: dueDate === undefined ? null : calendar(timeZone).dayOf(dueDate),
      isCompleted: false,
      completedAt: null,
      ...(items === undefined
        ? {}
        : { subtasks: checklistOf(items, [], { newId: () => records.newId(), now }) }),
      ...(tagIds === undefined ? {} : { metadata: { labelIds: [...new Set(tagIds)] } }),
    }, { lastBy: "order" });
    return { task };
  },
});

const update = defineTool({
  name: "todo.update",
  title: "Change a task",
  access: "write",
  description:
    "Change a task, or move it to another day: give its id and only the fields to change. `subtasks` replaces the checklist " +
    "as a whole: give all items, known ones with their id. {todo.complete} ticks a task off, {todo.schedule} puts it on the calendar.",
  input: z.object({
    id: taskId,
    title: Title.optional(),
    description: z.string().max(10_000).optional(),
    priority: priorityInput.optional(),
    dueDate: dueDateInput.optional(),
    projectId: projectId.optional(),
    estimatedDuration: Duration.optional().describe("seconds"),
    subtasks: z.array(z.object({
      id: z.string().min(1).max(256).optional(),
      title: Title,
      isCompleted: z.boolean().default(false),
    })).max(MAX_ITEMS).optional(),
    clear: clearInput(["description", "dueDate", "projectId", "estimatedDuration", "subtasks"]),
    timeZone: timeZoneInput,
  }),
  output: changedOutput,
  async run({ id, clear, dueDate, timeZone, ...given }, { calendar, now, records }) {
    const day = dueDate === undefined ? undefined : calendar(timeZone).dayOf(dueDate);
    const { subtasks, ...patch } = patchOf({ ...given, dueDate: day }, clear);
    await demandProject(records, patch.projectId);
    const change = (
      task: {
        readonly subtasks?: Parameters<typeof checklistOf>[1] | null | undefined;
        readonly unreadable?: readonly string[];
      },
    ) => {
      if (subtasks === undefined || subtasks === null) {
        return subtasks === null ? { ...patch, subtasks } : patch;
      }
      demandReadable(tasks, task, ["subtasks"]);
      const ids = { newId: () => records.newId(), now };
      return { ...patch, subtasks: checklistOf(subtasks, task.subtasks ?? [], ids) };
    };
    // The block on the calendar has a copy of these two.
    const copied = {
      ...(patch.title === undefined ? {} : { title: patch.title }),
      ...(patch.projectId === undefined ? {} : { projectId: patch.projectId }),
    };
    const isCopied = Object.keys(copied).length > 0 &&
      await blockOf(records, await records.get(tasks, id)) !== null;
    if (!isCopied) {
      const { changed } = await records.update(tasks, id, change);
      return { ok: true as const, changed };
    }
    return await records.writeTogether(async (rows) => {
      const block = await blockOf(records, await records.get(tasks, id));
      if (block !== null) await rows.update(timeBlocks, block.id, () => copied);
      const { changed } = await rows.update(tasks, id, change);
      return { ok: true as const, changed };
    });
  },
});

const complete = defineTool({
  name: "todo.complete",
  title: "Complete a task",
  access: "write",
  idempotent: true,
  description: "Tick a task off. Completing it again changes nothing: `changed` is then false.",
  input: z.object({ id: taskId, reopen: z.boolean().default(false).describe("true makes it open again") }),
  output: changedOutput,
  async run({ id, reopen }, { records, now }) {
    const { changed } = await records.update(tasks, id, (task) => {
      if (reopen) return task.isCompleted === true ? { isCompleted: false, completedAt: null } : null;
      return task.isCompleted === true ? null : { isCompleted: true, completedAt: now };
    });
    return { ok: true as const, changed };
  },
});

const remove = defineTool({
  name: "todo.delete",
  title: "Delete a task",
  access: "destructive",
  view: "approval",
  description:
    "Delete a task, with its time on the calendar and its reminder. The person is asked first, by the gateway: do not ask them " +
    "yourself. No tool brings it back, only the Mana app where the person uses it. To tick a task off, use {todo.complete}.",
  input: z.object({ id: taskId }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    return deleteQuestion(tasks, await records.get(tasks, id));
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      const blocks = await idsWhere(records, timeBlocks, (block) => isOfTask(id, block));
      for (const block of blocks) await rows.remove(timeBlocks, block);
      const own = await idsWhere(records, reminders, ({ taskId }) => taskId === id);
      for (const reminder of own) await rows.remove(reminders, reminder);
      // Refused as everywhere where there is no such task.
      if (!await rows.remove(tasks, id)) await records.get(tasks, id);
    });
    return { ok: true as const, id };
  },
});

/** To-dos. */
export const todoModule: Module = defineModule({
  name: "todo",
  label: "To-dos",
  nouns: ["to-do", "task", "reminder"],
  group: "Day",
  spaceTypes: ["personal"],
  tools: [create, listTasks, readTask, update, complete, schedule, remind, listProjects, saveProject, remove],
  writes: [tasks, projects, reminders, timeBlocks],
  resource: defineResource({ module: "todo", title: "Tasks", table: tasks, show: SHOWN }),
});
