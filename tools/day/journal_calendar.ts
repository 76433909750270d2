// The journal as a calendar: which days have entries, and of which mood. Reads plaintext alone: no text is opened, and no key is asked for
// (contract: modules, journal).
import { z } from "zod";
import {
  addDays,
  counted,
  dayInput,
  daysBetween,
  defineAppTable,
  defineTool,
  isDay,
  type PlainRecordOf,
  refuseInput,
  rowsThatFit,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";

/** Journal entries without what is sealed of them: of this table nothing can be opened. */
const entryDays = defineAppTable("journal/journalEntries", {
  record: "journal entry",
  fields: ["entryDate", "mood", "isArchived", "wordCount"],
  as: { wordCount: z.number().default(0) },
});

const Day = z.object({
  day: z.string(),
  count: z.int(),
  entries: z.array(z.object({ id: z.string(), mood: z.string().optional(), words: z.number().optional() })),
});

/** journal.calendar */
export const journalCalendar = defineTool({
  name: "journal.calendar",
  title: "Journal by days",
  access: "read",
  view: "journal",
  description:
    "Which days have diary entries, with moods and word counts, without texts: this month, or `from` to `to`. {journal.read} gives " +
    "a text. With `nextFrom` there is more from that day on.",
  input: z.object({
    from: dayInput.optional().describe("first of the month by default"),
    to: dayInput.optional().describe("end of that month by default"),
    includeArchived: z.boolean().default(false),
    timeZone: timeZoneInput,
  }),
  output: z.object({
    from: z.string(),
    to: z.string(),
    today: z.string(),
    days: z.array(Day),
    nextFrom: z.string().optional(),
  }),
  async run(input, { calendar, records }) {
    const { today } = calendar(input.timeZone);
    const { from, to } = rangeOf(input, today);
    const byDay = new Map<string, PlainRecordOf<typeof entryDays>[]>();
    await records.scan(entryDays, {
      where: ({ entryDate, isArchived }) => {
        const day = entryDate?.slice(0, 10) ?? "";
        return day >= from && day <= to && isDay(day) && (input.includeArchived || isArchived !== true);
      },
    }, (entry) => {
      const day = entry.entryDate?.slice(0, 10) ?? "";
      const ofDay = byDay.get(day);
      if (ofDay === undefined) byDay.set(day, [entry]);
      else ofDay.push(entry);
    });
    const days = [...byDay].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([day, entries]) => ({ day, count: entries.length, entries: shownEntries(entries) }));
    const shown = rowsThatFit(days);
    const next = days[shown.length];
    return { from, to, today, days: shown, ...(next === undefined ? {} : { nextFrom: next.day }) };
  },
});

/** Days of one call. */
const MAX_DAYS = 366;
/** Entries of a day that are told one by one; `count` has all. */
const MAX_PER_DAY = 20;
/** Characters of a mood: what another writer stored is no word of the apps. */
const MAX_MOOD_CHARS = 40;

/** The entries of a day, the first one first. */
function shownEntries(entries: readonly PlainRecordOf<typeof entryDays>[]) {
  return entries.toSorted((a, b) => placeOf(a) < placeOf(b) ? -1 : 1).slice(0, MAX_PER_DAY)
    .map(({ id, mood, wordCount }) => ({
      id,
      ...(mood ? { mood: mood.slice(0, MAX_MOOD_CHARS) } : {}),
      ...(wordCount === undefined ? {} : { words: wordCount }),
    }));
}

function placeOf({ id, createdAt }: PlainRecordOf<typeof entryDays>): string {
  return `${createdAt ?? ""} ${id}`;
}

/** The days that are asked for. Throws Refused `input-invalid` for an end before the start, and for too many days. */
function rangeOf(
  input: { readonly from?: string | undefined; readonly to?: string | undefined },
  today: string,
): { readonly from: string; readonly to: string } {
  const from = input.from ?? firstOfMonth(input.to ?? today);
  const to = input.to ?? addDays(firstOfMonth(addDays(firstOfMonth(from), 31)), -1);
  if (to < from) refuseInput("to: it is before `from`");
  if (daysBetween(from, to) > MAX_DAYS) {
    refuseInput(`to: it is more than ${counted(MAX_DAYS, "day")} after \`from\``);
  }
  return { from, to };
}

function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}
