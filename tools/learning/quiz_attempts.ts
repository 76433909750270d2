// Attempts at a quiz: graded as in the Mana apps, and summed up for the list (contract: modules, quiz).
import { z } from "zod";
import { createdOutput, defineTool, type ReadRecords, refuseInput } from "../../lib/tool/authoring.ts";
import { attempts, type Option, type Question, QuestionId, questionsOf, QuizId } from "./quiz_tables.ts";

/** `quiz.record`. */
export const record = defineTool({
  name: "quiz.record",
  title: "Record an attempt at a quiz",
  access: "write",
  description:
    "Record the person's answers to a quiz, once they are through. The answers are graded here. Returns the score, 0 to 1, and " +
    "the questions that were answered wrongly.",
  input: z.object({
    quizId: QuizId,
    answers: z.array(z.strictObject({
      questionId: QuestionId,
      optionIds: z.array(z.string().max(256)).max(20).default([]).describe("chosen options, by {quiz.read}"),
      text: z.string().max(2_000).optional().describe("the answer to a text question"),
    })).min(1).max(500),
  }),
  output: createdOutput.extend({
    score: z.number(),
    wrong: z.array(z.string()).describe("ids of questions"),
  }),
  async run({ quizId, answers: given }, { records, now }) {
    const known = new Map((await questionsOf(records, quizId)).map((question) => [question.id, question]));
    const answered = new Set(given.map(({ questionId }) => questionId));
    if (answered.size < given.length) refuseInput("answers: each question once");
    const answers = given.map(({ questionId, optionIds, text }) => {
      const question = known.get(questionId);
      if (question === undefined) {
        refuseInput(`answers: the quiz has no question ${JSON.stringify(questionId)}`);
      }
      const correct = isCorrect(question, optionIds, text);
      return { questionId, selectedOptionIds: optionIds, textAnswer: text ?? null, correct };
    });
    const wrong = answers.filter(({ correct }) => !correct).map(({ questionId }) => questionId);
    const score = (answers.length - wrong.length) / answers.length;
    const { id } = await records.insert(attempts, {
      quizId,
      startedAt: now,
      finishedAt: now,
      score,
      answers,
    });
    return { id, score, wrong };
  },
});

/** What became of the attempts at a quiz. */
export interface Results {
  readonly attempts: number;
  readonly bestScore: number;
  readonly lastScore: number;
}

/** The results of these quizzes; a quiz that nobody has finished has none. */
export async function resultsOf(
  records: ReadRecords,
  quizIds: ReadonlySet<string>,
): Promise<Map<string, Results>> {
  const results = new Map<string, Results & { readonly last: string }>();
  await records.lookThrough(attempts, ({ quizId = "", score = 0, startedAt = "", finishedAt }) => {
    if (typeof finishedAt !== "string" || !quizIds.has(quizId)) return;
    const before = results.get(quizId) ?? { attempts: 0, bestScore: 0, lastScore: 0, last: "" };
    results.set(quizId, {
      attempts: before.attempts + 1,
      bestScore: Math.max(before.bestScore, score),
      lastScore: startedAt >= before.last ? score : before.lastScore,
      last: startedAt >= before.last ? startedAt : before.last,
    });
  });
  return results;
}

const StoredOptions = z.array(z.looseObject({ id: z.string(), text: z.string(), isCorrect: z.boolean() }));

/** Throws Refused `input-invalid` for an answer that the question does not take, and for a question that cannot be graded. */
function isCorrect(
  { id, type, options: stored }: Question,
  chosen: readonly string[],
  text: string | undefined,
): boolean {
  const options = StoredOptions.safeParse(stored);
  if (!options.success) refuseInput(`answers: the options of ${id} cannot be read`);
  if (type === "text") {
    if (text === undefined) refuseInput(`answers: ${id} is answered by \`text\``);
    return options.data.some((option) => comparable(option.text) === comparable(text));
  }
  if (text !== undefined) refuseInput(`answers: ${id} is answered by \`optionIds\``);
  const unknown = chosen.find((one) => !options.data.some((option) => option.id === one));
  if (unknown !== undefined) refuseInput(`answers: ${id} has no option ${JSON.stringify(unknown)}`);
  return options.data.every((option: Option) => option.isCorrect === chosen.includes(option.id));
}

/** Texts are compared without regard to case and to what stands around them. */
function comparable(text: string): string {
  return text.trim().toLowerCase();
}
