// The journal: what assistants can do with entries and moods. Its days at a glance are in journal_calendar.ts. The rows are what the web app stores (contract: modules, journal).
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  counted,
  dayInput,
  dayRangeInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  demandReadable,
  isDay,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  recordOutputOf,
  refuseInput,
  timeZoneInput,
  visibleText,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { journalCalendar } from "./journal_calendar.ts";

const Mood = choices("journal/journalEntries", "mood");

/** Journal entries. */
export const entries = defineAppTable("journal/journalEntries", {
  record: "journal entry",
  fields: [
    "title",
    "content",
    "entryDate",
    "mood",
    "tags",
    "isPinned",
    "isArchived",
    "isFavorite",
    "wordCount",
  ],
  as: { wordCount: z.number().default(0) },
});

const LISTED = [
  "title",
  "entryDate",
  "mood",
  "tags",
  "isPinned",
  "isArchived",
  "isFavorite",
  "wordCount",
] as const;

const Id = recordId("journal entry", "journal.list");
const Tags = z.array(visibleText(100)).max(50);
/** Longest content that tools write. */
const MAX_CONTENT_CHARS = 200_000;

const add = defineTool({
  name: "journal.add",
  title: "Add a journal entry",
  access: "write",
  description:
    "Write a diary entry for a day. Without `entryDate` it is for today in `timeZone`, which the result names. Mood words: " +
    "dankbar (grateful), glücklich (happy), zufrieden (content), neutral, nachdenklich (thoughtful), traurig (sad), " +
    "gestresst (stressed), wütend (angry).",
  input: z.object({
    title: z.preprocess((title) => title === "" ? undefined : title, visibleText(500).optional()).optional()
      .describe("optional heading"),
    content: z.string().min(1).max(MAX_CONTENT_CHARS).describe("the text"),
    entryDate: z.string().refine(isDay, "expected an existing day as YYYY-MM-DD").optional()
      .describe("the day described, YYYY-MM-DD"),
    timeZone: timeZoneInput,
    mood: Mood.optional(),
    tags: Tags.default([]).describe("free-text tags"),
  }),
  output: z.object({ entry: recordOutput(entries), timeZone: z.string() }),
  async run({ entryDate, timeZone: named, ...input }, { calendar, records }) {
    const { timeZone, today } = calendar(named);
    const entry = await records.insert(entries, {
      ...input,
      entryDate: entryDate ?? today,
      isPinned: false,
      isArchived: false,
      isFavorite: false,
      wordCount: wordsIn(input.content),
    });
    return { entry, timeZone };
  },
});

const list = defineTool({
  name: "journal.list",
  title: "List journal entries",
  access: "read",
  description:
    "List diary entries by days, mood, tag and words of the text: pinned ones first, then the latest day; with a query the best " +
    "hits first. Each has a `snippet` of its content, {journal.read} gives all of it.",
  input: z.object({
    ...dayRangeInput,
    mood: Mood.optional(),
    tag: z.string().max(100).optional(),
    query: z.string().max(500).default("").describe(
      "words that all have to occur, in double quotes as a phrase",
    ),
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({
    entries: z.array(recordOutputOf(entries, LISTED).extend({ snippet: z.string().optional() })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const isWithin = withinDays(input);
    const { rows, ...end } = await records.search(entries, {
      query: input.query,
      heading: "title",
      body: "content",
      where: ({ entryDate, mood, tags, isArchived }) =>
        isWithin(entryDate) &&
        (input.mood === undefined || mood === input.mood) &&
        (!input.tag || tags?.includes(input.tag) === true) &&
        (input.includeArchived || isArchived !== true),
      order: [
        { field: "isPinned", direction: "descending", missing: false },
        { field: "entryDate", direction: "descending", missing: "" },
        { field: "createdAt", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { entries: rows.map(({ record, snippet }) => ({ ...record, snippet })), ...end };
  },
});

const read = defineTool({
  name: "journal.read",
  title: "Read a journal entry",
  access: "read",
  description:
    "Read one diary entry. `content` begins at `offset`; where it is too long for one result, `nextOffset` is where to go on.",
  input: z.object({ id: Id, offset: z.int().min(0).default(0) }),
  output: z.object({
    entry: recordOutput(entries),
    contentChars: z.number().describe("length of the whole content"),
    nextOffset: z.number().optional(),
  }),
  async run({ id, offset }, { records }) {
    const { record, chars, nextOffset } = await records.getPortion(entries, id, "content", offset);
    if (offset > chars) refuseInput(`offset: the content has only ${counted(chars, "character")}`);
    return { entry: record, contentChars: chars, nextOffset };
  },
});

const update = defineTool({
  name: "journal.update",
  title: "Change a journal entry",
  access: "write",
  idempotent: true,
  description:
    "Change a diary entry; what is left out stays. `content` overwrites the whole text, `tags` all tags: read the entry first.",
  input: z.object({
    id: Id,
    title: visibleText(500).optional(),
    // Never empty: a client that fills in every field would wipe the entry.
    content: z.string().min(1).max(MAX_CONTENT_CHARS).optional().describe("the new text as a whole"),
    entryDate: dayInput.optional(),
    mood: Mood.optional(),
    tags: Tags.optional(),
    isPinned: z.boolean().optional(),
    isFavorite: z.boolean().optional(),
    isArchived: z.boolean().optional().describe("true hides the entry"),
    clear: clearInput(["title", "mood"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const given = patchOf(input, clear);
    const patch = { ...given, ...(given.content === undefined ? {} : { wordCount: wordsIn(given.content) }) };
    const { changed } = await records.update(entries, id, (entry) => {
      // Nobody writes over a text that they could not read.
      if (given.content !== undefined) demandReadable(entries, entry, ["content"]);
      return patch;
    });
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(entries, {
  name: "journal.delete",
  title: "Delete a journal entry",
  listedBy: "journal.list",
  alsoInstead: "To hide an entry, use {journal.update} with `isArchived`.",
  titleOf: ({ title, entryDate }) => title || entryDate,
});

/** As the web app counts: what stands between white space. */
function wordsIn(content: string): number {
  return content.split(/\s+/).filter((word) => word !== "").length;
}

/** Journal. */
export const journalModule: Module = defineModule({
  name: "journal",
  label: "Journal",
  nouns: ["diary", "journal"],
  group: "Day",
  spaceTypes: ["personal"],
  tools: [add, list, journalCalendar, read, update, remove],
  writes: [entries],
  resource: defineResource({
    module: "journal",
    title: "Journal",
    table: entries,
  }),
});
