// Answers to questions: adding, changing, accepting and deleting them. At most one answer of a question is accepted (contract:
// modules, questions).
import { z } from "zod";
import {
  counted,
  createdOutput,
  defineTool,
  deletedOutput,
  deleteQuestion,
  idsWhere,
  refuseInput,
  type RowsTogether,
  type WriteRecords,
} from "../../lib/tool/authoring.ts";
import { AnswerId, answers, QuestionId, questions } from "./question_tables.ts";

/** `questions.answer`. */
export const answer = defineTool({
  name: "questions.answer",
  title: "Answer a question",
  access: "write",
  description:
    "Add an answer to a question, or with `answerId` change one. `accept` makes it the one accepted answer. The status of the " +
    "question stays: {questions.update} changes it.",
  input: z.object({
    questionId: QuestionId,
    answerId: AnswerId.optional(),
    content: z.string().min(1).max(20_000).optional(),
    accept: z.boolean().optional().describe("false takes an acceptance back"),
  }),
  output: createdOutput,
  async run({ questionId, answerId, content, accept }, { records }) {
    if (content === undefined && (answerId === undefined || accept === undefined)) {
      refuseInput("give `content` for a new answer, or an `answerId` with what changes");
    }
    return await records.writeTogether(async (rows) => {
      await records.get(questions, questionId);
      if (answerId !== undefined && (await records.get(answers, answerId)).questionId !== questionId) {
        refuseInput("answerId: the answer is to another question");
      }
      if (accept === true) await clearAccepted(records, rows, questionId, answerId);
      if (answerId === undefined) {
        const { id } = await rows.insert(answers, {
          questionId,
          content: content ?? "",
          isAccepted: accept === true,
        });
        return { id };
      }
      await rows.update(answers, answerId, () => ({
        ...(content === undefined ? {} : { content }),
        ...(accept === undefined ? {} : { isAccepted: accept }),
      }));
      return { id: answerId };
    });
  },
});

/** `questions.delete`. */
export const remove = defineTool({
  name: "questions.delete",
  title: "Delete a question or an answer",
  access: "destructive",
  view: "approval",
  description:
    "Delete a question with its answers, or with `answerId` one of them. The person is asked first, by the gateway: do not ask " +
    'them yourself. No tool brings it back, only the Mana app where the person uses it. To hide a question, give it the status "archived".',
  input: z.object({ id: QuestionId, answerId: AnswerId.optional() }),
  output: deletedOutput,
  async confirm({ id, answerId }, { records }) {
    const { title } = await records.get(questions, id);
    if (answerId !== undefined) {
      const { content, questionId } = await records.get(answers, answerId);
      if (questionId !== id) refuseInput("answerId: the answer is to another question");
      return deleteQuestion(
        answers,
        content === undefined ? { id: answerId } : { id: answerId, title: content },
      );
    }
    const question = deleteQuestion(questions, title === undefined ? { id } : { id, title });
    const count = await records.count(answers, ({ questionId }) => questionId === id);
    return count === 0 ? question : `${question} ${counted(count, "answer")} to it will go as well.`;
  },
  async run({ id, answerId }, { records }) {
    await records.writeTogether(async (rows) => {
      await records.get(questions, id);
      if (answerId !== undefined) {
        if ((await records.get(answers, answerId)).questionId !== id) {
          refuseInput("answerId: the answer is to another question");
        }
        await rows.remove(answers, answerId);
        return;
      }
      for (const one of await idsWhere(records, answers, ({ questionId }) => questionId === id)) {
        await rows.remove(answers, one);
      }
      await rows.remove(questions, id);
    });
    return { ok: true as const, id: answerId ?? id };
  },
});

/** Takes the acceptance from every other answer to a question. */
async function clearAccepted(
  records: WriteRecords,
  rows: RowsTogether,
  questionId: string,
  besides: string | undefined,
): Promise<void> {
  const accepted = await idsWhere(
    records,
    answers,
    (one) => one.questionId === questionId && one.isAccepted === true,
  );
  for (const id of accepted) {
    if (id !== besides) await rows.update(answers, id, () => ({ isAccepted: false }));
  }
}
