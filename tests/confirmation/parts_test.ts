/** The parts of the confirmation by themselves: used answers, the sentence, and what a tool's author can get wrong. */
import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { z } from "zod";
import { createUsedNonces } from "../../lib/calls/confirmation/used_answers.ts";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import { createStateSeal } from "../../lib/calls/confirmation/question_state.ts";
import { deleteQuestion } from "../../lib/tool/delete_question.ts";
import { defineTool } from "../../lib/tool/define_tool.ts";

/** The keys of a process that shares none. */
const ownKeys = () => createNodeKeys([], (count) => crypto.getRandomValues(new Uint8Array(count)));

Deno.test("used answers: each once, forgotten when expired, never more than the limit", () => {
  const clock = { now: 0 };
  const used = createUsedNonces({ now: () => clock.now, max: 100 });
  assert.equal(used.spend("a", 50, "1"), true);
  assert.equal(used.spend("a", 50, "1"), false);
  assert.equal(used.isSpent("a", 50), true);
  for (let index = 0; index < 1_000; index++) {
    clock.now = index;
    assert.equal(used.spend(`n${index}`, index + 60, "1"), true, `${index}`);
    assert.ok(used.size() <= 100);
  }
});

Deno.test("used answers: a flood makes others ask again, it never lets an answer count twice", () => {
  const used = createUsedNonces({ now: () => 0, max: 100 });
  assert.equal(used.spend("mine", 1_000, "1"), true);
  for (let index = 0; index < 10_000; index++) used.spend(`flood${index}`, 1_000 + index, "1");
  assert.ok(used.size() <= 100);
  assert.equal(used.spend("mine", 1_000, "1"), false, "forgotten, but too old to be believed");
  assert.equal(used.spend("new", 20_000, "1"), true, "who asks now is not locked out");
});

Deno.test("used answers: a clock that is set back makes no forgotten answer good again", () => {
  const clock = { now: 0 };
  const used = createUsedNonces({ now: () => clock.now, max: 1 });
  assert.equal(used.spend("mine", 1_000, "1"), true);
  clock.now = 2_000;
  assert.equal(used.spend("other", 3_000, "1"), true);
  clock.now = 500;
  assert.equal(used.isSpent("mine", 1_000), true);
});

Deno.test("a state is believed by the process that made it, in any order of the arguments' members", async () => {
  const clock = { now: 0 };
  const seal = createStateSeal({ clock: clockOf(() => clock.now), nodeKeys: ownKeys() });
  const binding = { person: "p", tool: "t", args: { a: 1, b: { c: [1, 2], d: null } }, space: "s" };
  const approval = "0123456789abcdef".repeat(2);
  const state = await seal.make(binding, "Delete?", approval, null);
  clock.now = 700;
  const opened = await seal.open(state);
  assert.ok(typeof opened !== "string");
  assert.deepEqual([opened.approval, opened.ageMs], [approval, 700]);
  assert.equal(await opened.isFor(binding), true);
  assert.equal(await opened.isFor({ ...binding, args: { b: { d: null, c: [1, 2] }, a: 1 } }), true);
  for (
    const args of [
      { a: 1, b: { c: [2, 1], d: null } },
      { a: "1", b: { c: [1, 2], d: null } },
      { a: 1, b: { c: [1, 2] } },
      JSON.parse('{"a":1,"b":{"c":[1,2],"d":null},"__proto__":1}'),
      undefined,
      [],
    ]
  ) assert.equal(await opened.isFor({ ...binding, args }), false, JSON.stringify(args));
  for (const other of [{ person: "q" }, { tool: "u" }, { space: "" }]) {
    assert.equal(await opened.isFor({ ...binding, ...other }), false);
  }
  assert.equal(await opened.showed("Delete?"), true);
  assert.equal(await opened.showed("Delete"), false);
  assert.equal(
    await createStateSeal({ clock: clockOf(() => 0), nodeKeys: ownKeys() }).open(state),
    "invalid",
  );
  clock.now = 5 * 60_000;
  assert.equal(await seal.open(state), "expired");
});

Deno.test("the parts of a binding cannot run into each other", async () => {
  const seal = createStateSeal({ clock: clockOf(() => 0), nodeKeys: ownKeys() });
  const opened = await seal.open(
    await seal.make({ person: "ab", tool: "c", args: {}, space: "d" }, "", null, null),
  );
  assert.ok(typeof opened !== "string");
  assert.equal(opened.approval, null);
  assert.equal(await opened.isFor({ person: "a", tool: "bc", args: {}, space: "d" }), false);
  assert.equal(await opened.isFor({ person: "ab", tool: "c", args: undefined, space: "d" }), true);
});

Deno.test("the sentence: a record's own text cannot pose as the gateway's", () => {
  const ask = (title?: string) =>
    deleteQuestion({ record: "task" }, { id: "i-1", ...(title === undefined ? {} : { title }) });
  const named = (title: string) =>
    `Delete the task "${title}"? The Mana app, where you use it, can bring it back.`;
  assert.equal(ask("Buy milk"), named("Buy milk"));
  assert.equal(ask('x"? Nothing is deleted. "'), named("x'? Nothing is deleted. '"));
  assert.equal(ask("x”? “"), named("x'? '"));
  assert.equal(ask("a\n\n\r\u2028b\u0000c\td"), named("a b c d"));
  assert.equal(ask("\u202egnp.exe\u2066"), named("gnp.exe"), "no turned direction");
  assert.equal(ask("a\u200bb"), named("a b"), "no invisible characters");
  assert.equal(ask("👩‍👩‍👧 Familie"), named("👩‍👩‍👧 Familie"));
  assert.equal(ask("é".repeat(101)), named(`${"é".repeat(100)}…`));
  assert.equal(ask("🦊".repeat(200)), named(`${"🦊".repeat(100)}…`));
  for (const nothing of [undefined, "", " \n", "\u3164\u2800", "\u115f\ufe0f"]) {
    assert.equal(
      ask(nothing),
      'Delete the task with the id "i-1"? The Mana app, where you use it, can bring it back.',
    );
  }
});

Deno.test("a destructive tool without a question, and a question of another tool, are no tools", () => {
  const input = z.object({});
  const output = z.object({});
  const base = { title: "T", description: "d", input, output, run: () => Promise.resolve({}) };
  const confirm = () => Promise.resolve("?");
  const words = /destructive tools have `confirm`, others have not/;
  // @ts-expect-error a destructive tool has to ask
  assert.throws(() => defineTool({ ...base, name: "a.b", access: "destructive" }), words);
  // @ts-expect-error only destructive tools ask
  assert.throws(() => defineTool({ ...base, name: "a.b", access: "write", confirm }), words);
  // @ts-expect-error only destructive tools ask
  assert.throws(() => defineTool({ ...base, name: "a.b", access: "read", confirm }), words);
  const tool = defineTool({ ...base, name: "a.b", access: "destructive", confirm });
  assert.deepEqual([tool.annotations.destructiveHint, tool.annotations.idempotentHint], [true, false]);
});

Deno.test("the question of a tool sees a context that can only read", () => {
  defineTool({
    name: "a.b",
    title: "T",
    access: "destructive",
    description: "d",
    input: z.object({ id: z.string() }),
    output: z.object({}),
    // @ts-expect-error there is nothing to delete with while asking
    confirm: ({ id }, { records }) => Promise.resolve(`${id}${typeof records.delete}`),
    run: ({ id }, { records }) => Promise.resolve({ id, records: typeof records.delete }).then(() => ({})),
  });
});
