// The listing of time entries, with their sums by project. Entries are ordered and found by their blocks, so the pages are pages of
// blocks.
import { z } from "zod";
import {
  type Calendar,
  dayRangeInput,
  defineTool,
  pageInput,
  pageOutput,
  recordId,
  rowsThatFit,
  textFilter,
  textFilterInput,
  timeZoneInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { MAX_DESCRIPTION_CHARS, secondsBetween, timedEntries, type TimedEntry } from "./time_entries.ts";

const Entry = z.object({
  id: z.string(),
  description: z.string(),
  start: z.string(),
  end: z.string().nullable(),
  seconds: z.number(),
  isRunning: z.boolean(),
  projectId: z.string().nullable(),
  clientId: z.string().nullable(),
  isBillable: z.boolean(),
  tags: z.array(z.string()),
});

/** Lists entries. */
export const listEntries = defineTool({
  name: "times.list",
  title: "List time entries",
  access: "read",
  description:
    "List time entries, newest first, and on the first page the seconds of all that match, also by project. " +
    "{times.projects} names the projects. `seconds` may be rounded, and then differ from start and end.",
  input: z.object({
    ...dayRangeInput,
    projectId: recordId("project", "times.projects").optional(),
    clientId: recordId("client", "times.projects").optional(),
    onlyBillable: z.boolean().default(false),
    query: textFilterInput,
    timeZone: timeZoneInput,
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    entries: z.array(Entry),
    sums: z.object({
      seconds: z.number(),
      byProject: z.array(z.object({ projectId: z.string().nullable(), seconds: z.number() })),
    }).optional(),
    ...pageOutput,
  }),
  async run({ timeZone, ...input }, { calendar: calendarOf, now, records }) {
    const calendar = calendarOf(timeZone);
    const isWithin = withinDays(input);
    const matches = textFilter(input.query, ({ entry }: TimedEntry) => [entry.description]);
    const chosen = new Map<string, TimedEntry>();
    for (const timed of await timedEntries(records, calendar)) {
      const { entry, block, start } = timed;
      const isChosen = (input.projectId === undefined || entry.projectId === input.projectId) &&
        (input.clientId === undefined || entry.clientId === input.clientId) &&
        (!input.onlyBillable || entry.isBillable === true) && isWithin(calendar.dayAt(start)) &&
        (matches === undefined || matches(timed));
      if (isChosen) chosen.set(block.id, timed);
    }
    const at = calendar.storedInstant(now) ?? 0;
    const shown = (limit: number) =>
      records.list(timeBlocks, {
        where: (block) => chosen.has(block.id),
        order: [{ field: "startDate", direction: "descending", missing: "" }],
        show: ["startDate"],
        page: { ...input, limit },
      });
    const entriesOf = (rows: readonly { readonly id: string }[]) =>
      rows.flatMap(({ id }) => {
        const timed = chosen.get(id);
        return timed === undefined ? [] : [shownEntry(timed, calendar, at)];
      });
    let { rows, ...end } = await shown(input.limit);
    // The page was filled by the size of the blocks. Where their entries are longer, a shorter page goes on at the right place.
    const fitting = rowsThatFit(entriesOf(rows)).length;
    if (fitting < rows.length) ({ rows, ...end } = await shown(Math.max(1, fitting)));
    const entries = entriesOf(rows);
    if (input.cursor !== undefined) return { entries, ...end };
    return { entries, sums: sumsOf([...chosen.values()], at), ...end };
  },
});

/** Projects that are told of: those with the most time. */
const MOST_PROJECTS = 40;

function shownEntry(timed: TimedEntry, calendar: Calendar, at: number): z.infer<typeof Entry> {
  const { entry, block, start, end } = timed;
  return {
    id: entry.id,
    description: (entry.description ?? "").slice(0, MAX_DESCRIPTION_CHARS),
    start: calendar.localTime(start),
    end: end === null ? null : calendar.localTime(end),
    seconds: secondsOf(timed, at),
    isRunning: block.isLive === true,
    projectId: entry.projectId ?? null,
    clientId: entry.clientId ?? null,
    isBillable: entry.isBillable === true,
    tags: [...entry.tags ?? []],
  };
}

/** Of an entry that runs: until now. */
function secondsOf({ entry, block, start }: TimedEntry, at: number): number {
  return block.isLive === true ? secondsBetween(start, at) : entry.duration ?? 0;
}

function sumsOf(entries: readonly TimedEntry[], at: number) {
  const byProject = new Map<string | null, number>();
  let seconds = 0;
  for (const timed of entries) {
    const projectId = timed.entry.projectId ?? null;
    seconds += secondsOf(timed, at);
    byProject.set(projectId, (byProject.get(projectId) ?? 0) + secondsOf(timed, at));
  }
  const most = [...byProject].sort(([, a], [, b]) => b - a).slice(0, MOST_PROJECTS);
  return { seconds, byProject: most.map(([projectId, seconds]) => ({ projectId, seconds })) };
}
