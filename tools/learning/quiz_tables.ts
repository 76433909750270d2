// The tables of quizzes, and what a question may be: its options by its type, as the Mana apps grade them.
import { z } from "zod";
import {
  choices,
  defineAppTable,
  type ReadRecords,
  recordId,
  refuseInput,
  type StoredRecordOf,
  visibleText,
} from "../../lib/tool/authoring.ts";

/** Quizzes. `questionCount` is the number of their live questions. */
export const quizzes = defineAppTable("quiz/quizzes", {
  record: "quiz",
  fields: ["title", "description", "category", "tags", "questionCount", "isPinned", "isArchived"],
});

/** The questions of quizzes, each with its options. */
export const quizQuestions = defineAppTable("quiz/questions", {
  record: "question",
  fields: ["quizId", "order", "type", "questionText", "options", "explanation"],
});

/** Runs through a quiz, with the answers that were given. */
export const attempts = defineAppTable("quiz/attempts", {
  record: "attempt",
  fields: ["quizId", "startedAt", "finishedAt", "score", "answers"],
});

/** Inputs of several tools. */
export const QuizId = recordId("quiz", "quiz.list");
export const QuestionId = recordId("question", "quiz.read");
const Type = choices("quiz/questions", "type");
const Options = z.array(z.strictObject({ text: visibleText(500), isCorrect: z.boolean().default(false) }))
  .min(1).max(20);

/** A new question. */
export const questionInput = z.strictObject({
  type: Type,
  questionText: visibleText(2_000),
  options: Options.describe("truefalse: two; text: one, the answer"),
  explanation: z.string().max(2_000).optional(),
});

/** What changes of a question. */
export const questionChange = z.strictObject({
  id: QuestionId,
  type: Type.optional(),
  questionText: visibleText(2_000).optional(),
  options: Options.optional(),
  explanation: z.string().max(2_000).optional(),
});

/** An option as it is stored. */
export interface Option {
  readonly id: string;
  readonly text: string;
  readonly isCorrect: boolean;
}

/**
 * The options of a question of this type, with the ids that `idOf` gives. Throws Refused `input-invalid` where they do not fit the type: the apps could
 * not grade such a question.
 */
export function optionsOf(
  type: string,
  given: readonly Omit<Option, "id">[],
  idOf: (text: string) => string,
): { id: string; text: string; isCorrect: boolean }[] {
  if (new Set(given.map(({ text }) => text)).size < given.length) {
    refuseInput("options: two have the same text");
  }
  const right = given.filter(({ isCorrect }) => isCorrect).length;
  if (type === "text") {
    if (given.length !== 1) refuseInput("options: a text question has one, whose text is the answer");
    return given.map(({ text }) => ({ id: idOf(text), text, isCorrect: true }));
  }
  if (given.length < 2) refuseInput(`options: a ${type} question has at least two`);
  if (type === "truefalse" && given.length !== 2) refuseInput("options: a truefalse question has two");
  if (right === 0) refuseInput("options: none is correct");
  if (type !== "multi" && right > 1) refuseInput(`options: only one is correct in a ${type} question`);
  return given.map(({ text, isCorrect }) => ({ id: idOf(text), text, isCorrect }));
}

/** The live questions of a quiz, in order. Throws Refused `record-not-found` where there is no such quiz. */
export async function questionsOf(records: ReadRecords, quizId: string): Promise<Question[]> {
  await records.get(quizzes, quizId);
  const found: Question[] = [];
  await records.scan(quizQuestions, { where: (question) => question.quizId === quizId }, (question) => {
    found.push(question);
  });
  return found.sort((a, b) => (a.order ?? 0) - (b.order ?? 0) || (a.id < b.id ? -1 : 1));
}

/** A question as it is read. */
export type Question = StoredRecordOf<typeof quizQuestions>;
