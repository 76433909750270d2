// Dreams: what assistants can do with the dream diary. The rows are what the web app stores (contract: modules, dreams).
import { z } from "zod";
import {
  counted,
  dayRangeInput,
  defineModule,
  defineResource,
  defineTool,
  deletedOutput,
  deleteQuestion,
  type Module,
  pageInput,
  pageOutput,
  recordId,
  recordOutput,
  recordOutputOf,
  refuseInput,
  textFilter,
  textFilterInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { blocksOf } from "./blocks_of.ts";
import { countSymbols, dreams, dreamSymbols } from "./dream_tables.ts";
import { create, update } from "./dream_writing.ts";

const LISTED = ["title", "dreamDate", "mood", "isLucid", "symbols", "isPinned", "isArchived"] as const;

const list = defineTool({
  name: "dreams.list",
  title: "List dreams",
  access: "read",
  description:
    "List dreams, pinned ones first, then the newest, without their text: that comes by {dreams.read}. `query` looks into all texts. " +
    "Mood words: angenehm (pleasant), neutral, unangenehm (unpleasant), albtraum (nightmare).",
  input: z.object({
    query: textFilterInput,
    symbol: z.string().max(100).optional().describe("only dreams with this symbol"),
    ...dayRangeInput,
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({ dreams: z.array(recordOutputOf(dreams, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const isAsked = withinDays(input);
    const symbol = input.symbol?.trim().toLowerCase() ?? "";
    const { rows, ...end } = await records.list(dreams, {
      where: ({ dreamDate, isArchived, symbols = [] }) =>
        isAsked(dreamDate) && (input.includeArchived || isArchived !== true) &&
        (symbol === "" || symbols.some((name) => name.toLowerCase() === symbol)),
      match: textFilter(
        input.query,
        ({ title, content, location, interpretation, people, emotions, symbols }: Texts) => [
          title,
          content,
          location,
          interpretation,
          people,
          emotions,
          symbols,
        ],
      ),
      show: LISTED,
      order: [
        { field: "isPinned", direction: "descending", missing: false },
        { field: "dreamDate", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { dreams: [...rows], ...end };
  },
});

const read = defineTool({
  name: "dreams.read",
  title: "Read a dream",
  access: "read",
  description:
    "Read one dream. `content` begins at `offset`; where it is too long for one result, `nextOffset` is where to go on.",
  input: z.object({
    id: recordId("dream", "dreams.list"),
    offset: z.int().min(0).default(0).describe("character of the content to begin at"),
  }),
  output: z.object({
    dream: recordOutput(dreams),
    contentChars: z.number(),
    nextOffset: z.number().optional(),
  }),
  async run({ id, offset }, { records }) {
    const { record, chars, nextOffset } = await records.getPortion(dreams, id, "content", offset);
    if (offset > chars) refuseInput(`offset: the content has only ${counted(chars, "character")}`);
    return { dream: record, contentChars: chars, nextOffset };
  },
});

const remove = defineTool({
  name: "dreams.delete",
  title: "Delete a dream",
  access: "destructive",
  view: "approval",
  description:
    "Delete a dream, with its night in the calendar. The person is asked first, by the gateway: do not ask them yourself. No tool " +
    "brings it back, only the Mana app where the person uses it. To hide a dream, archive it with {dreams.update}.",
  input: z.object({ id: recordId("dream", "dreams.list") }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    const { title, dreamDate } = await records.get(dreams, id);
    return deleteQuestion(dreams, { id, title: [title, dreamDate].filter(Boolean).join(", ") });
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      const { symbols = [] } = await records.get(dreams, id);
      for (const block of await blocksOf(records, "dreams", id)) await rows.remove(timeBlocks, block);
      await countSymbols(records, rows, { before: symbols, after: [] });
      await rows.remove(dreams, id);
    });
    return { ok: true as const, id };
  },
});

/** What the text filter looks into. */
interface Texts {
  readonly title?: string | null;
  readonly content?: string;
  readonly location?: string | null;
  readonly interpretation?: string | null;
  readonly people?: readonly string[];
  readonly emotions?: readonly string[];
  readonly symbols?: readonly string[];
}

/** Dreams. */
export const dreamsModule: Module = defineModule({
  name: "dreams",
  label: "Dreams",
  nouns: ["dream"],
  group: "Wellbeing",
  spaceTypes: ["personal"],
  tools: [create, list, read, update, remove],
  writes: [dreams, dreamSymbols, timeBlocks],
  resource: defineResource({ module: "dreams", title: "Dreams", table: dreams }),
});
