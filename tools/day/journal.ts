// The journal: what assistants can do with entries and moods. The rows are what the web app stores (contract: modules, journal).
import { z } from "zod";
import {
  choices,
  defineAppTable,
  defineModule,
  defineResource,
  defineTool,
  isDay,
  type Module,
  recordOutput,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const Mood = choices("journal/journalEntries", "mood");

const entries = defineAppTable("journal/journalEntries", {
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
  as: { mood: Mood.nullable().default(null), wordCount: z.number().default(0) },
});

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
    content: z.string().min(1).max(200_000).describe("the text"),
    entryDate: z.string().refine(isDay, "expected an existing day as YYYY-MM-DD").optional()
      .describe("the day described, YYYY-MM-DD"),
    timeZone: timeZoneInput,
    mood: Mood.optional(),
    tags: z.array(visibleText(100)).max(50).default([]).describe("free-text tags"),
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
      wordCount: input.content.split(/\s+/).filter((word) => word !== "").length,
    });
    return { entry, timeZone };
  },
});

/** Journal. */
export const journalModule: Module = defineModule({
  name: "journal",
  label: "Journal",
  group: "Your data",
  spaceTypes: ["personal"],
  tools: [add],
  resource: defineResource({
    module: "journal",
    title: "Journal",
    table: entries,
  }),
});
