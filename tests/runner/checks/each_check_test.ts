// What each check finds by itself, where another one would find the same fault by another way.
import assert from "node:assert/strict";
import type { Day, OfferedTool, Wish } from "../../../runner/brain/brain.ts";
import { createChecks } from "../../../runner/checks/checks.ts";
import type { Outcome } from "../../../runner/mana/outcome.ts";
import { personaOf } from "../_support/runner_world.ts";

const NOTE = { id: "n", createdAt: null, updatedAt: null, title: "Milk ~anna" };
const CREATE: Wish = { tool: "notes_create", args: { title: "Milk ~anna" } };
const CREATED = { structured: { note: NOTE } };
const DELETE: Wish = { tool: "notes_delete", args: { id: "n" }, answer: "yes" };
const READ: Wish = { tool: "notes_search", args: {} };

Deno.test("a sound gateway breaks no check, and a new record is read, listed and searched for", async () => {
  const looked: string[] = [];
  assert.deepEqual(await found(CREATE, CREATED, sound(looked)), []);
  assert.deepEqual(looked, ["notes_read", "notes_search", "notes_search Milk"]);
});

Deno.test("a record that only the list, or only the search, does not show is missed", async () => {
  const without = (isSearch: boolean): Answers => (wish) =>
    wish.tool === "notes_search" && ("query" in wish.args) === isSearch
      ? { structured: { notes: [], hasMore: false } }
      : sound([])(wish);
  assert.deepEqual(await found(CREATE, CREATED, without(false)), [
    "read-back: a new record is not in the list",
  ]);
  assert.deepEqual(await found(CREATE, CREATED, without(true)), [
    "read-back: a new record is not found by its title",
  ]);
});

Deno.test("a list that has more pages does not tell that a record is missing", async () => {
  const paged: Answers = (wish) =>
    wish.tool === "notes_search" ? { structured: { notes: [], hasMore: true } } : sound([])(wish);
  assert.deepEqual(await found(CREATE, CREATED, paged), []);
});

Deno.test("a deleted record is missed nowhere: neither where it is read, nor in the list", async () => {
  const gone: Answers = ({ tool }) =>
    tool === "notes_read" ? GONE : { structured: { notes: [], hasMore: false } };
  assert.deepEqual(await found(DELETE, { structured: { ok: true, id: "n" } }, gone), []);
  const read: Answers = (wish) => wish.tool === "notes_read" ? sound([])(wish) : gone(wish);
  const list: Answers = (wish) => wish.tool === "notes_read" ? gone(wish) : sound([])(wish);
  assert.deepEqual(await found(DELETE, {}, read), ["gone: a deleted record can still be read"]);
  assert.deepEqual(await found(DELETE, {}, list), ["gone: a deleted record is still in the list"]);
});

Deno.test("what a check asks is judged as any answer", async () => {
  const broken: Answers = (wish) =>
    wish.tool === "notes_read" ? { result: "failed", status: 500 } : sound([])(wish);
  assert.deepEqual(await found(CREATE, CREATED, broken), [
    "server-error: the gateway answered with an error of its own",
  ]);
});

Deno.test("errors in a result with status 200, words of the page that count for nothing, and calls without a time are found", async () => {
  const codes = [
    ["internal", "server-error"],
    ["schema", "schema"],
    ["not-a-result", "schema"],
    ["approval-ignored", "approval"],
    ["approval-lost", "approval"],
  ] as const;
  for (const [code, check] of codes) {
    const [first = "", ...more] = await found(READ, { result: "failed", code });
    assert.equal(first.split(":")[0], check);
    assert.deepEqual(more, []);
  }
  assert.deepEqual(await found(READ, { latencyMs: NaN }), ["latency: the call was not timed"]);
  assert.deepEqual(await found(READ, { result: "failed", status: 0, code: "no-answer" }), []);
});

