// Entries of a habit: done now or at a time, listed, taken back, counted by day. An entry is a block on the calendar and a row that
// points at it (contract: modules, habits).
import { z } from "zod";
import {
  addDays,
  type Calendar,
  dateTimeInput,
  dayRangeInput,
  defineTool,
  deletedOutput,
  demandReadable,
  pageInput,
  pageOutput,
  type ReadRecords,
  recordId,
  refuseInput,
  timeZoneInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { habitId, habitLogs, habits, isDone } from "./habit_tables.ts";
import { type Span, spanOf, timeBlocks } from "./time_blocks.ts";

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
  description: "Take one entry of a habit back, with its time on the calendar.",
  input: z.object({ id: recordId("entry", "habits.logs") }),
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

/** Whether a block says when an entry was. An id alone would not do: others can write it. */
function isOfEntry(
  block: Parameters<typeof isDone>[0],
  { id, habitId }: { readonly id: string; readonly habitId?: string | undefined },
): boolean {
  return isDone(block, { id: habitId, isEntry: (entry) => entry === id });
}

/** An entry by its plaintext. */
interface Entry {
  readonly id: string;
  readonly habitId?: string;
  readonly timeBlockId?: string;
  readonly createdAt: string | null;
}

/** When entries were: by their block, or when they were stored where the block is missing. */
async function readTimes(
  records: Pick<ReadRecords, "lookThrough">,
  calendar: Calendar,
): Promise<(entry: Entry) => Span | null> {
  const blocks = new Map<string, Parameters<typeof isDone>[0] & Parameters<typeof spanOf>[0]>();
  await records.lookThrough(timeBlocks, (block) => {
    if (block.sourceModule === "habits" && block.kind === "logged") blocks.set(block.id, block);
  });
  return (entry) => {
    const block = blocks.get(entry.timeBlockId ?? "");
    const span = block !== undefined && isOfEntry(block, entry) ? spanOf(block, calendar) : null;
    return span ?? (entry.createdAt === null ? null : spanOf({ startDate: entry.createdAt }, calendar));
  };
}

/** How a habit goes on a day, today by default. */
export interface Progress {
  /** Entries of the day. */
  readonly today: number;
  /** Days in a row with an entry, up to today, or up to yesterday as long as today has none. */
  readonly streak: number;
}

/** How each habit goes, in days of the person. */
export async function readProgress(
  records: Pick<ReadRecords, "lookThrough">,
  calendar: Calendar,
  today: string = calendar.today,
): Promise<(habit: string) => Progress> {
  const when = await readTimes(records, calendar);
  const counts = new Map<string, Map<string, number>>();
  await records.lookThrough(habitLogs, (entry) => {
    const span = when(entry);
    if (span === null || entry.habitId === undefined) return;
    const byDay = counts.get(entry.habitId) ?? new Map<string, number>();
    const day = calendar.dayAt(span.start);
    byDay.set(day, (byDay.get(day) ?? 0) + 1);
    counts.set(entry.habitId, byDay);
  });
  return (habit) => {
    const byDay = counts.get(habit);
    if (byDay === undefined) return { today: 0, streak: 0 };
    let streak = 0;
    for (let day = byDay.has(today) ? today : addDays(today, -1); byDay.has(day); day = addDays(day, -1)) {
      streak += 1;
    }
    return { today: byDay.get(today) ?? 0, streak };
  };
}
