// The tables of the module habits, and which blocks on the calendar are a habit's (contract: modules, habits).
import { z } from "zod";
import { defineAppTable, recordId } from "../../lib/tool/authoring.ts";

/** Habits. On the days of its schedule (0 is Sunday) a habit is on the calendar. */
export const habits = defineAppTable("habits/habits", {
  record: "habit",
  fields: [
    "title",
    "icon",
    "color",
    "targetPerDay",
    "defaultDuration",
    "order",
    "isArchived",
    "schedule",
  ],
  as: {
    icon: z.string().default("star"),
    color: z.string().default("#6366f1"),
    schedule: z.looseObject({ days: z.array(z.number()), time: z.string().nullable().optional() })
      .nullable().optional(),
  },
});

/** Entries of a habit: when it was done is said by the entry's block. */
export const habitLogs = defineAppTable("habits/habitLogs", {
  record: "habit entry",
  fields: ["habitId", "timeBlockId", "note"],
  isPart: true,
});

export const habitId = recordId("habit", "habits.list");

/** The plaintext by which a block says whose it is. */
interface OwnedBlock {
  readonly kind?: string;
  readonly type?: string;
  readonly sourceModule?: string;
  readonly sourceId?: string;
  readonly parentBlockId?: string | null | undefined;
  readonly recurrenceRule?: string | null | undefined;
}

/** Whether a block is of the schedule of a habit: the series, or one time of it. */
export function isPlanned(block: OwnedBlock, habit: string): boolean {
  return isOfHabits(block) && block.kind === "scheduled" && block.sourceId === habit;
}

/** Whether a block of the schedule is the series itself. */
export function isSeries({ parentBlockId, recurrenceRule }: OwnedBlock): boolean {
  return typeof recurrenceRule === "string" && recurrenceRule !== "" && typeof parentBlockId !== "string";
}

/**
 * Whether a block says when a habit was done. The app gives it the id of the entry, or that of the habit when a planned time was
 * ticked.
 */
export function isDone(
  block: OwnedBlock,
  habit: { readonly id: string | undefined; readonly isEntry: (id: string) => boolean },
): boolean {
  const { kind, sourceId = "" } = block;
  return isOfHabits(block) && kind === "logged" && (sourceId === habit.id || habit.isEntry(sourceId));
}

function isOfHabits({ sourceModule, type }: OwnedBlock): boolean {
  return sourceModule === "habits" && type === "habit";
}
