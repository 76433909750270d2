// Chats with models in the Mana app: to be read only (contract: modules, chat).
import { z } from "zod";
import {
  defineAppTable,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  recordId,
  recordOutput,
  textFilter,
  textFilterInput,
} from "../../lib/tool/authoring.ts";

const conversations = defineAppTable("chat/conversations", {
  record: "conversation",
  fields: ["title", "isPinned", "isArchived"],
});
const messages = defineAppTable("chat/messages", {
  record: "message",
  fields: ["conversationId", "sender", "messageText"],
});

const list = defineTool({
  name: "chat.list",
  title: "List chats",
  access: "read",
  description: "List the person's conversations with models, pinned ones first, then the ones changed last.",
  input: z.object({
    query: textFilterInput,
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({ conversations: z.array(recordOutput(conversations)), ...pageOutput }),
  async run(input, { records }) {
    const match = textFilter<{ title?: string | null }>(input.query, ({ title }) => [title]);
    const { rows, ...end } = await records.list(conversations, {
      where: ({ isArchived }) => input.includeArchived || isArchived !== true,
      ...(match === undefined ? {} : { match }),
      order: [
        { field: "isPinned", direction: "descending", missing: false },
        { field: "updatedAt", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { conversations: [...rows], ...end };
  },
});

const read = defineTool({
  name: "chat.read",
  title: "Read a chat",
  access: "read",
  description: "Read the messages of one conversation, oldest first.",
  input: z.object({
    id: recordId("conversation", "chat.list"),
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    title: z.string().nullable(),
    messages: z.array(recordOutput(messages).omit({ conversationId: true })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const { title = null } = await records.get(conversations, input.id);
    const { rows, ...end } = await records.list(messages, {
      where: ({ conversationId }) => conversationId === input.id,
      order: [{ field: "createdAt", missing: "" }],
      show: ["sender", "messageText"],
      page: input,
    });
    return { title, messages: [...rows], ...end };
  },
});

/** Chats with models. */
export const chatModule: Module = defineModule({
  name: "chat",
  label: "Chats",
  nouns: ["chat"],
  group: "Studio",
  spaceTypes: ["personal"],
  tools: [list, read],
});
