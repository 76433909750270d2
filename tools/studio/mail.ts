// Mail drafts: what assistants can do with them. Mailboxes and sending are the mail service's; no tool here sends anything
// (contract: modules, mail).
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  clearInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutputOf,
  textFilter,
  textFilterInput,
} from "../../lib/tool/authoring.ts";

const drafts = defineAppTable("mail/mailDrafts", {
  record: "mail draft",
  fields: ["accountId", "to", "cc", "subject", "body", "htmlBody", "replyToMessageId"],
});

const SHOWN = ["to", "cc", "subject", "body", "replyToMessageId"] as const;

const list = defineTool({
  name: "mail.drafts",
  title: "List mail drafts",
  access: "read",
  description: "List the person's unsent mail drafts with their texts, the ones changed last first.",
  input: z.object({ query: textFilterInput, ...pageInput({ most: 100, usual: 20 }) }),
  output: z.object({ drafts: z.array(recordOutputOf(drafts, SHOWN)), ...pageOutput }),
  async run(input, { records }) {
    const match = textFilter<{ to?: string; subject?: string; body?: string }>(
      input.query,
      ({ to, subject, body }) => [to, subject, body],
    );
    const { rows, ...end } = await records.list(drafts, {
      ...(match === undefined ? {} : { match }),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      show: SHOWN,
      page: input,
    });
    return { drafts: [...rows], ...end };
  },
});

const FIELDS = {
  to: z.string().max(2_000).optional().describe("addresses with commas between them"),
  cc: z.string().max(2_000).optional(),
  subject: z.string().max(500).optional(),
  body: z.string().max(200_000).optional().describe("plain text"),
};

const save = defineTool({
  name: "mail.save_draft",
  title: "Save a mail draft",
  access: "write",
  description:
    "Write a mail draft, or change the one with `id`. Nothing is sent: only the Mana app, where the person uses it, does that.",
  input: z.object({
    id: recordId("draft", "mail.drafts").optional(),
    ...FIELDS,
    clear: clearInput(["to", "cc", "subject", "body"]),
  }),
  output: z.object({ id: z.string(), changed: z.boolean() }),
  async run({ id, clear, ...input }, { records }) {
    // The app stores an empty text, where other tables have null.
    const given = Object.fromEntries(
      Object.entries(patchOf(input, clear)).map(([name, value]) => [name, value ?? ""]),
    );
    if (id === undefined) {
      // The person's app chooses the account when it opens a draft without one.
      const { id: made } = await records.insert(drafts, { accountId: "", ...given });
      return { id: made, changed: true };
    }
    // The app shows the formatted body in place of the plain one: it would hide the new text.
    const patch = given.body === undefined ? given : { ...given, htmlBody: "" };
    const { changed } = await records.update(drafts, id, () => patch);
    return { id, changed };
  },
});

const remove = defineDeletion(drafts, {
  name: "mail.delete_draft",
  title: "Delete a mail draft",
  listedBy: "mail.drafts",
  titleOf: ({ subject }) => subject,
});

/** Mail: drafts only. */
export const mailModule: Module = defineModule({
  name: "mail",
  label: "Mail drafts",
  nouns: ["e-mail"],
  group: "Studio",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list, save, remove],
  writes: [drafts],
});
