// When habits were done: the time of each entry by its block, how often on each day, and how many days in a row. No tools; what lists,
// sums up and shows habits is made of it (contract: modules, habits). Opens nothing: all of it is plaintext.
import { addDays, type Calendar, type ReadRecords } from "../../lib/tool/authoring.ts";
import { habitLogs, isDone } from "./habit_tables.ts";
import { type Span, spanOf, timeBlocks } from "./time_blocks.ts";

/** Whether a block says when an entry was. An id alone would not do: others can write it. */
export function isOfEntry(
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
export async function readTimes(
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

/** How often each habit was done, by the id of the habit and the day of the person. */
export async function readTicks(
  records: Pick<ReadRecords, "lookThrough">,
  calendar: Calendar,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const when = await readTimes(records, calendar);
  const ticks = new Map<string, Map<string, number>>();
  await records.lookThrough(habitLogs, (entry) => {
    const span = when(entry);
    if (span === null || entry.habitId === undefined) return;
    const byDay = ticks.get(entry.habitId) ?? new Map<string, number>();
    const day = calendar.dayAt(span.start);
    byDay.set(day, (byDay.get(day) ?? 0) + 1);
    ticks.set(entry.habitId, byDay);
  });
  return ticks;
}

/** Days in a row with an entry, up to today, or up to yesterday as long as today has none. */
export function streakOf(byDay: ReadonlyMap<string, number> | undefined, today: string): number {
  let streak = 0;
  if (byDay === undefined) return streak;
  for (let day = byDay.has(today) ? today : addDays(today, -1); byDay.has(day); day = addDays(day, -1)) {
    streak += 1;
  }
  return streak;
}

/** How a habit goes on a day, today by default. */
export interface Progress {
  /** Entries of the day. */
  readonly today: number;
  /** As {@link streakOf}. */
  readonly streak: number;
}

/** How each habit goes, in days of the person. */
export async function readProgress(
  records: Pick<ReadRecords, "lookThrough">,
  calendar: Calendar,
  today: string = calendar.today,
): Promise<(habit: string) => Progress> {
  const ticks = await readTicks(records, calendar);
  return (habit) => {
    const byDay = ticks.get(habit);
    return { today: byDay?.get(today) ?? 0, streak: streakOf(byDay, today) };
  };
}
