// Notes: what assistants can do with them, and how long a note may be. The rows are what the web app stores (contract: modules,
// notes).
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  changedOutput,
  clearInput,
  colorInput,
  counted,
  defineAppTable,
  defineModule,
  defineResource,
  defineTool,
  deleteQuestion,
  demandReadable,
  type Module,
  offerTitles,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  refuseInput,
  type StoredRecordOf,
  visibleText,
} from "../../lib/tool/authoring.ts";

/** Notes. */
export const notes = defineAppTable("notes/notes", {
  record: "note",
  fields: ["title", "content", "color", "isPinned", "isArchived"],
});

/** Titles alone: where one is completed, no content is opened. */
const titles = defineAppTable("notes/notes", { record: "note", fields: ["title", "isArchived"] });

const Id = recordId("note", "notes.search");
/** Longest content that tools write. */
const MAX_CONTENT_CHARS = 200_000;

const create = defineTool({
  name: "notes.create",
  title: "Create a note",
  access: "write",
  description: "Write a new note. `content` is markdown-like text. Returns the new note with its id.",
  input: z.object({
    title: visibleText(500).describe("heading"),
    content: z.string().max(MAX_CONTENT_CHARS).default("").describe("body"),
    color: z.string().regex(/^#[0-9a-fA-F]{6}$/, "expected six digits such as #fde68a").optional().describe(
      "hex tint such as #fde68a",
    ),
    isPinned: z.boolean().default(false).describe("keep on top"),
  }),
  output: z.object({ note: recordOutput(notes) }),
  async run(input, { records }) {
    return { note: await records.insert(notes, { ...input, isArchived: false }) };
  },
});

const search = defineTool({
  name: "notes.search",
  title: "Search notes",
  access: "read",
  description:
    "Find a note: those in whose title or content all words of the query occur, in any case, and words in double quotes as a " +
    "phrase; the best come first. Without a query: all notes, pinned ones first, then the ones changed last. Each has a " +
    "`snippet` of its content: {notes.read} gives all of it. With `hasMore` call again with `nextCursor` as `cursor`.",
  input: z.object({
    query: z.string().max(500).default("").describe("words to look for"),
    includeArchived: z.boolean().default(false).describe("also search archived notes"),
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({
    notes: z.array(recordOutput(notes).omit({ content: true }).extend({ snippet: z.string().optional() })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const { rows, ...end } = await records.search(notes, {
      query: input.query,
      heading: "title",
      body: "content",
      where: (note) => input.includeArchived || note.isArchived !== true,
      order: [
        { field: "isPinned", direction: "descending", missing: false },
        { field: "updatedAt", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { notes: rows.map(({ record, snippet }) => ({ ...record, snippet })), ...end };
  },
});

const read = defineTool({
  name: "notes.read",
  title: "Read a note",
  access: "read",
  description:
    "Read one note. `content` begins at `offset`; where it is too long for one result, `nextOffset` is where to go on.",
  input: z.object({
    id: Id,
    offset: z.int().min(0).default(0).describe("character of the content to begin at"),
  }),
  output: z.object({
    note: recordOutput(notes),
    contentChars: z.number().describe("length of the whole content"),
    nextOffset: z.number().optional(),
  }),
  async run({ id, offset }, { records }) {
    const { record, chars, nextOffset } = await records.getPortion(notes, id, "content", offset);
    if (offset > chars) refuseInput(`offset: the content has only ${counted(chars, "character")}`);
    return { note: record, contentChars: chars, nextOffset };
  },
});

const update = defineTool({
  name: "notes.update",
  title: "Change a note",
  access: "write",
  idempotent: true,
  description:
    "Change a note; what is left out stays. `content` overwrites the whole text: read all of it first, or use {notes.append}.",
  input: z.object({
    id: Id,
    title: visibleText(500).optional(),
    // Never empty: a client that fills in every field would wipe the note.
    content: z.string().min(1).max(MAX_CONTENT_CHARS).optional().describe("the new text as a whole"),
    color: colorInput.optional().describe("hex tint"),
    isPinned: z.boolean().optional(),
    isArchived: z.boolean().optional().describe("true hides the note from searches"),
    clear: clearInput(["color"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const given = patchOf(input, clear);
    const { changed } = await records.update(notes, id, (note) => {
      if (given.content !== undefined) contentOf(note);
      return given;
    });
    return { ok: true as const, changed };
  },
});

const append = defineTool({
  name: "notes.append",
  title: "Append to a note",
  access: "write",
  description: "Add text at the end of a note, on a new line. What is there stays.",
  input: z.object({ id: Id, content: visibleText(MAX_CONTENT_CHARS) }),
  output: changedOutput,
  async run({ id, content: added }, { records }) {
    // Together with no other row, but one after the other: of two texts at the same time none may take the place of the other.
    const { changed } = await records.writeTogether((rows) =>
      rows.update(notes, id, (note) => ({
        // Half a pair of a cut emoji is no character and cannot be stored again: as in every answer, it becomes U+FFFD.
        content: joined(contentOf(note).toWellFormed(), added),
      }))
    );
    return { ok: true as const, changed };
  },
});

function joined(before: string, added: string): string {
  const content = before === "" || before.endsWith("\n") ? before + added : `${before}\n${added}`;
  if (content.length > MAX_CONTENT_CHARS) {
    const room = Math.max(0, MAX_CONTENT_CHARS - before.length - 1);
    refuseInput(`content: the note has room for ${counted(room, "more character")}, create another`);
  }
  return content;
}

/** The whole text of a note. Refuses to write over a text that nobody could read: it would be lost. */
function contentOf(note: StoredRecordOf<typeof notes>): string {
  demandReadable(notes, note, ["content"]);
  return note.content ?? "";
}

const remove = defineTool({
  name: "notes.delete",
  title: "Delete a note",
  access: "destructive",
  view: "approval",
  description:
    "Delete a note. The person is asked first, by the gateway: do not ask them yourself. No tool brings it back, " +
    "only the Mana app where the person uses it.",
  input: z.object({ id: Id }),
  output: z.object({ ok: z.literal(true), id: z.string() }),
  async confirm({ id }, { records }) {
    return deleteQuestion(notes, await records.get(notes, id));
  },
  async run({ id }, { records }) {
    await records.delete(notes, id);
    return { ok: true as const, id };
  },
});

/** Notes. */
export const notesModule: Module = defineModule({
  name: "notes",
  label: "Notes",
  nouns: ["note", "memo"],
  group: "Day",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [create, search, read, update, append, remove],
  writes: [notes],
  resource: defineResource({
    module: "notes",
    title: "Notes",
    table: notes,
    titles: (records, begin, limit) =>
      offerTitles(records, titles, {
        begin,
        limit,
        titleOf: ({ title }) => title,
        where: ({ isArchived }) => isArchived !== true,
      }),
  }),
});
