// The schedule of a habit on the calendar: a series, and a block for each of its times in the next thirty days, as the web app makes
// them (contract: modules, habits and timeblocks).
import {
  addDays,
  type Calendar,
  type PlainRecordOf,
  type ReadRecords,
  refuseInput,
  type RowsTogether,
  storedRule,
} from "../../lib/tool/authoring.ts";
import { isLength } from "./habit_logs.ts";
import { isPlanned, isSeries } from "./habit_tables.ts";
import { timeBlocks } from "./time_blocks.ts";

/** For how many days the apps make a block for each time of a series. */
const DAYS_AHEAD = 30;
/** Without a time of day the day alone counts; the apps store this one. */
const USUAL_TIME = "09:00";
/** By their number: 0 is Sunday. */
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/** When a habit is planned. */
export interface HabitSchedule {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** HH:mm. */
  readonly time?: string | undefined;
}

/** What the blocks of a habit copy from it. */
export interface ShownHabit {
  readonly id: string;
  readonly title: string;
  readonly color: string | null;
  readonly icon: string | null;
  readonly defaultDuration: number | null;
}

type Block = PlainRecordOf<typeof timeBlocks>;

/** Takes a habit off the calendar, with all that was planned. */
export async function removePlan(
  rows: RowsTogether,
  records: Pick<ReadRecords, "lookThrough">,
  habit: string,
): Promise<void> {
  for (const { id } of await readPlan(records, habit)) await rows.remove(timeBlocks, id);
}

/** Gives what is planned from today on the habit's present title, colour and icon. */
export async function copyToPlan(
  rows: RowsTogether,
  records: Pick<ReadRecords, "lookThrough">,
  calendar: Calendar,
  { id, title, color, icon }: ShownHabit,
): Promise<void> {
  for (const block of await readPlan(records, id)) {
    if (isSeries(block) || dayOf(block) >= calendar.today) {
      await rows.update(timeBlocks, block.id, () => ({ title, color, icon }));
    }
  }
}

/**
 * Puts a habit on the calendar, or changes when it is there. Times before today stay, and so does a time that the person has moved
 * by hand.
 */
export async function savePlan(
  rows: RowsTogether,
  records: Pick<ReadRecords, "lookThrough">,
  calendar: Calendar,
  habit: ShownHabit,
  { days, time }: HabitSchedule,
): Promise<void> {
  const { id, title, color, icon, defaultDuration } = habit;
  const own = {
    title,
    color,
    icon,
    kind: "scheduled",
    type: "habit",
    sourceModule: "habits",
    sourceId: id,
    allDay: time === undefined,
  } as const;
  const endOf = (start: number) =>
    isLength(defaultDuration) ? calendar.stored(start + defaultDuration * 1_000) : null;
  const { today } = calendar;
  const first = firstDay(today, days);
  const startDate = calendar.instant(`${first}T${time ?? USUAL_TIME}`);
  const start = calendar.storedInstant(startDate) ?? 0;
  const rule = ruleOf(days);
  const times = calendar.occurrences(
    { rule, start, isAllDay: time === undefined },
    today,
    addDays(today, DAYS_AHEAD - 1),
  );
  if (times === null) refuseInput("schedule: its days make no series");

  const plan = await readPlan(records, id);
  const [known, ...others] = plan.filter(isSeries);
  for (const other of others) await rows.remove(timeBlocks, other.id);
  const series = { ...own, startDate, endDate: endOf(start), recurrenceRule: rule };
  const seriesId = known?.id ?? (await rows.insert(timeBlocks, series)).id;
  if (known !== undefined) await rows.update(timeBlocks, known.id, () => series);

  const wanted = new Map(times.filter(({ day }) => day !== first).map(({ day, start }) => [day, start]));
  for (const block of plan) {
    if (isSeries(block) || dayOf(block) < today) continue;
    const at = wanted.get(dayOf(block));
    const isOfThis = block.parentBlockId === seriesId;
    if (isOfThis && block.isRecurrenceException === true) wanted.delete(dayOf(block));
    else if (!isOfThis || at === undefined) await rows.remove(timeBlocks, block.id);
    else {
      await rows.update(
        timeBlocks,
        block.id,
        () => ({ ...own, startDate: calendar.stored(at), endDate: endOf(at) }),
      );
      wanted.delete(dayOf(block));
    }
  }
  for (const [day, at] of wanted) {
    await rows.insert(timeBlocks, {
      ...own,
      startDate: calendar.stored(at),
      endDate: endOf(at),
      parentBlockId: seriesId,
      recurrenceDate: day,
    });
  }
}

async function readPlan(records: Pick<ReadRecords, "lookThrough">, habit: string): Promise<Block[]> {
  const plan: Block[] = [];
  await records.lookThrough(timeBlocks, (block) => {
    if (isPlanned(block, habit)) plan.push(block);
  });
  return plan;
}

/** The day that a block stands for. */
function dayOf({ recurrenceDate, startDate = "" }: Block): string {
  return recurrenceDate ?? startDate.slice(0, 10);
}

/** The first day from today on that a schedule has. */
function firstDay(today: string, days: readonly number[]): string {
  for (let ahead = 0; ahead < 7; ahead++) {
    const day = addDays(today, ahead);
    if (days.includes(weekdayOf(day))) return day;
  }
  return today;
}

/** The number of a day's weekday: 0 is Sunday. */
function weekdayOf(day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek % 7;
}

function ruleOf(days: readonly number[]): string {
  const names = WEEKDAYS.filter((_, number) => days.includes(number));
  return storedRule(names.length === 7 ? "FREQ=DAILY" : `FREQ=WEEKLY;BYDAY=${names.join(",")}`);
}
