// When a task is done, and when the person is reminded of it: its block on the calendar, and its reminder (contract: modules, todo).
import { z } from "zod";
import {
  type Calendar,
  changedOutput,
  choices,
  dateTimeInput,
  defineTool,
  demandReadable,
  idsWhere,
  isDay,
  refuseInput,
  ruleInput,
  storedRule,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { blockOf, dueDay, isOfTask, MAX_SECONDS, reminders, startInput, taskId, tasks } from "./tasks.ts";
import { timeBlocks } from "./time_blocks.ts";

/** The web app puts a task without a time of day here: the day alone counts. */
const USUAL_TIME = "T09:00";
/** How long a task is on the calendar that nobody has estimated. */
const USUAL_SECONDS = 3_600;

/** Puts a task on the calendar, and takes it off. */
export const schedule = defineTool({
  name: "todo.schedule",
  title: "Schedule a task",
  access: "write",
  idempotent: true,
  description:
    "Block time for a task: put it on the calendar, move it there, or take it off with `off`. Without an end it lasts as long " +
    "as the task is estimated, or an hour.",
  input: z.object({
    id: taskId,
    start: startInput.optional().describe(
      "YYYY-MM-DD for a whole day, or YYYY-MM-DDTHH:mm in the person's time",
    ),
    end: dateTimeInput.optional(),
    recurrenceRule: ruleInput.optional(),
    off: z.boolean().default(false).describe("take it off the calendar"),
    timeZone: timeZoneInput,
  }),
  output: changedOutput,
  async run({ id, off, timeZone, ...given }, { calendar, records }) {
    const { start, end, recurrenceRule } = given;
    if (off && (start ?? end ?? recurrenceRule) !== undefined) refuseInput("off: takes no times");
    if (!off && start === undefined) refuseInput("start: is missing; give a day or a date-time, or `off`");
    return await records.writeTogether(async (rows) => {
      const task = await records.get(tasks, id);
      if (start === undefined) {
        if (typeof task.scheduledBlockId !== "string") return { ok: true as const, changed: false };
        const blocks = await idsWhere(records, timeBlocks, (block) => isOfTask(id, block));
        for (const block of blocks) await rows.remove(timeBlocks, block);
        const { changed } = await rows.update(tasks, id, () => ({ scheduledBlockId: null }));
        return { ok: true as const, changed };
      }
      const { estimatedDuration } = task;
      const seconds = isLength(estimatedDuration) ? estimatedDuration : USUAL_SECONDS;
      const times = timesOf({ start, end, recurrenceRule, seconds }, calendar(timeZone));
      // The block shows the title.
      demandReadable(tasks, task, ["title"]);
      const { title = "", projectId = null } = task;
      const block = await blockOf(records, task);
      if (block !== null) {
        const { changed } = await rows.update(timeBlocks, block.id, () => ({ ...times, title, projectId }));
        return { ok: true as const, changed };
      }
      const { id: blockId } = await rows.insert(timeBlocks, {
        ...times,
        title,
        projectId,
        kind: "scheduled",
        type: "task",
        sourceModule: "todo",
        sourceId: id,
      });
      await rows.update(tasks, id, () => ({ scheduledBlockId: blockId }));
      return { ok: true as const, changed: true };
    });
  },
});

/** Another writer's estimate can be any number. */
function isLength(seconds: number | null | undefined): seconds is number {
  return typeof seconds === "number" && seconds > 0 && seconds <= MAX_SECONDS;
}

/** When a block begins and ends, as it is stored. Refuses an end before the start, and a rule that does not begin with it. */
function timesOf(
  { start, end, recurrenceRule, seconds }: {
    readonly start: string;
    readonly end: string | undefined;
    readonly recurrenceRule: string | undefined;
    readonly seconds: number;
  },
  calendar: Calendar,
) {
  const allDay = isDay(start);
  if (allDay && end !== undefined) refuseInput("end: a whole day has none; give `start` a time of day too");
  const startDate = calendar.instant(allDay ? start + USUAL_TIME : start);
  const began = calendar.storedInstant(startDate) ?? 0;
  const endDate = end === undefined ? calendar.stored(began + seconds * 1_000) : calendar.instant(end);
  if (endDate <= startDate) refuseInput("end: it is not after `start`");
  const rule = recurrenceRule === undefined ? null : storedRule(recurrenceRule);
  if (rule !== null) {
    const first = calendar.firstOccurrence({ rule, start: began, isAllDay: allDay });
    if (first?.day !== calendar.dayAt(began)) {
      refuseInput(
        first === null
          ? "recurrenceRule: it has no time from `start` on"
          : `recurrenceRule: its first time is on ${first.day}: begin on that day`,
      );
    }
  }
  return { startDate, endDate, allDay, recurrenceRule: rule };
}

/** Sets the one reminder of a task. */
export const remind = defineTool({
  name: "todo.remind",
  title: "Set a reminder",
  access: "write",
  idempotent: true,
  description:
    "Set the reminder of a task that has a due date, in place of an earlier one, or take it away with `off`.",
  input: z.object({
    id: taskId,
    minutesBefore: z.int().min(0).max(525_600).optional().describe("minutes before it is due"),
    type: choices("todo/reminders", "type").default("push"),
    off: z.boolean().default(false).describe("no reminder any more"),
    timeZone: timeZoneInput,
  }),
  output: changedOutput,
  async run({ id, minutesBefore, type, off, timeZone }, { calendar, records }) {
    if (off === (minutesBefore !== undefined)) refuseInput("give either `minutesBefore` or `off`");
    return await records.writeTogether(async (rows) => {
      const task = await records.get(tasks, id);
      if (!off && dueDay(task.dueDate, calendar(timeZone)) === null) {
        refuseInput("the task has no due date to remind of: give it one with {todo.update}");
      }
      const before = await idsWhere(records, reminders, ({ taskId }) => taskId === id);
      for (const reminder of before) await rows.remove(reminders, reminder);
      if (minutesBefore !== undefined) {
        await rows.insert(reminders, { taskId: id, minutesBefore, type, status: "pending" });
      }
      return { ok: true as const, changed: !off || before.length > 0 };
    });
  },
});