Deno.test("whose records are shown: another persona's, unreadable ones and a stranger's are told apart from what nobody signed", async () => {
  const list = (...titles: string[]) => ({
    structured: { notes: titles.map((title) => ({ id: title, title })), hasMore: false },
  });
  assert.deepEqual(await found(READ, list("Milk ~anna", "unsigned", "Tea ~nobody")), []);
  assert.deepEqual(await found(READ, list("Milk ~kai")), [
    "own-list: the personal space shows what another persona wrote",
  ]);
  assert.deepEqual(await found(READ, { structured: { notes: [], hasMore: false, unreadable: 1 } }), [
    "own-list: the personal space has records that cannot be read",
  ]);
  const remarks = ["Note from the gateway: 1 of these records was written by another member of the space."];
  const marked = (title: string) => ({ structured: { remarks, ...list(title).structured } });
  const inFlat = { ...READ, space: "flat" };
  assert.deepEqual(await found(inFlat, marked("Rent ~ben")), []);
  assert.deepEqual(await found(inFlat, list("Rent ~ben")), [
    "marked: what another member wrote is not marked as another's",
  ]);
  assert.deepEqual(await found(inFlat, marked("Rent ~kai")), [
    "own-list: the shared space shows what somebody who is no member wrote",
  ]);
});

Deno.test("a record of the personal space that is in a shared one is found, and the other way round", async () => {
  const flat = [{ id: "flat", kind: "family", members: ["anna", "ben"] }];
  assert.deepEqual(await found(CREATE, CREATED, sound([]), flat), [
    "spaces-apart: a record of the personal space is in a shared one",
  ]);
  assert.deepEqual(await found({ ...CREATE, space: "flat" }, CREATED, sound([]), flat), [
    "spaces-apart: a record of a shared space is in the personal one",
  ]);
  const apart: Answers = (wish) => wish.space === undefined ? sound([])(wish) : GONE;
  assert.deepEqual(await found(CREATE, CREATED, apart, flat), []);
});

Deno.test("a call of a flood, and one that was cut off, is not asked about again", async () => {
  const looked: string[] = [];
  const any = { ...CREATE, expects: { result: "any" } } as const;
  assert.deepEqual(await found(any, CREATED, sound(looked)), []);
  assert.deepEqual(await found({ ...CREATE, mischief: { kind: "hang-up" } }, CREATED, sound(looked)), []);
  assert.deepEqual(looked, []);
});

type Answers = (wish: Wish) => Partial<Outcome>;

const GONE: Partial<Outcome> = { result: "refused", code: "record-not-found" };

/** A gateway that has one note. */
function sound(looked: string[]): Answers {
  return ({ tool, args }) => {
    looked.push(["query" in args ? `${tool} ${args.query}` : tool].join());
    return { structured: tool === "notes_read" ? { note: NOTE } : { notes: [NOTE], hasMore: false } };
  };
}

async function found(
  wish: Wish,
  outcome: Partial<Outcome>,
  answers: Answers = () => ({ result: "refused" }),
  sharedSpaces: Day["sharedSpaces"] = wish.space === undefined
    ? []
    : [{ id: "flat", kind: "family", members: ["anna", "ben"] }],
): Promise<readonly string[]> {
  const day: Day = {
    persona: personaOf("anna"),
    tick: 0,
    seed: 1,
    today: "2026-03-01",
    tools: TOOLS,
    sharedSpaces,
  };
  const whole = (part: Partial<Outcome>): Outcome => ({ ...USUAL, ...part });
  const checks = createChecks().begin(day);
  const violations = await checks.after(
    { wish, outcome: whole(outcome) },
    (looked) => Promise.resolve(whole(answers(looked))),
  );
  return violations.map(({ check, words }) => `${check}: ${words}`);
}

const USUAL: Outcome = { result: "ok", status: 200, code: null, text: "", structured: {}, latencyMs: 1 };

const TOOLS: readonly OfferedTool[] = ["notes_create", "notes_search", "notes_read", "notes_delete"].map((
  name,
) => ({
  name,
  module: "notes",
  description: "",
  inputSchema: name === "notes_search" ? { properties: { query: {} } } : {},
  outputSchema: null,
  isReadOnly: name === "notes_search" || name === "notes_read",
}));
