// Entries of a habit: done now or at a time, listed, taken back. An entry is a block on the calendar and a row that points at it
// (contract: modules, habits). How often a habit was done on which day is habit_ticks.ts.
import { z } from "zod";
import {
  dateTimeInput,
  dayRangeInput,
  defineTool,
  deletedOutput,
  demandReadable,
  pageInput,
  pageOutput,
  recordId,
  refuseInput,
  timeZoneInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { habitId, habitLogs, habits } from "./habit_tables.ts";
import { isOfEntry, readTimes } from "./habit_ticks.ts";
import { timeBlocks } from "./time_blocks.ts";

/** Notes that a habit was done. */
export const log = defineTool({
  name: "habits.log",
  title: "Log a habit",
  access: "write",
  description: "Note that a habit was done, now or at a time given. Returns the id of the entry and its day.",
  input: z.object({
    id: habitId,
    note: z.string().max(2_000).optional(),
    at: dateTimeInput.optional(),
    timeZone: timeZoneInput,
  }),
  output: z.object({ id: z.string(), day: z.string() }),
  async run({ id, note = null, at, timeZone }, { calendar, now, records }) {
    const days = calendar(timeZone);
    const startDate = at === undefined ? now : days.instant(at);
    if (startDate > now) refuseInput("at: it has not come yet");
    const began = days.storedInstant(startDate) ?? 0;
    return await records.writeTogether(async (rows) => {
      const habit = await records.get(habits, id);
      // The block of the entry shows the title.
      demandReadable(habits, habit, ["title"]);
      const { title = "", color, icon, defaultDuration } = habit;
      const entry = rows.newId(habitLogs);
      const { id: timeBlockId } = await rows.insert(timeBlocks, {
        startDate,
        endDate: isLength(defaultDuration) ? days.stored(began + defaultDuration * 1_000) : null,
        kind: "logged",
        type: "habit",
        sourceModule: "habits",
        sourceId: entry,
        title,
        color: color ?? null,
        icon: icon ?? null,
      });
      await rows.insert(habitLogs, { habitId: id, timeBlockId, note }, { id: entry });
      return { id: entry, day: days.dayAt(began) };
    });
  },
});

/** Another writer's length can be any number. */
export function isLength(seconds: number | null | undefined): seconds is number {
  return typeof seconds === "number" && seconds > 0 && seconds <= MAX_SECONDS;
}

/** 100 days. */
const MAX_SECONDS = 8_640_000;

/** Lists entries. */
export const logs = defineTool({
  name: "habits.logs",
  title: "List entries of habits",
  access: "read",
  description:
    "List when habits were done, the entries made last first; of one habit, or in a range of days.",
  input: z.object({
    id: habitId.optional(),
    ...dayRangeInput,
    timeZone: timeZoneInput,
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    logs: z.array(z.object({
      id: z.string(),
      habitId: z.string().optional(),
      start: z.string().nullable(),
      end: z.string().nullable(),
      note: z.string().nullable(),
    })),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    const days = calendar(input.timeZone);
    const isWithin = withinDays(input);
    if (input.id !== undefined) await records.get(habits, input.id);
    const when = await readTimes(records, days);
    const { rows, ...end } = await records.list(habitLogs, {
      where: (entry) => {
        if (input.id !== undefined && entry.habitId !== input.id) return false;
        if (input.from === undefined && input.to === undefined) return true;
        const span = when(entry);
        return span !== null && isWithin(days.dayAt(span.start));
      },
      page: input,
    });
    return {
      logs: rows.map((entry) => {
        const span = when(entry);
        return {
          id: entry.id,
          ...(entry.habitId === undefined ? {} : { habitId: entry.habitId }),
          start: span === null ? null : days.localTime(span.start),
          end: span === null || span.end === null ? null : days.localTime(span.end),
          note: entry.note ?? null,
        };
      }),
      ...end,
    };
  },
});

/** Takes an entry back. */
export const unlog = defineTool({
  name: "habits.unlog",
  title: "Take back a habit entry",
  access: "write",
  description: "Take one entry of a habit back that was logged by mistake, with its time on the calendar.",
  // The profiles that have no list of entries have the tool that makes them.
  input: z.object({
    id: recordId("entry", "habits.logs")
      .describe("the entry's id, exactly as {habits.log} or {habits.logs} gives it"),
  }),
  output: deletedOutput,
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      const entry = await records.get(habitLogs, id);
      const { rows: [block] } = await records.list(timeBlocks, {
        where: (block) => block.id === entry.timeBlockId && isOfEntry(block, entry),
      });
      if (block !== undefined) {
        // Where a planned time was ticked, it points at the block that goes.
        const { rows: [planned] } = await records.list(timeBlocks, {
          where: (other) => other.id === block.linkedBlockId && other.linkedBlockId === block.id,
        });
        await rows.remove(timeBlocks, block.id);
        if (planned !== undefined) await rows.update(timeBlocks, planned.id, () => ({ linkedBlockId: null }));
      }
      await rows.remove(habitLogs, id);
    });
    return { ok: true as const, id };
  },
});
