// Newsletters: what assistants can do with drafts. Sending is the person's, in the Mana app (contract: modules, broadcasts).
import { z } from "zod";
import {
  choices,
  clearInput,
  counted,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  type ReadRecords,
  recordId,
  recordOutput,
  recordOutputOf,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const campaigns = defineAppTable("broadcasts/broadcastCampaigns", {
  record: "newsletter",
  fields: [
    "name",
    "subject",
    "preheader",
    "fromName",
    "fromEmail",
    "replyTo",
    "content",
    "audience",
    "status",
    "sentAt",
  ],
  as: { content: z.looseObject({ plainText: z.string().optional() }) },
});

/** Who newsletters come from: one record, of the person and of no space. */
const settings = defineAppTable("broadcasts/broadcastSettings", {
  record: "set of newsletter settings",
  fields: ["defaultFromName", "defaultFromEmail", "defaultReplyTo"],
});

const LISTED = ["name", "subject", "status", "sentAt"] as const;

const list = defineTool({
  name: "broadcasts.list",
  title: "List newsletters",
  access: "read",
  description: "List the person's newsletters, the ones changed last first.",
  input: z.object({
    status: choices("broadcasts/broadcastCampaigns", "status").optional(),
    query: textFilterInput,
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({ newsletters: z.array(recordOutputOf(campaigns, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const match = textFilter<{ name?: string; subject?: string }>(
      input.query,
      ({ name, subject }) => [name, subject],
    );
    const { rows, ...end } = await records.list(campaigns, {
      where: ({ status }) => input.status === undefined || status === input.status,
      ...(match === undefined ? {} : { match }),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      show: LISTED,
      page: input,
    });
    return { newsletters: [...rows], ...end };
  },
});

const Id = recordId("newsletter", "broadcasts.list");

const read = defineTool({
  name: "broadcasts.read",
  title: "Read a newsletter",
  access: "read",
  description:
    "Read one newsletter with its text. `text` begins at `offset`; where it is too long for one result, `nextOffset` is where to go on.",
  input: z.object({ id: Id, offset: z.int().min(0).default(0) }),
  output: z.object({
    newsletter: recordOutput(campaigns).omit({ content: true, audience: true }),
    text: z.string().describe("empty where there is only a formatted text"),
    nextOffset: z.number().optional(),
  }),
  async run({ id, offset }, { records }) {
    const { content: _content, audience: _recipients, clipped = [], ...newsletter } = await records.get(
      campaigns,
      id,
    );
    const cut = clipped.filter((name) => name !== "content");
    let whole = "";
    // A scan gives the text whole, however long it is.
    await records.scan(
      campaigns,
      { ids: new Set([id]), shows: ["content"] },
      ({ content }) => void (whole = content?.plainText ?? ""),
    );
    if (offset > whole.length) {
      refuseInput(`offset: the text has only ${counted(whole.length, "character")}`);
    }
    const text = portionOf(whole, offset);
    const next = offset + text.length;
    return {
      newsletter: { ...newsletter, ...(cut.length === 0 ? {} : { clipped: cut }) },
      text,
      ...(next < whole.length ? { nextOffset: next } : {}),
    };
  },
});

/** What a result has room for of a text from an offset on; never half of a character. */
function portionOf(whole: string, offset: number): string {
  for (let chars = MAX_PORTION_CHARS;; chars = Math.floor(chars / 2)) {
    const end = offset + chars;
    const isHalf = end < whole.length && /^[\ud800-\udbff]$/.test(whole[end - 1] ?? "");
    const portion = whole.slice(offset, isHalf ? end - 1 : end);
    if (encoder.encode(JSON.stringify(portion)).length <= MAX_PORTION_BYTES) return portion;
  }
}

const MAX_PORTION_CHARS = 20_000;
const MAX_PORTION_BYTES = 30_000;
const encoder = new TextEncoder();

const save = defineTool({
  name: "broadcasts.save",
  title: "Save a newsletter draft",
  access: "write",
  description:
    "Write a newsletter draft, or change the draft with `id`. `text` replaces the whole text, one paragraph per line. The " +
    "sender of a new draft is that of the person's settings unless given. Nothing is sent: only the Mana app, where the person uses it, does that.",
  input: z.object({
    id: Id.optional(),
    name: visibleText(200).optional().describe("what the person calls it"),
    subject: z.string().max(500).optional(),
    preheader: z.string().max(500).optional(),
    fromName: visibleText(200).optional(),
    fromEmail: z.string().min(3).max(320).regex(/^[^@\s]+@[^@\s]+$/, "expected an email address").optional(),
    replyTo: z.string().max(320).optional(),
    text: z.string().max(200_000).optional(),
    clear: clearInput(["preheader", "replyTo"]),
  }),
  output: z.object({ id: z.string(), changed: z.boolean() }),
  async run({ id, clear, ...input }, { records }) {
    const { text, ...given } = patchOf(input, clear);
    const patch = text === undefined ? given : { ...given, content: contentOf(text) };
    if (id !== undefined) {
      const { changed } = await records.update(campaigns, id, (campaign) => {
        demandDraft(campaign);
        return patch;
      });
      return { id, changed };
    }
    const { id: made } = await records.insert(campaigns, {
      content: { tiptap: EMPTY },
      ...patch,
      ...await senderOf(records, given),
      audience: { filters: [], estimatedCount: 0 },
    });
    return { id: made, changed: true };
  },
});

const remove = defineDeletion(campaigns, {
  name: "broadcasts.delete",
  title: "Delete a newsletter draft",
  listedBy: "broadcasts.list",
  titleOf: ({ name }) => name,
  demand: demandDraft,
});

/** What was sent, or is about to be, is a document of what others have received. */
function demandDraft({ status }: { readonly status?: string }): void {
  if (status !== "draft") {
    refuseInput(
      `id: this newsletter is ${status ?? "of an unknown state"}; only drafts are changed or deleted here`,
    );
  }
}

/** The sender of a new newsletter, of the settings where a call does not say (contract: modules, broadcasts, rule 2). */
async function senderOf(records: ReadRecords, given: Partial<Sender>): Promise<Sender> {
  const { rows: [own] } = await records.list(settings, { page: { limit: 1 } });
  const fromName = given.fromName ?? own?.defaultFromName ?? "";
  const fromEmail = given.fromEmail ?? own?.defaultFromEmail ?? "";
  if (fromName === "" || fromEmail === "") {
    refuseInput("fromName, fromEmail: a new newsletter needs both, and the person's settings have none");
  }
  // A member that is given wins, also where it takes the address away.
  const replyTo = given.replyTo === undefined ? own?.defaultReplyTo : given.replyTo;
  return { fromName, fromEmail, ...(replyTo === undefined || replyTo === "" ? {} : { replyTo }) };
}

interface Sender {
  readonly fromName: string;
  readonly fromEmail: string;
  readonly replyTo?: string | null | undefined;
}

/** What the app's editor stores where nothing is written. */
const EMPTY = Object.freeze({ type: "doc", content: [] });

/** The text as the app's editor stores it, a paragraph per line, and plain beside it. */
function contentOf(text: string): { tiptap: object; plainText: string } {
  const paragraphs = text === "" ? [] : text.split("\n").map((line) => ({
    type: "paragraph",
    ...(line === "" ? {} : { content: [{ type: "text", text: line }] }),
  }));
  return { tiptap: { type: "doc", content: paragraphs }, plainText: text };
}

/** Newsletters: drafts. */
export const broadcastsModule: Module = defineModule({
  name: "broadcasts",
  label: "Newsletters",
  nouns: ["newsletter"],
  group: "Studio",
  spaceTypes: ["personal"],
  tools: [list, read, save, remove],
  writes: [campaigns],
});
