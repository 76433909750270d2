// Signs: omens, fortunes and hunches, and what became of them. The rows are what the web app stores (contract: modules, augur):
// a new sign is private.
import { z } from "zod";
import {
  changedOutput,
  choices,
  createdOutput,
  dayInput,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  recordId,
  recordOutput,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { oracle } from "./augur_oracle.ts";
import { Kind, signs, SourceCategory, textsOf, Vibe } from "./augur_signs.ts";

const text = z.string().max(2_000).optional();

const capture = defineTool({
  name: "augur.capture",
  title: "Note a sign",
  access: "write",
  description:
    "Note an omen, a fortune or a hunch: where it came from and what it says. Only the person sees it.",
  input: z.object({
    kind: Kind,
    source: visibleText(500).describe("what or who gave the sign"),
    claim: visibleText(2_000).describe("what it says"),
    sourceCategory: SourceCategory.default("other"),
    vibe: Vibe.default("mysterious"),
    feltMeaning: text,
    expectedOutcome: text,
    expectedBy: dayInput.optional().describe("the day by which it shows"),
    probability: z.number().min(0).max(1).optional(),
    encounteredAt: dayInput.optional().describe("the day of the sign, else today"),
    tags: z.array(visibleText(100)).max(50).optional(),
  }),
  output: createdOutput,
  async run({ kind, source, claim, sourceCategory, vibe, encounteredAt, ...input }, { records, today }) {
    const day = encounteredAt ?? today;
    if (input.expectedBy !== undefined && input.expectedBy < day) {
      refuseInput(`expectedBy: it is before the day of the sign, ${day}`);
    }
    const { id } = await records.insert(signs, {
      kind,
      source,
      claim,
      sourceCategory,
      vibe,
      ...filledFields(input),
      encounteredAt: day,
    });
    return { id };
  },
});

const list = defineTool({
  name: "augur.list",
  title: "List signs",
  access: "read",
  description:
    "List signs in full: the open ones by the day by which they show, those that are due, or all, the newest first.",
  input: z.object({
    show: z.enum(["open", "due", "all"]).default("open").describe("due: open and their day has come"),
    kind: Kind.optional(),
    query: textFilterInput,
    ...pageInput({ most: 100, usual: 30 }),
  }),
  output: z.object({ signs: z.array(recordOutput(signs)), ...pageOutput }),
  async run(input, { records, today }) {
    const { show, kind } = input;
    const { rows, ...end } = await records.list(signs, {
      where: (sign) => {
        if (kind !== undefined && sign.kind !== kind) return false;
        if (show === "all") return true;
        if (sign.outcome !== "open" || sign.isArchived === true) return false;
        return show === "open" ||
          (typeof sign.expectedBy === "string" && sign.expectedBy.slice(0, 10) <= today);
      },
      order: [
        ...(show === "all" ? [] : [{ field: "expectedBy" as const, missing: "9999-12-31" }]),
        { field: "encounteredAt", direction: "descending", missing: "" },
      ],
      match: textFilter(input.query, textsOf),
      page: input,
    });
    return { signs: [...rows], ...end };
  },
});

const resolve = defineTool({
  name: "augur.resolve",
  title: "Resolve a sign",
  access: "write",
  idempotent: true,
  description: "Say whether a sign came true. `open` takes an earlier answer back.",
  input: z.object({
    id: recordId("sign", "augur.list"),
    outcome: choices("augur/augurEntries", "outcome"),
    note: text.describe("what happened"),
  }),
  output: changedOutput,
  async run({ id, outcome, note = "" }, { records, now }) {
    const { changed } = await records.update(signs, id, (sign) => {
      if (outcome === "open") return { outcome, outcomeNote: null, resolvedAt: null };
      const isSame = sign.outcome === outcome;
      // The same answer again keeps its note and its day.
      const outcomeNote = note.trim() === "" ? isSame ? sign.outcomeNote : null : note;
      return { outcome, outcomeNote, resolvedAt: isSame ? sign.resolvedAt ?? now : now };
    });
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(signs, {
  name: "augur.delete",
  title: "Delete a sign",
  listedBy: "augur.list",
  titleOf: ({ source, claim }) => claim ?? source,
});

/** Signs. */
export const augurModule: Module = defineModule({
  name: "augur",
  label: "Signs",
  nouns: ["sign"],
  group: "Leisure",
  spaceTypes: ["personal"],
  tools: [capture, list, resolve, oracle, remove],
  writes: [signs],
  actions: { update: "resolve" },
  resource: defineResource({ module: "augur", title: "Signs", table: signs }),
});
