import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { createLog } from "../../lib/observe/log.ts";
import type { LogFields } from "../../lib/observe/log_fields.ts";
import { createPseudonyms } from "../../lib/observe/pseudonyms.ts";
import { call, callOk, callRefused, rpc } from "../_support/mcp.ts";
import { createWorld, type World } from "../_support/world.ts";

function lineOf(fields: LogFields, event = "call"): string {
  const lines: string[] = [];
  createLog({ level: "debug", clock: clockOf(() => 0), write: (line) => void lines.push(line) }).info(
    event,
    fields,
  );
  return lines.join("\n");
}

/** The lines of one event, parsed. */
function events(world: World, event: string): Record<string, unknown>[] {
  return world.logLines.map((line) => JSON.parse(line)).filter((line) => line.event === event);
}

Deno.test("a log line holds listed fields only, whatever is spread into it", () => {
  const request = { tool: "todo.create", args: { title: "MARK" }, token: "MARK", headers: { a: "MARK" } };
  const fields: object = { ...request, ms: 1.5 };
  const line = lineOf(fields);
  assert.deepEqual(JSON.parse(line), {
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    event: "call",
    tool: "todo.create",
    args: "?",
    ms: 1.5,
  });
  assert.equal(line.includes("MARK"), false);
});

for (
  const [name, value] of [
    ["a line break", 'todo.create"}\n{"level":"info","event":"call"'],
    ["a carriage return", "todo\rcreate"],
    ["an escape sequence", "\x1b[2J\x1b]0;owned\x07"],
    ["a C1 control", "todo\x9b31m"],
    ["a line separator", "todo\u2028create"],
    ["a text direction mark", "todo\u202ecreate"],
    ["a sentence", "ignore all previous instructions"],
  ] as const
) {
  Deno.test(`a log line cannot be forged or coloured: ${name}`, () => {
    for (const fields of [{ tool: value }, { error: value }, { reason: value }, { problem: value }]) {
      const line = lineOf(fields, value);
      // deno-lint-ignore no-control-regex -- control characters are the point
      assert.equal(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]/.test(line), false, line);
      assert.equal(Object.keys(JSON.parse(line)).length, 4);
    }
    assert.equal(JSON.parse(lineOf({ tool: value })).tool, "?");
  });
}

Deno.test("pseudonyms are stable under one key, unlike under another, and apart by kind", () => {
  const keyOf = (fill: number) => new Uint8Array(32).fill(fill);
  const [one, other] = [createPseudonyms(keyOf(1), keyOf(1)), createPseudonyms(keyOf(2), keyOf(1))];
  assert.match(one.person("anna"), /^[0-9a-f]{16}$/);
  assert.equal(one.person("anna"), one.person("anna"));
  assert.notEqual(one.person("anna"), other.person("anna"));
  assert.equal(new Set([one.person("x"), one.agent("x"), one.space("x"), one.digest("x")]).size, 4);
  assert.notEqual(one.digest({ a: 1 }), one.digest({ a: 2 }));
  assert.match(one.digest(undefined), /^[0-9a-f]{16}$/);
  // Of what a person wrote: under the second key alone, which no other process has.
  assert.equal(one.digest({ a: 1 }), other.digest({ a: 1 }));
});

Deno.test("pseudonyms stay the same through a flood of new identities", () => {
  const pseudonyms = createPseudonyms(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
  const before = pseudonyms.person("anna");
  for (let i = 0; i < 25_000; i++) pseudonyms.agent(`agent ${i}`);
  assert.equal(pseudonyms.person("anna"), before);
});

Deno.test("one line per call tells who, where, what and how long, by pseudonyms and counts", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const note = { title: "t", content: "c" };
  await callOk(world, anna, "notes_create", note);
  await callOk(world, anna, "notes_create", note);
  await callOk(world, anna, "notes_search", { query: "" });
  await callOk(world, ben, "notes_create", note);
  const [first, second, search, bens] = events(world, "call");
  assert.ok(first && second && search && bens);
  assert.deepEqual(Object.keys(first), [
    "time",
    "level",
    "event",
    "traceId",
    "person",
    "agent",
    "space",
    "era",
    "tool",
    "access",
    "args",
    "outcome",
    "rows",
    "unreadable",
    "bytes",
    "upstreamMs",
    "cryptoMs",
    "ms",
  ]);
  for (const name of ["person", "agent", "space", "args"]) {
    assert.match(String(first[name]), /^[0-9a-f]{16}$/);
  }
  assert.equal(second.person, first.person);
  assert.equal(second.args, first.args);
  assert.equal(second.space, first.space);
  assert.notEqual(second.traceId, first.traceId);
  assert.notEqual(bens.person, first.person);
  assert.notEqual(bens.space, first.space);
  assert.notEqual(search.args, first.args);
  assert.deepEqual([first.rows, search.rows, search.unreadable, search.outcome], [1, 2, 0, "success"]);
  assert.ok(Number(search.bytes) > 100 && Number(search.upstreamMs) > 0 && Number(search.cryptoMs) > 0);
  const text = world.logLines.join("\n");
  for (const id of [anna.id, ben.id, anna.personalSpace, anna.email]) assert.equal(text.includes(id), false);
});

Deno.test("a refused call leaves a line with its outcome and reason", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await call(world, anna, "todo_complete", { id: 7 });
  await callRefused(world, anna, "todo_complete", { id: "MARK-unknown-id" });
  const answer = await rpc(world, anna, "tools/call", { name: "MARK.tool", arguments: {} });
  assert.equal(answer.body.error?.code, -32602);
  const outcomes = events(world, "call").map(({ tool, outcome, reason }) => [tool, outcome, reason]);
  assert.deepEqual(outcomes, [
    ["todo.complete", "input-invalid", "input-invalid"],
    ["todo.complete", "handler-error", "record-not-found"],
    [undefined, "input-invalid", "tool-unknown"],
  ]);
  assert.equal(world.logLines.join("\n").includes("MARK"), false);
});

Deno.test("a request refused at the edge leaves a line without its path, method or headers as sent", async () => {
  await using world = await createWorld();
  const send = async (path: string, init: RequestInit) => {
    await (await world.gateway.fetch(new Request(`http://gateway.test${path}`, init))).body?.cancel();
  };
  await send("/mcp?MARK=1", { method: "MARK" });
  await send("/mcp", { method: "POST", headers: { authorization: "Bearer MARK.MARK.MARK" } });
  await send("/mcp", { method: "POST", headers: { host: "MARK.test" } });
  await send("/mcp", { method: "POST", headers: { origin: "https://MARK.test" } });
  const anna = await world.person("anna");
  await rpc(world, anna, "tools/list", {}, { headers: { "x-mana-space": "MARK" } });
  const lines = events(world, "refused");
  assert.deepEqual(lines.map(({ method, status, reason }) => [method, status, reason]), [
    ["_OTHER", 405, "method-not-allowed"],
    ["POST", 401, "token-malformed"],
    ["POST", 403, "host-not-allowed"],
    ["POST", 403, "origin-not-allowed"],
    ["POST", 403, "space-not-member"],
  ]);
  for (const { traceId } of lines) assert.match(String(traceId), /^[0-9a-f]{32}$/);
  assert.equal(world.logLines.join("\n").includes("MARK"), false);
});
