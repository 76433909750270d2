// The tools of the calendar that list. What lies in a range is agenda.ts, how it is shown entries.ts.
import { z } from "zod";
import {
  dayInput,
  defineTool,
  pageInput,
  pageOutput,
  type ReadRecords,
  recordOutput,
  refuseInput,
  rowsThatFit,
  textFilter,
  textFilterInput,
  timeZoneInput,
} from "../../../lib/tool/authoring.ts";
import { timeEntries } from "../../money/time_entries.ts";
import { type AgendaTime, keyOfTime, type PlainBlock, readAgenda } from "../agenda.ts";
import { Entry, entryOf, hasUnreadable, isOfCalendar, type Opened, openTimes, rangeOf } from "./entries.ts";
import { calendars, events } from "./tables.ts";

/** Modules of which the blocks can be listed beside the events of the calendar. */
export const ALSO = ["todo", "habits", "events", "times"] as const;

/** calendar.list */
export const list = defineTool({
  name: "calendar.list",
  title: "List what is in the calendar",
  access: "read",
  view: "week",
  description:
    "List the calendar events from `from` (today by default) to `to` (a week by default), both included, by start, with every time " +
    "of a series: `id` with `day` names one of them. `also` adds the time blocks of tasks, habits, parties and tracked time; they have a " +
    "`module`, and `id` is that of their record.",
  input: z.object({
    from: dayInput.optional().describe("YYYY-MM-DD"),
    to: dayInput.optional().describe("at most 366 days later"),
    query: textFilterInput,
    calendarId: z.string().max(256).optional(),
    also: z.array(z.enum(ALSO)).max(ALSO.length).default([]),
    timeZone: timeZoneInput,
    ...pageInput({ most: 500, usual: 100 }),
  }),
  output: z.object({ entries: z.array(Entry), ...pageOutput }),
  async run(input, { calendar, records, demand, space }) {
    for (const module of input.also) demand(module, "read");
    const isShown = input.also.includes("times") && space?.kind !== "personal"
      ? await shownEntries(records)
      : () => true;
    const zone = calendar(input.timeZone);
    const { from, to } = rangeOf(input, zone);
    const agenda = await readAgenda(records, zone, {
      from,
      to,
      keeps: (block) =>
        isOfCalendar(block) ||
        (input.calendarId === undefined && input.also.some((one) => one === block.sourceModule) &&
          isShown(block)),
    });
    const shown = await withoutHidden(records, agenda.times, input.calendarId);
    const matches = textFilter(
      input.query,
      (one: Opened) => [one.block?.title, one.block?.description, one.event?.location],
    );
    const after = placeOf(input.cursor);
    const rest = after === null ? shown : shown.filter((time) => isAfter(time, after));
    const found = matches === undefined
      ? rest
      : (await openTimes(records, rest, false)).filter(matches).map(({ time }) => time);
    const opened = await openTimes(records, found.slice(0, input.limit));
    const fitting = rowsThatFit(opened.map((one) => entryOf(zone, agenda, one)));
    const hasMore = fitting.length < found.length;
    const last = opened[fitting.length - 1];
    return {
      entries: fitting,
      hasMore,
      ...(hasMore && last !== undefined ? { nextCursor: `${last.time.start} ${keyOfTime(last.time)}` } : {}),
      unreadable: agenda.unreadable.length + opened.slice(0, fitting.length).filter(hasUnreadable).length,
    };
  },
});

/** calendar.calendars */
export const listCalendars = defineTool({
  name: "calendar.calendars",
  title: "List calendars",
  access: "read",
  description: "List the calendars. New events go into the default one.",
  input: z.object({ ...pageInput({ most: 200, usual: 100 }) }),
  output: z.object({ calendars: z.array(recordOutput(calendars)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(calendars, {
      order: [{ field: "createdAt", missing: "" }],
      page: input,
    });
    return { calendars: [...rows], ...end };
  },
});

/**
 * Which blocks a shared space shows of tracked time. Time entries are private, while their blocks are everybody's and have the same
 * text: so a block counts only with an entry that the caller may see.
 */
async function shownEntries(records: ReadRecords): Promise<(block: PlainBlock) => boolean> {
  const shown = new Set<string>();
  await records.lookThrough(timeEntries, ({ id }) => void shown.add(id));
  return ({ sourceModule, sourceId = "" }) => sourceModule !== "times" || shown.has(sourceId);
}

/** Leaves out what lies in hidden calendars, as the apps do; of a calendar that is named, shows nothing else. */
export async function withoutHidden(
  records: ReadRecords,
  times: readonly AgendaTime[],
  named: string | undefined,
): Promise<readonly AgendaTime[]> {
  const hidden = new Set<string>();
  await records.lookThrough(calendars, ({ id, isVisible }) => void (isVisible === false && hidden.add(id)));
  if (named === undefined && hidden.size === 0) return times;
  const calendarOf = new Map<string, string | undefined>();
  await records.lookThrough(events, ({ id, calendarId }) => void calendarOf.set(id, calendarId));
  return times.filter(({ block }) => {
    const calendar = isOfCalendar(block) ? calendarOf.get(block.sourceId ?? "") : undefined;
    return named === undefined ? calendar === undefined || !hidden.has(calendar) : calendar === named;
  });
}

/** Where a page begins: after this time. */
interface Place {
  readonly start: number;
  readonly key: string;
}

/** The cursor of this listing; null for its beginning. Nothing secret is in it: the listing gave its parts. */
function placeOf(cursor: string | undefined): Place | null {
  if (cursor === undefined || cursor === "") return null;
  const [, start, key] = /^(-?\d{1,15}) (.{1,300})$/.exec(cursor) ?? [];
  if (start === undefined || key === undefined) {
    return refuseInput("cursor: it is not from this listing; begin without it");
  }
  return { start: Number(start), key };
}

function isAfter(time: AgendaTime, { start, key }: Place): boolean {
  return time.start > start || (time.start === start && keyOfTime(time) > key);
}
