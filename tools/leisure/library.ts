// The library: books, films, series and comics, what the person thinks of them and how far they are. The rows are what the web
// app stores (contract: modules, library).
import { z } from "zod";
import {
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
  recordOutput,
  recordOutputOf,
  textFilter,
  textFilterInput,
  visibleText,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { setStatus, update } from "./library_changes.ts";
import { newDetails } from "./library_details.ts";
import { demandOrder, entries, fields, Id, Kind, LISTED, Status } from "./library_entries.ts";

const create = defineTool({
  name: "library.create",
  title: "Add to the library",
  access: "write",
  description:
    "Add a book, film, series or comic: as planned, or with the status it has. `active` takes today as its start, " +
    "`completed` as its end, unless a day is given.",
  input: z.object({
    kind: Kind,
    title: visibleText(500),
    status: Status.default("planned"),
    ...fields,
  }),
  output: createdOutput,
  async run({ kind, title, status, details, ...input }, { records, today }) {
    const startedAt = input.startedAt ?? (status === "active" ? today : null);
    const completedAt = input.completedAt ?? (status === "completed" ? today : null);
    if (input.completedAt !== undefined) demandOrder(startedAt, completedAt);
    const { id } = await records.insert(entries, {
      kind,
      title,
      status,
      ...filledFields(input),
      startedAt,
      completedAt,
      times: status === "completed" ? 1 : 0,
      details: newDetails(kind, details),
    });
    return { id };
  },
});

const list = defineTool({
  name: "library.list",
  title: "List the library",
  access: "read",
  description:
    "List books, films, series and comics, the ones changed last first. {library.read} gives the rest of one.",
  input: z.object({
    kind: Kind.optional(),
    status: Status.optional(),
    onlyFavorites: z.boolean().default(false),
    query: textFilterInput,
    from: dayInput.optional().describe("completed on this day or later"),
    to: dayInput.optional().describe("completed on this day or before"),
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({ entries: z.array(recordOutputOf(entries, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const { kind, status, onlyFavorites } = input;
    const isWithin = withinDays(input);
    const match = textFilter(input.query, textsOf);
    const { rows, ...end } = await records.list(entries, {
      where: (entry) =>
        (kind === undefined || entry.kind === kind) && (status === undefined || entry.status === status) &&
        (!onlyFavorites || entry.isFavorite === true) && isWithin(entry.completedAt),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      ...(match === undefined ? {} : { match }),
      show: LISTED,
      page: input,
    });
    return { entries: [...rows], ...end };
  },
});

const read = defineTool({
  name: "library.read",
  title: "Read a library entry",
  access: "read",
  description: "Read one entry in full: review, dates, how often it was completed, progress in `details`.",
  input: z.object({ id: Id }),
  output: z.object({ entry: recordOutput(entries) }),
  async run({ id }, { records }) {
    return { entry: await records.get(entries, id) };
  },
});

const remove = defineDeletion(entries, {
  name: "library.delete",
  title: "Delete a library entry",
  listedBy: "library.list",
  titleOf: ({ title }) => title,
  alsoInstead: "What the person only stops reading or watching is dropped by {library.set_status}.",
});

/** The library. */
export const libraryModule: Module = defineModule({
  name: "library",
  label: "Library",
  nouns: ["book", "film", "series"],
  group: "Leisure",
  spaceTypes: ["personal"],
  tools: [create, list, read, update, setStatus, remove],
  writes: [entries],
  resource: defineResource({ module: "library", title: "Library", table: entries }),
});

/** What a text filter looks into. */
function textsOf(entry: Partial<Record<(typeof SEARCHED)[number], unknown>>): readonly unknown[] {
  return SEARCHED.map((name) => entry[name]);
}

const SEARCHED = ["title", "originalTitle", "creators", "tags", "genres"] as const;
