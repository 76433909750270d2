// First times: dreamt of, and lived. The rows are what the web app stores (contract: modules, firsts).
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  dayInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const firsts = defineAppTable("firsts/firsts", {
  record: "first time",
  fields: [
    "title",
    "status",
    "category",
    "motivation",
    "priority",
    "date",
    "note",
    "expectation",
    "reality",
    "rating",
    "wouldRepeat",
    "personIds",
    "sharedWith",
    "isPinned",
    "isArchived",
  ],
});

const Id = recordId("first time", "firsts.list");
const Status = choices("firsts/firsts", "status");
const Category = choices("firsts/firsts", "category");
const text = z.string().max(5_000).optional();

/** What only a lived first time has. */
const LIVED = ["date", "reality", "rating", "wouldRepeat"] as const;

/** What a new first time and a changed one take alike. */
const fields = {
  category: Category.optional(),
  motivation: text.describe("why the person wants it"),
  priority: z.int().min(1).max(3).optional().describe("3 is highest"),
  date: dayInput.optional().describe("lived: the day"),
  note: text,
  expectation: text,
  reality: text.describe("lived: how it was"),
  rating: z.int().min(1).max(5).optional().describe("lived"),
  wouldRepeat: choices("firsts/firsts", "wouldRepeat").optional().describe("lived"),
  sharedWith: z.string().max(500).optional().describe("who was there"),
  isPinned: z.boolean().optional(),
} as const;

const create = defineTool({
  name: "firsts.create",
  title: "Add a first time",
  access: "write",
  description:
    "Add something that the person wants to do for the first time (dream), or has done (lived, today unless said).",
  input: z.object({ title: visibleText(300), status: Status.default("dream"), ...fields }),
  output: createdOutput,
  async run({ title, status, ...input }, { records, today }) {
    const filled = filledFields(input);
    if (status === "dream") demandNothingLived(filled);
    const date = status === "lived" ? filled.date ?? today : null;
    const { id } = await records.insert(firsts, { title, status, ...filled, date });
    return { id };
  },
});

const list = defineTool({
  name: "firsts.list",
  title: "List first times",
  access: "read",
  description:
    "List first times in full: lived ones by day, then dreams by priority. Archived ones only when asked for.",
  input: z.object({
    status: Status.optional(),
    category: Category.optional(),
    query: textFilterInput,
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({ firsts: z.array(recordOutput(firsts)), ...pageOutput }),
  async run(input, { records }) {
    const { status, category, includeArchived } = input;
    const { rows, ...end } = await records.list(firsts, {
      where: (first) =>
        (status === undefined || first.status === status) &&
        (category === undefined || first.category === category) &&
        (includeArchived || first.isArchived !== true),
      order: [
        { field: "isPinned", direction: "descending", missing: false },
        { field: "status", direction: "descending", missing: "" },
        { field: "date", direction: "descending", missing: "" },
        { field: "priority", direction: "descending", missing: 0 },
        { field: "createdAt", direction: "descending", missing: "" },
      ],
      match: textFilter(input.query, textsOf),
      page: input,
    });
    return { firsts: [...rows], ...end };
  },
});

const update = defineTool({
  name: "firsts.update",
  title: "Change a first time",
  access: "write",
  idempotent: true,
  description:
    "Change a first time, say with `status` that it was lived (today, unless `date` says when) or is a dream again, or " +
    "archive it.",
  input: z.object({
    id: Id,
    title: visibleText(300).optional(),
    status: Status.optional(),
    ...fields,
    isArchived: z.boolean().optional(),
    clear: clearInput([
      "motivation",
      "priority",
      "note",
      "expectation",
      "reality",
      "rating",
      "wouldRepeat",
      "sharedWith",
    ]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records, today }) {
    const patch = patchOf(input, clear);
    const { changed } = await records.update(firsts, id, (first) => {
      if ((patch.status ?? first.status) !== "lived") {
        demandNothingLived(patch);
        return patch.status === "dream" ? { ...patch, date: null } : patch;
      }
      const isNew = first.status !== "lived" && patch.date === undefined;
      return isNew ? { ...patch, date: today } : patch;
    });
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(firsts, {
  name: "firsts.delete",
  title: "Delete a first time",
  listedBy: "firsts.list",
  titleOf: ({ title }) => title,
  alsoInstead: "To hide a first time, use {firsts.update} with `isArchived`.",
});

/** First times. */
export const firstsModule: Module = defineModule({
  name: "firsts",
  label: "First times",
  group: "Leisure",
  spaceTypes: ["personal", "family"],
  tools: [create, list, update, remove],
  writes: [firsts],
  resource: defineResource({ module: "firsts", title: "First times", table: firsts }),
});

/** What a text filter looks into. */
function textsOf(first: Partial<Record<(typeof SEARCHED)[number], unknown>>): readonly unknown[] {
  return SEARCHED.map((name) => first[name]);
}

const SEARCHED = ["title", "motivation", "note", "expectation", "reality", "sharedWith"] as const;

/** Refuses what only a lived first time has: without its status the apps would not show it. */
function demandNothingLived(given: Partial<Record<(typeof LIVED)[number], unknown>>): void {
  const lived = LIVED.find((name) => given[name] !== undefined && given[name] !== null);
  if (lived !== undefined) refuseInput(`${lived}: a dream has none, give the status "lived" as well`);
}
