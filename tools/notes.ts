import { z } from "zod";
import {
  defineResource,
  defineTable,
  defineTool,
  deleteQuestion,
  recordOutput,
  type Resource,
  type Tool,
} from "../lib/tool.ts";

const notes = defineTable({
  app: "notes",
  name: "notes",
  record: "note",
  row: z.object({
    title: z.string().default(""),
    content: z.string().default(""),
    color: z.string().nullable().default(null),
    isPinned: z.boolean().default(false),
    isArchived: z.boolean().default(false),
  }),
  encrypted: ["title", "content"],
});

const create = defineTool({
  name: "notes.create",
  title: "Create a note",
  access: "write",
  description: "Write a new note. `content` is markdown-like text. Returns the new note with its id.",
  input: z.object({
    title: z.string().min(1).max(500).describe("heading"),
    content: z.string().max(200_000).default("").describe("body"),
    color: z.string().regex(/^#[0-9a-fA-F]{6}$/).nullable().default(null).describe(
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
    "Find notes whose title or content contains the query, in any case. An empty query returns all. Pinned notes come " +
    "first, then the ones changed last. Long contents are clipped (`clipped`), and `hasMore` tells that there are more.",
  input: z.object({
    query: z.string().max(500).default("").describe("text to look for"),
    includeArchived: z.boolean().default(false).describe("also search archived notes"),
    limit: z.int().min(1).max(100).default(20),
  }),
  output: z.object({ notes: z.array(recordOutput(notes)), hasMore: z.boolean(), unreadable: z.number() }),
  async run({ query, includeArchived, limit }, { records }) {
    const wanted = searchable(query);
    const { rows, hasMore, unreadable } = await records.list(notes, {
      where: (note) => includeArchived || note.isArchived !== true,
      order: (a, b) =>
        Number(b.isPinned === true) - Number(a.isPinned === true) ||
        (b.updatedAt ?? "").localeCompare(a.updatedAt ?? ""),
      match: ({ title, content }) =>
        wanted === "" ||
        [title, content].some((text) => text !== undefined && searchable(text).includes(wanted)),
      limit,
    });
    return { notes: [...rows], hasMore, unreadable };
  },
});

const remove = defineTool({
  name: "notes.delete",
  title: "Delete a note",
  access: "destructive",
  description:
    "Delete a note. The person is asked first, by the gateway: do not ask them yourself. They can bring it back in the " +
    "app.",
  input: z.object({
    id: z.string().min(1).max(256).describe("the note's id, exactly as notes.search gives it"),
  }),
  output: z.object({ ok: z.literal(true), id: z.string() }),
  async confirm({ id }, { records }) {
    return deleteQuestion(notes, await records.get(notes, id));
  },
  async run({ id }, { records }) {
    await records.delete(notes, id);
    return { ok: true as const, id };
  },
});

function searchable(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** Notes: create, search, delete. */
export const notesTools: readonly Tool[] = [create, search, remove];

/** Notes as resources. */
export const notesResource: Resource = defineResource({ module: "notes", title: "Notes", table: notes });
