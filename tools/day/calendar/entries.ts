// How times of the agenda are shown: opened, as entries of a listing, and as start and end.
import { z } from "zod";
import {
  addDays,
  type Calendar,
  counted,
  daysBetween,
  type PlainRecordOf,
  type ReadRecords,
  refuseInput,
  type StoredRecordOf,
} from "../../../lib/tool/authoring.ts";
import type { Agenda, AgendaTime } from "../agenda.ts";
import { events } from "./tables.ts";
import { timeBlocks } from "../time_blocks.ts";

/** Start and end of a time in a calendar, as every tool shows it: days where it has days. */
export const timeOutput = {
  start: z.string(),
  end: z.string().optional(),
  allDay: z.boolean(),
} as const;

/** A time of a listing. `module` is absent for events of the calendar, `day` for what does not repeat. */
export const Entry = z.object({
  id: z.string(),
  module: z.string().optional(),
  day: z.string().optional(),
  title: z.string().optional(),
  ...timeOutput,
  location: z.string().optional(),
  calendarId: z.string().optional(),
  recurring: z.boolean().optional(),
  ruleUnreadable: z.boolean().optional(),
});

/** Whether a block is an event's of this module. */
export function isOfCalendar({ type, sourceModule }: PlainRecordOf<typeof timeBlocks>): boolean {
  return type === "event" && sourceModule === "calendar";
}

/** Whether a block says that it is this event's. The event's word alone would not do: it can name a block of something else. */
export function isOfEvent(id: string, block: PlainRecordOf<typeof timeBlocks>): boolean {
  return isOfCalendar(block) && block.sourceId === id;
}

/** The days that a listing is asked for. Throws Refused `input-invalid` for an end before the start, and for too many days. */
export function rangeOf(
  input: { readonly from?: string | undefined; readonly to?: string | undefined },
  zone: Calendar,
  { usual = 6, most = MAX_DAYS }: { readonly usual?: number; readonly most?: number } = {},
): { readonly from: string; readonly to: string } {
  const from = input.from ?? (input.to !== undefined && input.to < zone.today ? input.to : zone.today);
  const to = input.to ?? addDays(from, usual);
  if (to < from) refuseInput("to: it is before `from`");
  if (daysBetween(from, to) > most) refuseInput(`to: it is more than ${counted(most, "day")} after \`from\``);
  return { from, to };
}

/** A time as tools show it. */
export function shownTime(
  zone: Calendar,
  { start, end, allDay }: { readonly start: number; readonly end: number | null; readonly allDay: boolean },
): { start: string; end?: string; allDay: boolean } {
  const show = (instant: number) => allDay ? zone.dayAt(instant) : zone.localTime(instant);
  return { start: show(start), ...(end === null ? {} : { end: show(end) }), allDay };
}

/** A time with its block and its event open. */
export interface Opened {
  readonly time: AgendaTime;
  readonly block: StoredRecordOf<typeof timeBlocks> | undefined;
  readonly event: StoredRecordOf<typeof events> | undefined;
}

/**
 * Opens the blocks of these times, and their events, as far as they have any.
 *
 * @param isShown whether the result has an entry of each; otherwise they are searched for words
 */
export async function openTimes(
  records: ReadRecords,
  times: readonly AgendaTime[],
  isShown = true,
): Promise<Opened[]> {
  if (times.length === 0) return [];
  const blocks = new Map<string, StoredRecordOf<typeof timeBlocks>>();
  const owned = new Map<string, StoredRecordOf<typeof events>>();
  const eventIds = new Set(times.flatMap(({ block }) => isOfCalendar(block) ? block.sourceId ?? [] : []));
  await records.scan(
    events,
    { ids: eventIds, isSearch: !isShown && eventIds.size > 0 },
    (event) => owned.set(event.id, event),
  );
  const keep = (block: StoredRecordOf<typeof timeBlocks>) => void blocks.set(block.id, block);
  // An entry bears the id of the event, and the title of its block, which is the event's own. Any other block is counted by itself.
  const { named = [], unnamed = [] } = Object.groupBy(
    times.map(({ block }) => block),
    (block) => isOfCalendar(block) && owned.has(block.sourceId ?? "") ? "named" : "unnamed",
  );
  const idsOf = (some: readonly { readonly id: string }[]) => new Set(some.map(({ id }) => id));
  if (named.length > 0) await records.scan(timeBlocks, { ids: idsOf(named) }, keep);
  if (unnamed.length > 0) {
    const isSearch = !isShown && eventIds.size === 0;
    const shows = isShown ? { shows: ["title"] as const } : {};
    await records.scan(timeBlocks, { ids: idsOf(unnamed), isSearch, ...shows }, keep);
  }
  return times.map((time) => ({
    time,
    block: blocks.get(time.block.id),
    event: isOfCalendar(time.block) ? owned.get(time.block.sourceId ?? "") : undefined,
  }));
}

/** A time as a listing shows it. */
export function entryOf(
  zone: Calendar,
  agenda: Agenda,
  { time, block, event }: Opened,
): z.input<typeof Entry> {
  const { sourceModule, sourceId } = time.block;
  const location = event?.location?.slice(0, MAX_SHOWN_CHARS);
  return {
    id: sourceId ?? time.block.id,
    ...(isOfCalendar(time.block) ? {} : { module: sourceModule ?? "" }),
    ...(time.day === null ? {} : { day: time.day }),
    ...(block?.title === undefined ? {} : { title: block.title.slice(0, MAX_SHOWN_CHARS) }),
    ...shownTime(zone, { ...time, allDay: time.block.allDay === true }),
    ...(location === undefined || location === "" ? {} : { location }),
    ...(event?.calendarId === undefined ? {} : { calendarId: event.calendarId }),
    ...(time.isOfSeries ? { recurring: true } : {}),
    ...(agenda.unreadable.includes(time.block) ? { ruleUnreadable: true } : {}),
  };
}

/** Whether something of a time could not be read. */
export function hasUnreadable({ block, event }: Opened): boolean {
  return (block?.unreadable ?? event?.unreadable ?? []).length > 0;
}

/** Days that one call may ask for. */
export const MAX_DAYS = 366;
/** Characters of a title or a place that a listing shows. */
const MAX_SHOWN_CHARS = 300;
