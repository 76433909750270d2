// Last times: suspected, confirmed, reclaimed. The rows are what the web app stores (contract: modules, lasts). The app also
// suggests last times out of other records: such a one waits with `inferredFrom` until the person takes it or not.
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  dayInput,
  defineAppTable,
  defineModule,
  defineResource,
  defineTool,
  deletedOutput,
  deleteQuestion,
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

const lasts = defineAppTable("lasts/lasts", {
  record: "last time",
  fields: [
    "title",
    "status",
    "category",
    "confidence",
    "inferredFrom",
    "date",
    "meaning",
    "note",
    "whatIKnewThen",
    "whatIKnowNow",
    "tenderness",
    "wouldReclaim",
    "reclaimedAt",
    "reclaimedNote",
    "personIds",
    "sharedWith",
    "recognisedAt",
    "isPinned",
    "isArchived",
  ],
});

/** What the person did not want to be suggested: the app never suggests it again. */
const cooldowns = defineAppTable("lasts/lastsCooldown", {
  record: "dismissed suggestion",
  fields: ["refTable", "refId", "dismissedAt"],
});

const Id = recordId("last time", "lasts.list");
const Status = choices("lasts/lasts", "status");
const Category = choices("lasts/lasts", "category");
const text = z.string().max(5_000).optional();

/** What a new last time and a changed one take alike. */
const fields = {
  category: Category.optional(),
  confidence: choices("lasts/lasts", "confidence").optional().describe("confirmed is always certain"),
  date: dayInput.optional(),
  meaning: text,
  note: text,
  whatIKnewThen: text,
  whatIKnowNow: text,
  tenderness: z.int().min(1).max(5).optional(),
  wouldReclaim: choices("lasts/lasts", "wouldReclaim").optional(),
  sharedWith: z.string().max(500).optional().describe("who was there"),
  isPinned: z.boolean().optional(),
} as const;

const create = defineTool({
  name: "lasts.create",
  title: "Add a last time",
  access: "write",
  description:
    "Note that something was, or may have been, the last time. A confirmed one has a day: today unless said.",
  input: z.object({
    title: visibleText(300),
    status: z.enum(["suspected", "confirmed"]).default("suspected"),
    ...fields,
  }),
  output: createdOutput,
  async run({ title, status, ...input }, { records, now, today }) {
    const filled = filledFields(input);
    if (status === "confirmed") demandCertain(filled);
    const { id } = await records.insert(lasts, {
      title,
      status,
      ...filled,
      ...(status === "confirmed" ? { confidence: "certain", date: filled.date ?? today } : {}),
      recognisedAt: now,
    });
    return { id };
  },
});

const list = defineTool({
  name: "lasts.list",
  title: "List last times",
  access: "read",
  description:
    "List last times in full, the newest first, reclaimed ones at the end. One with `inferredFrom` is a suggestion. " +
    "Archived ones only when asked for.",
  input: z.object({
    status: Status.optional(),
    category: Category.optional(),
    query: textFilterInput,
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({ lasts: z.array(recordOutput(lasts)), ...pageOutput }),
  async run(input, { records }) {
    const { status, category, includeArchived } = input;
    const { rows, ...end } = await records.list(lasts, {
      where: (last) =>
        (status === undefined || last.status === status) &&
        (category === undefined || last.category === category) &&
        (includeArchived || last.isArchived !== true),
      order: [
        { field: "isPinned", direction: "descending", missing: false },
        // Only a reclaimed one has this instant.
        { field: "reclaimedAt", missing: "" },
        { field: "date", direction: "descending", missing: "" },
        { field: "createdAt", direction: "descending", missing: "" },
      ],
      match: textFilter(input.query, textsOf),
      page: input,
    });
    return { lasts: [...rows], ...end };
  },
});

const update = defineTool({
  name: "lasts.update",
  title: "Change a last time",
  access: "write",
  idempotent: true,
  description:
    "Change a last time: confirm it (its day is `date`, else today), say that it happened again (reclaimed), or archive it. " +
    "`status` also takes a suggestion over.",
  input: z.object({
    id: Id,
    title: visibleText(300).optional(),
    status: Status.optional(),
    ...fields,
    reclaimedNote: text.describe("with reclaimed: how it happened again"),
    isArchived: z.boolean().optional(),
    clear: clearInput([
      "confidence",
      "date",
      "meaning",
      "note",
      "whatIKnewThen",
      "whatIKnowNow",
      "tenderness",
      "wouldReclaim",
      "reclaimedNote",
      "sharedWith",
    ]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records, now, today }) {
    const patch = patchOf(input, clear);
    const { changed } = await records.update(lasts, id, (last) => {
      const status = patch.status ?? last.status;
      if (patch.reclaimedNote && status !== "reclaimed") {
        refuseInput('reclaimedNote: give the status "reclaimed" as well');
      }
      if (status === "confirmed") demandCertain(patch);
      if (patch.status === undefined) return patch;
      if (patch.status === last.status) return { ...patch, inferredFrom: null };
      const date = patch.date ?? last.date ?? today;
      return {
        ...patch,
        ...(status === "confirmed" ? { confidence: "certain", date } : {}),
        reclaimedAt: status === "reclaimed" ? now : null,
        inferredFrom: null,
      };
    });
    return { ok: true as const, changed };
  },
});

const remove = defineTool({
  name: "lasts.delete",
  title: "Delete a last time",
  access: "destructive",
  view: "approval",
  description:
    "Delete a last time, or dismiss a suggestion, which is then never made again. The person is asked first, by the " +
    "gateway: do not ask them yourself. To hide a last time, use {lasts.update} with `isArchived`.",
  input: z.object({ id: Id }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    const { title } = await records.get(lasts, id);
    return deleteQuestion(lasts, title === undefined ? { id } : { id, title });
  },
  async run({ id }, { records, now }) {
    await records.writeTogether(async (rows) => {
      const from = Inferred.safeParse((await records.get(lasts, id)).inferredFrom);
      if (from.success) {
        const { refTable, refId } = from.data;
        await rows.insert(cooldowns, { refTable, refId, dismissedAt: now });
      }
      await rows.remove(lasts, id);
    });
    return { ok: true as const, id };
  },
});

/** Last times. */
export const lastsModule: Module = defineModule({
  name: "lasts",
  label: "Last times",
  group: "Leisure",
  spaceTypes: ["personal"],
  tools: [create, list, update, remove],
  writes: [lasts, cooldowns],
  resource: defineResource({ module: "lasts", title: "Last times", table: lasts }),
});

/** What a text filter looks into. */
function textsOf(last: Partial<Record<(typeof SEARCHED)[number], unknown>>): readonly unknown[] {
  return SEARCHED.map((name) => last[name]);
}

const SEARCHED = ["title", "meaning", "note", "whatIKnewThen", "whatIKnowNow", "reclaimedNote"] as const;

/** Of what a suggestion was made. */
const Inferred = z.looseObject({ refTable: z.string().min(1), refId: z.string().min(1) });

/** Refuses to make a confirmed last time doubtful, or to take its day away. */
function demandCertain({ confidence, date }: { confidence?: string | null; date?: string | null }): void {
  if (confidence !== undefined && confidence !== "certain") {
    refuseInput("confidence: a confirmed last time is certain");
  }
  if (date === null) refuseInput("clear: a confirmed last time has a date");
}
