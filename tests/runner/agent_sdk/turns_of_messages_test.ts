// The messages of the Agent SDK, and what a day is made of them. Runs without the SDK.
import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageReader, type Told } from "../../../runner/agent_sdk/turns_of_messages.ts";

const use = (id: string, name: string, input: unknown = {}) => ({ type: "tool_use", id, name, input });
const result = (id: string, text: string, isError = false) => ({
  type: "tool_result",
  tool_use_id: id,
  content: [{ type: "text", text }],
  ...(isError ? { is_error: true } : {}),
});
const assistant = (id: string, ...content: unknown[]) => ({ type: "assistant", message: { id, content } });
const user = (...content: unknown[]) => ({ type: "user", message: { content } });

function readAll(messages: readonly unknown[]): readonly Told[] {
  let now = 0;
  const reader = new MessageReader(() => now += 5);
  return [...messages.flatMap((message) => reader.read(message)), ...reader.end()];
}

/** Calls and their results, turn by turn. */
function turnsOf(told: readonly Told[]) {
  return told.flatMap((each) =>
    each.kind !== "turn"
      ? []
      : [each.turn.calls.map(({ wish, outcome }) => [wish.tool, outcome.result, outcome.code, outcome.text])]
  );
}

Deno.test("calls of one answer are one turn, paired by their ids, whatever the order of the results", () => {
  const told = readAll([
    { type: "system", subtype: "init" },
    assistant("msg_1", { type: "text", text: "Let me see." }, use("a", "mcp__mana__todo_list")),
    assistant("msg_1", use("b", "mcp__mana__todo_complete", { id: "x" })),
    user(result("b", "There is no record with this id.", true)),
    user(result("a", "2 tasks")),
    assistant("msg_2", use("c", "mcp__mana__notes_create")),
    user(result("c", "stored")),
    assistant("msg_3", { type: "text", text: "Bye." }),
    { type: "result", subtype: "success", is_error: false, usage: { input_tokens: 7, output_tokens: 2 } },
  ]);
  assert.deepEqual(turnsOf(told).map((calls) => calls.map(([tool, what]) => [tool, what])), [
    [["todo_list", "ok"], ["todo_complete", "refused"]],
    [["notes_create", "ok"]],
  ]);
  assert.deepEqual(told.at(-1), {
    kind: "result",
    ending: "done",
    usage: { input: 7, output: 2, cache_write: 0, cache_read: 0 },
  });
});

Deno.test("tools that are not the gateway's are no calls", () => {
  assert.deepEqual(
    readAll([
      assistant(
        "msg_1",
        use("a", "Bash"),
        use("b", "mcp__runner__rate_modules"),
        use("c", "mcp__manas__todo_list"),
      ),
      user(result("a", "denied", true), result("b", "Thank you.")),
    ]),
    [],
  );
});

Deno.test("a call whose day was broken off has no answer, and its turn is kept", () => {
  assert.deepEqual(turnsOf(readAll([assistant("msg_1", use("a", "mcp__mana__todo_list"))])), [
    [["todo_list", "failed", "no-answer", ""]],
  ]);
});

Deno.test("used-up turns and a model that is away are two endings, and keep the turns before them", () => {
  for (
    const [subtype, is_error, ending] of [
      ["error_max_turns", true, "turns"],
      ["error_during_execution", true, "failed"],
      ["success", true, "failed"],
      ["success", false, "done"],
    ] as const
  ) {
    const told = readAll([
      assistant("msg_1", use("a", "mcp__mana__todo_list")),
      user(result("a", "2 tasks")),
      { type: "result", subtype, is_error },
    ]);
    assert.deepEqual(told.map((each) => each.kind === "result" ? each.ending : each.kind), ["turn", ending]);
  }
});

Deno.test("any messages are read without an error", () => {
  fc.assert(fc.property(fc.array(fc.jsonValue()), (messages) => void readAll(messages)));
  const block = fc.record({
    type: fc.constantFrom("tool_use", "tool_result", "text"),
    id: fc.constantFrom("a", "b"),
    tool_use_id: fc.constantFrom("a", "b", "c"),
    name: fc.constantFrom("mcp__mana__todo_list", "Bash"),
    input: fc.jsonValue(),
    content: fc.jsonValue(),
  }, { requiredKeys: ["type"] });
  const message = fc.record({
    type: fc.constantFrom("assistant", "user", "result", "system"),
    subtype: fc.constantFrom("success", "error_max_turns"),
    message: fc.record({ id: fc.string(), content: fc.array(block) }),
    usage: fc.jsonValue(),
  }, { requiredKeys: ["type"] });
  fc.assert(fc.property(fc.array(message), (messages) => void readAll(messages)));
});
