import assert from "node:assert/strict";
import { z } from "zod";
import { HABITS, lastChange, pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { listed, notFound, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "../people/_deleting.ts";

const QUIZZES = { app: "quiz", table: "quizzes" };
const QUESTIONS = { app: "quiz", table: "questions" };
const CAPITAL = {
  type: "single",
  questionText: "Hauptstadt von Peru?",
  options: [{ text: "Lima", isCorrect: true }, { text: "Quito" }],
};
const RIVERS = {
  type: "multi",
  questionText: "Flüsse?",
  options: [{ text: "Elbe", isCorrect: true }, { text: "Rigi" }, { text: "Oder", isCorrect: true }],
};
const WATER = { type: "text", questionText: "H2O?", options: [{ text: "Wasser" }], explanation: "ein Oxid" };

const Questions = z.array(z.object({
  id: z.string(),
  questionText: z.string(),
  type: z.string(),
  options: z.array(z.object({ id: z.string(), text: z.string(), isCorrect: z.boolean() })),
}));

async function create(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "quiz_create", { title: "Erde", ...args })).id);
}

async function questionsOf(world: World, person: Person, id: string) {
  return Questions.parse((await listed(world, person, "quiz_read", { id })).rows);
}

async function countOf(world: World, person: Person, id: string): Promise<unknown> {
  const { rows } = await listed(world, person, "quiz_list", { includeArchived: true });
  return rows.find((row) => row.id === id)?.questionCount;
}

Deno.test("quiz.create: the questions in order, each option with an id, and their number", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { questions: [CAPITAL, RIVERS, WATER] });
  const found = await questionsOf(world, anna, id);
  assert.deepEqual(found.map(({ questionText }) => questionText), [
    "Hauptstadt von Peru?",
    "Flüsse?",
    "H2O?",
  ]);
  assert.deepEqual(found[0]?.options.map(({ text, isCorrect }) => [text, isCorrect]), [["Lima", true], [
    "Quito",
    false,
  ]]);
  assert.deepEqual(found[2]?.options.map(({ text, isCorrect }) => [text, isCorrect]), [["Wasser", true]]);
  assert.equal(new Set(found.flatMap(({ options }) => options.map((option) => option.id))).size, 6);
  assert.equal(await countOf(world, anna, id), 3);
});

Deno.test("quiz.create: options that do not fit their type are refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await withoutPush(world, async () => {
    const two = (
      first: boolean,
      second: boolean,
    ) => [{ text: "a", isCorrect: first }, { text: "b", isCorrect: second }];
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ type: "essay", options: two(true, false) }, /type/],
      [{ type: "single", options: [] }, /options/],
      [{ type: "single", options: [{ text: "a", isCorrect: true }] }, /a single question has at least two/],
      [{ type: "single", options: two(true, true) }, /only one is correct in a single question/],
      [{ type: "multi", options: two(false, false) }, /none is correct/],
      [{ type: "truefalse", options: [...two(true, false), { text: "c" }] }, /a truefalse question has two/],
      [{ type: "text", options: two(true, false) }, /a text question has one/],
      [{ type: "multi", options: [{ text: "a", isCorrect: true }, { text: "a" }] }, /two have the same text/],
      [{ type: "multi", options: two(true, false), hint: "x" }, /hint/],
    ];
    for (const [question, words] of bad) {
      const args = { title: "X", questions: [{ questionText: "?", ...question }] };
      assert.match(await callRefused(world, anna, "quiz_create", args), words);
    }
    assert.match(
      await callRefused(world, anna, "quiz_create", { title: "" }),
      /title: expected at least one visible/,
    );
  });
});

Deno.test("quiz.list: pinned first, archived ones on request, by words, with results", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const earth = await create(world, anna, { questions: [CAPITAL] });
  const pinned = await create(world, anna, { title: "Chemie", category: "Schule" });
  await callOk(world, anna, "quiz_update", { id: pinned, isPinned: true });
  const hidden = await create(world, anna, { title: "Alt" });
  await callOk(world, anna, "quiz_update", { id: hidden, isArchived: true });
  assert.deepEqual(await titles(world, anna, "quiz_list"), ["Chemie", "Erde"]);
  assert.deepEqual(await titles(world, anna, "quiz_list", { includeArchived: true, query: "alt" }), ["Alt"]);
  assert.deepEqual(await titles(world, anna, "quiz_list", { query: "SCHULE" }), ["Chemie"]);
  const [question] = await questionsOf(world, anna, earth);
  for (const option of [0, 1]) {
    const answers = [{ questionId: question?.id, optionIds: [question?.options[option]?.id] }];
    await callOk(world, anna, "quiz_record", { quizId: earth, answers });
    world.clock.now += 1_000;
  }
  const { rows } = await listed(world, anna, "quiz_list", { query: "erde" });
  assert.deepEqual(rows.map(({ attempts, bestScore, lastScore }) => [attempts, bestScore, lastScore]), [[
    2,
    1,
    0,
  ]]);
});

Deno.test("quiz.update: changes and empties; the questions stay", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, {
    description: "d",
    category: "c",
    tags: ["x"],
    questions: [CAPITAL],
  });
  await callOk(world, anna, "quiz_update", { id, title: "Welt", clear: ["description"] });
  const { fields } = await lastChange(world, anna, QUIZZES, id);
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["description", "title", "updatedAt"]);
  assert.equal((await questionsOf(world, anna, id)).length, 1);
  assert.match(await callRefused(world, anna, "quiz_update", { id }), /nothing to change/);
});

