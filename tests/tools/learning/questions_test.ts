import assert from "node:assert/strict";
import { HABITS, lastChange, pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "../people/_deleting.ts";

const QUESTIONS = { app: "questions", table: "questions" };
const ANSWERS = { app: "questions", table: "answers" };
const COLLECTIONS = { app: "questions", table: "collections" };

async function ask(world: World, person: Person, args: Record<string, unknown> = {}): Promise<string> {
  return String((await callOk(world, person, "questions_create", { title: "Warum?", ...args })).id);
}

async function say(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "questions_answer", args)).id);
}

/** Contents of the answers, and which of them are accepted. */
async function answersOf(world: World, person: Person, id: string): Promise<unknown[]> {
  const { answers } = await callOk(world, person, "questions_read", { id });
  assert.ok(Array.isArray(answers));
  return answers.map(({ content, isAccepted }) => [content, isAccepted]);
}

Deno.test("questions.list: archived ones only by status; by priority, tag and words, with the name of the collection", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, COLLECTIONS, "sky", { name: "Himmel", color: "#112233", icon: "sun" });
  await ask(world, anna, { title: "blau", collectionId: "sky", tags: ["Physik"], description: "am Tag" });
  await ask(world, anna, { title: "teuer", priority: "urgent" });
  const old = await ask(world, anna, { title: "alt" });
  await callOk(world, anna, "questions_update", { id: old, status: "archived" });
  const found = (args: Record<string, unknown>) => titles(world, anna, "questions_list", args);
  assert.deepEqual(await found({}), ["teuer", "blau"]);
  assert.deepEqual(await found({ status: "archived" }), ["alt"]);
  assert.deepEqual(await found({ priority: "urgent" }), ["teuer"]);
  assert.deepEqual(await found({ tag: "physik" }), ["blau"]);
  assert.deepEqual(await found({ query: "am tag" }), ["blau"]);
  const { rows } = await listed(world, anna, "questions_list");
  assert.deepEqual(rows.map(({ collection }) => collection), [undefined, "Himmel"]);
});

Deno.test("questions.answer: one answer is accepted at most; the status of the question stays", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const questionId = await ask(world, anna);
  const first = await say(world, anna, { questionId, content: "eins", accept: true });
  await say(world, anna, { questionId, content: "zwei", accept: true });
  assert.deepEqual(await answersOf(world, anna, questionId), [["zwei", true], ["eins", false]]);
  await say(world, anna, { questionId, answerId: first, accept: true, content: "eins!" });
  assert.deepEqual(await answersOf(world, anna, questionId), [["eins!", true], ["zwei", false]]);
  await say(world, anna, { questionId, answerId: first, accept: false });
  assert.deepEqual(
    (await answersOf(world, anna, questionId)).map((answer) => Array.isArray(answer) && answer[1]),
    [
      false,
      false,
    ],
  );
  const { question } = await callOk(world, anna, "questions_read", { id: questionId });
  assert.equal(recordOf({ question }, "question").status, "open");
});

Deno.test("questions.answer: answers that are accepted at the same time leave one accepted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const questionId = await ask(world, anna);
  await Promise.all(
    ["a", "b", "c"].map((content) => say(world, anna, { questionId, content, accept: true })),
  );
  const accepted = (await answersOf(world, anna, questionId)).filter((answer) =>
    Array.isArray(answer) && answer[1]
  );
  assert.equal(accepted.length, 1);
});

Deno.test("questions.update: writes what changes, and empties what is cleared", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await ask(world, anna, { description: "d", tags: ["x"] });
  await callOk(world, anna, "questions_update", {
    id,
    status: "answered",
    clear: ["description"],
    priority: null,
  });
  const { fields } = await lastChange(world, anna, QUESTIONS, id);
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["description", "status", "updatedAt"]);
});

Deno.test("questions.delete: an answer, or the question with its answers", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const id = await ask(world, anna);
  const answerId = await say(world, anna, { questionId: id, content: "eins" });
  await say(world, anna, { questionId: id, content: "zwei" });
  const one = await deleteWithYes(world, anna, "questions_delete", { id, answerId });
  assert.match(one.sentence, /Delete the answer "eins"\?/);
  assert.deepEqual(await answersOf(world, anna, id), [["zwei", false]]);
  const other = await ask(world, anna, { title: "Andere?" });
  const words = await deleteRefused(world, anna, "questions_delete", {
    id: other,
    answerId: await say(world, anna, { questionId: id, content: "drei" }),
  });
  assert.match(words, /answerId: the answer is to another question/);
  const { sentence } = await deleteWithYes(world, anna, "questions_delete", { id });
  assert.match(sentence, /Delete the question "Warum\?"\?.* 2 answers to it will go as well\./);
  assert.deepEqual(await titles(world, anna, "questions_list"), ["Andere?"]);
  assert.equal((await pullAll(world, anna, ANSWERS)).filter(({ op }) => op === "delete").length, 3);
});

Deno.test("questions: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const questionId = await ask(world, anna);
  const other = await ask(world, anna);
  const answerId = await say(world, anna, { questionId: other, content: "x" });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ title: "" }, /title: expected at least one visible character/],
      [{ title: "X", priority: "huge" }, /priority: /],
      [{ title: "X", collectionId: "run" }, /No collection with id "run"/],
      [{ title: "X", description: "x".repeat(200_000) }, /description: /],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "questions_create", args), words);
    }
    const refused = (args: Record<string, unknown>) => callRefused(world, anna, "questions_answer", args);
    assert.match(await refused({ questionId }), /give `content` for a new answer/);
    assert.match(await refused({ questionId, answerId }), /give `content` for a new answer/);
    assert.match(
      await refused({ questionId, answerId, accept: true }),
      /answerId: the answer is to another question/,
    );
    assert.equal(await refused({ questionId: "run", content: "x" }), notFound("question", "run"));
    assert.equal(await refused({ questionId, answerId: "run", content: "x" }), notFound("answer", "run"));
    assert.match(await callRefused(world, anna, "questions_update", { id: questionId }), /nothing to change/);
    assert.equal(
      await callRefused(world, anna, "questions_read", { id: "run" }),
      notFound("question", "run"),
    );
  });
});
