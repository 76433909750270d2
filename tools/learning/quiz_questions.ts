// The questions of a quiz: adding, changing, ordering and deleting them. The quiz knows how many it has, so that number is
// written together with them (contract: modules, quiz).
import { z } from "zod";
import {
  counted,
  defineTool,
  deletedOutput,
  deleteQuestion,
  filledFields,
  refuseInput,
} from "../../lib/tool/authoring.ts";
import {
  optionsOf,
  type Question,
  questionChange,
  QuestionId,
  questionInput,
  questionsOf,
  QuizId,
  quizQuestions,
  quizzes,
} from "./quiz_tables.ts";

/** `quiz.set_questions`. */
export const setQuestions = defineTool({
  name: "quiz.set_questions",
  title: "Set questions of a quiz",
  access: "write",
  description:
    "Add questions to a quiz, change some, or bring them into another order. Options that are given replace all options of " +
    "the question. {quiz.delete} takes a question away.",
  input: z.object({
    quizId: QuizId,
    add: z.array(questionInput).max(100).default([]),
    change: z.array(questionChange).max(100).default([]),
    order: z.array(QuestionId).max(500).optional().describe(
      "ids of questions that come first, in this order",
    ),
  }),
  output: z.object({ added: z.array(z.string()).describe("ids"), questionCount: z.number() }),
  async run({ quizId, add, change, order }, { records }) {
    if (add.length + change.length === 0 && order === undefined) {
      refuseInput("nothing to change: give at least one of add, change, order");
    }
    return await records.writeTogether(async (rows) => {
      const known = await questionsOf(records, quizId);
      const changes = new Map(change.map((one) => [one.id, one]));
      if (changes.size < change.length) refuseInput("change: each question once");
      demandKnown(known, "change", [...changes.keys()]);
      const places = order === undefined ? null : placesOf(known, order);
      const moved = known.filter(({ id, order = 0 }) => (places?.get(id) ?? order) !== order);
      if (moved.length > MOST_MOVED) {
        refuseInput(`order: at most ${MOST_MOVED} questions can be moved at once`);
      }
      for (const question of known) {
        const change = changes.get(question.id);
        if (change === undefined && !moved.includes(question)) continue;
        const order = places?.get(question.id) ?? question.order ?? 0;
        const patch = changesOf(question, change, () => records.newId());
        await rows.update(quizQuestions, question.id, () => ({ ...patch, order }));
      }
      const highest = known.reduce((most, { id, order = 0 }) => Math.max(most, places?.get(id) ?? order), -1);
      const added: string[] = [];
      for (const [index, { type, questionText, options, explanation }] of add.entries()) {
        const { id } = await rows.insert(quizQuestions, {
          quizId,
          order: highest + 1 + index,
          type,
          questionText,
          options: optionsOf(type, options, () => records.newId()),
          ...filledFields({ explanation }),
        });
        added.push(id);
      }
      const questionCount = known.length + added.length;
      await rows.update(quizzes, quizId, () => ({ questionCount }));
      return { added, questionCount };
    });
  },
});

/** `quiz.delete`. */
export const remove = defineTool({
  name: "quiz.delete",
  title: "Delete a quiz or a question",
  access: "destructive",
  view: "approval",
  description:
    "Delete a quiz with its questions, or with `questionId` one of them. The person is asked first, by the gateway: do not ask " +
    "them yourself. No tool brings it back, only the Mana app where the person uses it. To hide a quiz, use {quiz.update}.",
  input: z.object({ id: QuizId, questionId: QuestionId.optional() }),
  output: deletedOutput,
  async confirm({ id, questionId }, { records }) {
    const known = await questionsOf(records, id);
    if (questionId === undefined) {
      const { title } = await records.get(quizzes, id);
      const question = deleteQuestion(quizzes, title === undefined ? { id } : { id, title });
      return known.length === 0
        ? question
        : `${question} ${counted(known.length, "question")} of it will go as well.`;
    }
    demandKnown(known, "questionId", [questionId]);
    const text = known.find((one) => one.id === questionId)?.questionText;
    return deleteQuestion(
      quizQuestions,
      text === undefined ? { id: questionId } : { id: questionId, title: text },
    );
  },
  async run({ id, questionId }, { records }) {
    await records.writeTogether(async (rows) => {
      const known = await questionsOf(records, id);
      if (questionId === undefined) {
        for (const question of known) await rows.remove(quizQuestions, question.id);
        await rows.remove(quizzes, id);
        return;
      }
      demandKnown(known, "questionId", [questionId]);
      await rows.update(quizzes, id, () => ({ questionCount: known.length - 1 }));
      await rows.remove(quizQuestions, questionId);
    });
    return { ok: true as const, id: questionId ?? id };
  },
});

/** Rows that one write takes, less those that are added and changed. */
const MOST_MOVED = 700;

/** Refuses ids of questions that are of another quiz, or of none. */
function demandKnown(known: readonly Question[], argument: string, ids: readonly string[]): void {
  const stranger = ids.find((id) => !known.some((question) => question.id === id));
  if (stranger !== undefined) {
    refuseInput(`${argument}: the quiz has no question ${JSON.stringify(stranger)}`);
  }
}

/**
 * What is written of a changed question: the options fit the type that the question has afterwards. An option whose text stays
 * keeps its id, by which earlier attempts name it.
 */
function changesOf(
  question: Question,
  change: z.output<typeof questionChange> | undefined,
  newId: () => string,
) {
  if (change === undefined) return {};
  const { id: _id, options, ...rest } = change;
  const given = filledFields(rest);
  const type = given.type ?? question.type ?? "";
  if (options === undefined) {
    if (type !== question.type) refuseInput("options: give them with another type");
    return given;
  }
  const before = new Map(question.options?.map(({ id, text }) => [text, id]));
  const idOf = (text: string) => {
    const id = before.get(text);
    return typeof id === "string" ? id : newId();
  };
  return { ...given, options: optionsOf(type, options, idOf) };
}

/** The places of all questions where some of them come first. */
function placesOf(known: readonly Question[], first: readonly string[]): Map<string, number> {
  demandKnown(known, "order", first);
  const ids = new Set([...first, ...known.map(({ id }) => id)]);
  if (first.length > new Set(first).size) refuseInput("order: each question once");
  return new Map([...ids].map((id, place) => [id, place]));
}
