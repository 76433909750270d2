// What lies in a range of time: blocks by themselves, the times of series, and the instances that stand in their place. Looks at the
// plaintext of every block and opens only what is returned. No tools; calendar.list, calendar.free and day.summary are made of it.
import {
  addDays,
  type Calendar,
  type CalendarSeries,
  type PlainRecordOf,
  type ReadRecords,
} from "../../lib/tool/authoring.ts";
import { type Span, spanOf, timeBlocks } from "./time_blocks.ts";

/** What a range is asked for. */
export interface AgendaRange {
  /** The first and the last day in the calendar's zone. */
  readonly from: string;
  readonly to: string;
  /** Keeps blocks by what they belong to. */
  readonly keeps: (block: PlainBlock) => boolean;
}

/** A time of the agenda, its texts still closed. */
export interface AgendaTime extends Span {
  readonly block: PlainBlock;
  /** The day that a time of a series stands for; null for a block by itself. */
  readonly day: string | null;
  /** Whether it is a time of a series, an instance of its own included. */
  readonly isOfSeries: boolean;
}

/** What lies in a range. */
export interface Agenda {
  /** By start. */
  readonly times: readonly AgendaTime[];
  /** Blocks that could not be placed, since their start is no date-time, or their rule cannot be read: then the start alone counts. */
  readonly unreadable: readonly PlainBlock[];
}

/** A block by its plaintext fields. */
export type PlainBlock = PlainRecordOf<typeof timeBlocks>;

/** The times of a range. */
export async function readAgenda(
  records: ReadRecords,
  calendar: Calendar,
  { from, to, keeps }: AgendaRange,
): Promise<Agenda> {
  const range = {
    from,
    to,
    start: calendar.startOfDay(from),
    end: calendar.startOfDay(addDays(to, 1)),
  };
  const found: Found = { times: [], unreadable: [] };
  const taken = new Map<string, Set<string>>();
  const templates: PlainBlock[] = [];
  // Texts of all three forms compare by their day, and no zone moves an instant by more than one.
  const before = addDays(from, -1);
  const after = addDays(to, 2);
  await records.lookThrough(timeBlocks, (block) => {
    noteInstance(taken, block);
    const { startDate = "", endDate } = block;
    if (isTemplate(block)) {
      if (keeps(block)) templates.push(block);
    } else if (startDate < after && (endDate ?? startDate) >= before) {
      const span = keeps(block) ? spanOf(block, calendar) : undefined;
      if (span === null) found.unreadable.push(block);
      else if (span !== undefined) {
        const { start, end } = span;
        offer(found, range, {
          block,
          start,
          end,
          day: block.recurrenceDate ?? null,
          isOfSeries: isInstance(block),
        });
      }
    } else if (!BEGINS_WITH_YEAR.test(startDate) && keeps(block)) found.unreadable.push(block);
  });
  if (templates.length > 0) {
    await records.lookThroughDeleted(timeBlocks, (block) => noteInstance(taken, block));
    for (const template of templates) addSeries(found, calendar, range, template, taken.get(template.id));
  }
  found.times.sort((a, b) => a.start - b.start || (keyOfTime(a) < keyOfTime(b) ? -1 : 1));
  return { times: found.times, unreadable: found.unreadable };
}

/** What tells a time of the agenda from every other. */
export function keyOfTime({ block, day }: AgendaTime): string {
  return `${block.id} ${day ?? ""}`;
}

/** A block of which the times are made by a rule. */
export function isTemplate({ parentBlockId, recurrenceRule }: PlainBlock): boolean {
  return typeof recurrenceRule === "string" && recurrenceRule !== "" && typeof parentBlockId !== "string";
}

/** Whether a block stands for one day of a series. */
export function isInstance({ parentBlockId, recurrenceDate }: PlainBlock): boolean {
  return typeof parentBlockId === "string" && typeof recurrenceDate === "string";
}

/** The series of a template, for the calendar. */
export function seriesOf(template: PlainBlock, span: Span): CalendarSeries {
  return { rule: template.recurrenceRule ?? "", start: span.start, isAllDay: template.allDay === true };
}

interface RangeOfTime {
  readonly from: string;
  readonly to: string;
  readonly start: number;
  readonly end: number;
}

interface Found {
  readonly times: AgendaTime[];
  readonly unreadable: PlainBlock[];
}

/** Takes a time that lies in the range, at least with a part of it. */
function offer(found: Found, range: RangeOfTime, time: AgendaTime): void {
  const isOver = time.end === null
    ? time.start < range.start
    : time.end <= range.start && time.start < range.start;
  if (!isOver && time.start < range.end) found.times.push(time);
}

/** Notes for which day of which series a block stands. */
function noteInstance(taken: Map<string, Set<string>>, { parentBlockId, recurrenceDate }: PlainBlock): void {
  if (typeof parentBlockId !== "string" || typeof recurrenceDate !== "string") return;
  const days = taken.get(parentBlockId);
  if (days === undefined) taken.set(parentBlockId, new Set([recurrenceDate]));
  else days.add(recurrenceDate);
}

/** The times of a series without the days for which an instance stands, or stood. */
function addSeries(
  found: Found,
  calendar: Calendar,
  range: RangeOfTime,
  template: PlainBlock,
  taken: ReadonlySet<string> | undefined,
): void {
  const span = spanOf(template, calendar);
  if (span === null) return void found.unreadable.push(template);
  const length = span.end === null ? null : span.end - span.start;
  // A time that begins before the range may last into it.
  const reach = Math.min(MAX_REACH_DAYS, Math.ceil((length ?? 0) / DAY_MS));
  const times = calendar.occurrences(seriesOf(template, span), addDays(range.from, -reach), range.to);
  if (times === null) {
    found.unreadable.push(template);
    return offer(found, range, { block: template, ...span, day: null, isOfSeries: true });
  }
  for (const { day, start } of times) {
    if (taken?.has(day) === true) continue;
    const end = length === null
      ? null
      : template.allDay === true
      ? calendar.endOfDay(addDays(day, Math.min(MAX_REACH_DAYS, Math.round((length + 1_000) / DAY_MS) - 1)))
      : start + length;
    offer(found, range, { block: template, start, end, day, isOfSeries: true });
  }
}

const BEGINS_WITH_YEAR = /^\d{4}-/;
const DAY_MS = 86_400_000;
/** Longer times of a series are shown on their first days only. */
const MAX_REACH_DAYS = 30;