Deno.test("quiz.set_questions: adds, changes and orders in one write, and counts", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { questions: [CAPITAL, RIVERS] });
  const [capital, rivers] = await questionsOf(world, anna, id);
  const output = await callOk(world, anna, "quiz_set_questions", {
    quizId: id,
    add: [WATER],
    change: [{ id: capital?.id, options: [{ text: "Lima", isCorrect: true }, { text: "La Paz" }] }],
    order: [rivers?.id],
  });
  assert.equal(output.questionCount, 3);
  const found = await questionsOf(world, anna, id);
  assert.deepEqual(found.map(({ questionText }) => questionText), [
    "Flüsse?",
    "Hauptstadt von Peru?",
    "H2O?",
  ]);
  assert.deepEqual(found[1]?.options.map(({ text }) => text), ["Lima", "La Paz"]);
  assert.equal(found[1]?.options[0]?.id, capital?.options[0]?.id, "an option whose text stays keeps its id");
  assert.equal(await countOf(world, anna, id), 3);
});

Deno.test("quiz.set_questions: questions that are added at the same time are all counted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const quizId = await create(world, anna, {});
  await Promise.all(
    [1, 2, 3].map((n) =>
      callOk(world, anna, "quiz_set_questions", { quizId, add: [{ ...WATER, questionText: `${n}?` }] })
    ),
  );
  assert.equal(await countOf(world, anna, quizId), 3);
  const orders = (await pullAll(world, anna, QUESTIONS)).map(({ data }) => data?.order);
  assert.deepEqual(orders.sort(), [0, 1, 2]);
});

Deno.test("quiz.set_questions: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const quizId = await create(world, anna, { questions: [CAPITAL, RIVERS] });
  const other = await create(world, anna, { questions: [WATER] });
  const [capital] = await questionsOf(world, anna, quizId);
  const [water] = await questionsOf(world, anna, other);
  const refused = (args: Record<string, unknown>) =>
    callRefused(world, anna, "quiz_set_questions", { quizId, ...args });
  await withoutPush(world, async () => {
    assert.match(await refused({}), /nothing to change: give at least one of add, change, order/);
    assert.match(
      await refused({ change: [{ id: water?.id, questionText: "?" }] }),
      /change: the quiz has no question/,
    );
    assert.match(await refused({ order: ["run"] }), /order: the quiz has no question "run"/);
    assert.match(await refused({ order: [capital?.id, capital?.id] }), /order: each question once/);
    assert.match(
      await refused({ change: [{ id: capital?.id, type: "text" }] }),
      /options: give them with another type/,
    );
    const twice = { id: capital?.id, questionText: "?" };
    assert.match(await refused({ change: [twice, twice] }), /change: each question once/);
    assert.equal(await refused({ quizId: "run", add: [WATER] }), notFound("quiz", "run"));
  });
});

Deno.test("quiz.record: grades single, multi and text as the app does, and says what was wrong", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const quizId = await create(world, anna, { questions: [CAPITAL, RIVERS, WATER] });
  const [capital, rivers, water] = await questionsOf(world, anna, quizId);
  const { score, wrong } = await callOk(world, anna, "quiz_record", {
    quizId,
    answers: [
      { questionId: capital?.id, optionIds: [capital?.options[0]?.id] },
      { questionId: rivers?.id, optionIds: [rivers?.options[0]?.id] },
      { questionId: water?.id, text: " wasser " },
    ],
  });
  assert.deepEqual([score, wrong], [2 / 3, [rivers?.id]]);
  const both = { questionId: rivers?.id, optionIds: [rivers?.options[2]?.id, rivers?.options[0]?.id] };
  assert.equal((await callOk(world, anna, "quiz_record", { quizId, answers: [both] })).score, 1);
  const all = { questionId: rivers?.id, optionIds: rivers?.options.map(({ id }) => id) };
  assert.equal((await callOk(world, anna, "quiz_record", { quizId, answers: [all] })).score, 0);
});

Deno.test("quiz.record: an answer that the quiz does not take is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const quizId = await create(world, anna, { questions: [CAPITAL, WATER] });
  const [capital, water] = await questionsOf(world, anna, quizId);
  const refused = (...answers: unknown[]) => callRefused(world, anna, "quiz_record", { quizId, answers });
  await withoutPush(world, async () => {
    assert.match(await refused({ questionId: "x", text: "y" }), /answers: the quiz has no question "x"/);
    assert.match(await refused({ questionId: capital?.id, optionIds: ["z"] }), /has no option "z"/);
    assert.match(await refused({ questionId: capital?.id, text: "Lima" }), /is answered by `optionIds`/);
    assert.match(await refused({ questionId: water?.id, optionIds: [] }), /is answered by `text`/);
    const one = { questionId: water?.id, text: "a" };
    assert.match(await refused(one, one), /answers: each question once/);
    assert.match(await refused(), /answers: /);
  });
});

Deno.test("quiz.delete: a question, and the number with it; a quiz with its questions", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const id = await create(world, anna, { questions: [CAPITAL, RIVERS, WATER] });
  const [capital] = await questionsOf(world, anna, id);
  const one = await deleteWithYes(world, anna, "quiz_delete", { id, questionId: capital?.id });
  assert.match(one.sentence, /Delete the question "Hauptstadt von Peru\?"\?/);
  assert.equal(await countOf(world, anna, id), 2);
  assert.match(
    await deleteRefused(world, anna, "quiz_delete", { id, questionId: "x" }),
    /the quiz has no question "x"/,
  );
  const { sentence } = await deleteWithYes(world, anna, "quiz_delete", { id });
  assert.match(sentence, /Delete the quiz "Erde"\?.* 2 questions of it will go as well\./);
  assert.deepEqual(await titles(world, anna, "quiz_list"), []);
  const deleted = (await pullAll(world, anna, QUESTIONS)).filter(({ op }) => op === "delete");
  assert.equal(deleted.length, 3);
  assert.equal(await callRefused(world, anna, "quiz_read", { id }), notFound("quiz", id));
});
