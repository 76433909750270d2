// Questions that the person asks themselves, and what they found out. The rows are what the web app stores (contract: modules,
// questions). Answers are question_answers.ts. Research by a service is not started here.
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
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
  recordOutputOf,
  type StoredRecordOf,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { answer, remove } from "./question_answers.ts";
import { answers, collections, QuestionId, questions } from "./question_tables.ts";

const LISTED = ["title", "status", "priority", "tags", "collectionId"] as const;

const Status = choices("questions/questions", "status");
const Priority = choices("questions/questions", "priority");

/** What a new question and a changed one take alike. */
const fields = {
  description: z.string().max(5_000).optional(),
  priority: Priority.optional(),
  tags: z.array(visibleText(100)).max(50).optional(),
  collectionId: recordId("collection", "questions.list").optional(),
} as const;

const list = defineTool({
  name: "questions.list",
  title: "List questions",
  access: "read",
  description:
    "List the questions that the person looks into, the ones changed last first. Archived ones only by `status`.",
  input: z.object({
    status: Status.optional(),
    priority: Priority.optional(),
    tag: z.string().max(100).optional(),
    query: textFilterInput,
    ...pageInput({ most: 50, usual: 30 }),
  }),
  output: z.object({
    questions: z.array(recordOutputOf(questions, LISTED).extend({ collection: z.string().optional() })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const { status, priority } = input;
    const tag = input.tag?.trim().toLowerCase() ?? "";
    const { rows, ...end } = await records.list(questions, {
      where: (question) =>
        (status === undefined ? question.status !== "archived" : question.status === status) &&
        (priority === undefined || question.priority === priority) &&
        (tag === "" || question.tags?.some((own) => own.toLowerCase() === tag) === true),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      match: textFilter(
        input.query,
        ({ title, description, tags }: StoredRecordOf<typeof questions>) => [title, description, tags],
      ),
      show: LISTED,
      page: input,
    });
    const names = new Map<string, string>();
    if (rows.some(({ collectionId }) => typeof collectionId === "string")) {
      await records.lookThrough(collections, ({ id, name }) => {
        if (name !== undefined) names.set(id, [...name].slice(0, MAX_NAME_CHARS).join(""));
      });
    }
    return {
      questions: rows.map((row) => ({ ...row, collection: names.get(row.collectionId ?? "") })),
      ...end,
    };
  },
});

const read = defineTool({
  name: "questions.read",
  title: "Read a question",
  access: "read",
  description: "Read a question with its answers, the accepted one first.",
  input: z.object({ id: QuestionId, ...pageInput({ most: 100, usual: 20 }) }),
  output: z.object({
    question: recordOutput(questions),
    answers: z.array(recordOutput(answers).omit({ questionId: true })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const question = await records.get(questions, input.id);
    const { rows, ...end } = await records.list(answers, {
      where: ({ questionId }) => questionId === input.id,
      order: [
        { field: "isAccepted", direction: "descending", missing: false },
        { field: "createdAt", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { question, answers: [...rows], ...end };
  },
});

const create = defineTool({
  name: "questions.create",
  title: "Ask a question",
  access: "write",
  description: "Note a question that the person wants to find an answer to.",
  input: z.object({ title: visibleText(500), ...fields }),
  output: createdOutput,
  async run({ title, ...input }, { records }) {
    if (input.collectionId !== undefined) await records.get(collections, input.collectionId);
    const { id } = await records.insert(questions, { title, ...filledFields(input) });
    return { id };
  },
});

const update = defineTool({
  name: "questions.update",
  title: "Change a question",
  access: "write",
  idempotent: true,
  description: "Change a question, or its status: answered, archived to hide it, open to bring it back.",
  input: z.object({
    id: QuestionId,
    title: visibleText(500).optional(),
    status: Status.optional(),
    ...fields,
    clear: clearInput(["description", "collectionId"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const patch = patchOf(input, clear);
    if (input.collectionId !== undefined) await records.get(collections, input.collectionId);
    const { changed } = await records.update(questions, id, () => patch);
    return { ok: true as const, changed };
  },
});

/** Questions. */
export const questionsModule: Module = defineModule({
  name: "questions",
  label: "Questions",
  nouns: ["question"],
  group: "Learning",
  spaceTypes: ["personal"],
  tools: [list, read, create, answer, update, remove],
  writes: [questions, answers],
  resource: defineResource({ module: "questions", title: "Questions", table: questions }),
});

/** Names stand in every row of a page, which has to fit into a result with them. */
const MAX_NAME_CHARS = 40;
