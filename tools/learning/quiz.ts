// Quizzes: what the person learns by questions. The rows are what the web app stores (contract: modules, quiz). Questions are
// quiz_questions.ts, attempts quiz_attempts.ts.
import { z } from "zod";
import {
  changedOutput,
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
  recordOutput,
  recordOutputOf,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { record, resultsOf } from "./quiz_attempts.ts";
import { remove, setQuestions } from "./quiz_questions.ts";
import { attempts, optionsOf, questionInput, QuizId, quizQuestions, quizzes } from "./quiz_tables.ts";

const LISTED = [
  "title",
  "description",
  "category",
  "tags",
  "questionCount",
  "isPinned",
  "isArchived",
] as const;

/** What a new quiz and a changed one take alike. */
const fields = {
  description: z.string().max(2_000).optional(),
  category: z.string().max(100).optional(),
  tags: z.array(visibleText(100)).max(50).optional(),
} as const;

const list = defineTool({
  name: "quiz.list",
  title: "List quizzes",
  access: "read",
  description:
    "List quizzes with their results (scores are 0 to 1), pinned ones first. Archived ones only when asked for.",
  input: z.object({
    query: textFilterInput,
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 50, usual: 30 }),
  }),
  output: z.object({
    quizzes: z.array(
      recordOutputOf(quizzes, LISTED).extend({
        attempts: z.number(),
        bestScore: z.number().optional(),
        lastScore: z.number().optional(),
      }),
    ),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(quizzes, {
      where: ({ isArchived }) => input.includeArchived || isArchived !== true,
      order: [
        { field: "isPinned", direction: "descending", missing: false },
        { field: "updatedAt", direction: "descending", missing: "" },
      ],
      match: textFilter(
        input.query,
        (
          { title, description, category, tags }: Partial<Record<(typeof LISTED)[number], unknown>>,
        ) => [title, description, category, tags],
      ),
      show: LISTED,
      page: input,
    });
    const results = await resultsOf(records, new Set(rows.map(({ id }) => id)));
    return { quizzes: rows.map((quiz) => ({ ...quiz, ...results.get(quiz.id) ?? { attempts: 0 } })), ...end };
  },
});

const read = defineTool({
  name: "quiz.read",
  title: "Read the questions of a quiz",
  access: "read",
  description:
    "Read the questions of a quiz in order, with options and answers: do not show the answers while you quiz the person.",
  input: z.object({ id: QuizId, ...pageInput({ most: 200, usual: 50 }) }),
  output: z.object({
    questions: z.array(recordOutput(quizQuestions).omit({ quizId: true, order: true })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    await records.get(quizzes, input.id);
    const { rows, ...end } = await records.list(quizQuestions, {
      where: ({ quizId }) => quizId === input.id,
      order: [{ field: "order", missing: 0 }],
      page: input,
    });
    return { questions: [...rows], ...end };
  },
});

const create = defineTool({
  name: "quiz.create",
  title: "Create a quiz",
  access: "write",
  description: "Make a quiz with its questions in order.",
  input: z.object({
    title: visibleText(300),
    ...fields,
    questions: z.array(questionInput).max(100).default([]),
  }),
  output: createdOutput,
  async run({ title, questions: given, ...input }, { records }) {
    return await records.writeTogether(async (rows) => {
      const quiz = { title, ...filledFields(input), questionCount: given.length };
      const { id } = await rows.insert(quizzes, quiz);
      for (const [order, { type, questionText, options, explanation }] of given.entries()) {
        await rows.insert(quizQuestions, {
          quizId: id,
          order,
          type,
          questionText,
          options: optionsOf(type, options, () => records.newId()),
          ...filledFields({ explanation }),
        });
      }
      return { id };
    });
  },
});

const update = defineTool({
  name: "quiz.update",
  title: "Change a quiz",
  access: "write",
  idempotent: true,
  description:
    "Change what a quiz is called, pin it or archive it. For its questions use {quiz.set_questions}.",
  input: z.object({
    id: QuizId,
    title: visibleText(300).optional(),
    ...fields,
    isPinned: z.boolean().optional(),
    isArchived: z.boolean().optional(),
    clear: clearInput(["description", "category"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const patch = patchOf(input, clear);
    const { changed } = await records.update(quizzes, id, () => patch);
    return { ok: true as const, changed };
  },
});

/** Quizzes. */
export const quizModule: Module = defineModule({
  name: "quiz",
  label: "Quizzes",
  nouns: ["quiz"],
  group: "Learning",
  spaceTypes: ["personal"],
  tools: [list, read, create, update, setQuestions, record, remove],
  writes: [quizzes, quizQuestions, attempts],
  resource: defineResource({ module: "quiz", title: "Quizzes", table: quizzes }),
});
