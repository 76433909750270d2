import assert from "node:assert/strict";
import { MAX_JSON_DEPTH } from "../../lib/kit/limits.ts";
import { call, callOk, sendRaw } from "../_support/mcp.ts";
import { pushesOf, pushInsert, TASKS } from "../_support/device.ts";
import { callHeaders, callMessage } from "../_support/mcp_request.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("case- or Unicode-variant envelope keys: refused, whichever message another parser would see", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const headers = callHeaders(anna.token, "todo_create");
  const body = JSON.stringify(callMessage("todo_create", { title: "x" }));
  const variants = [
    body.replace('"method":', '"Method":"tools/list","method":'),
    body.replace('"method":', '"METHOD":"tools/list","method":'),
    body.replace('"params":', '"paramſ":{},"params":'),
    body.replace('"jsonrpc":', '"j\\u0073onrpc":'),
    body.replace('"method":', '"method":"tools/list","method":'),
    body.replace('"name":"todo_create"', '"Name":"notes_create","name":"todo_create"'),
    body.replace('"arguments":', '"argument\u017f":{},"arguments":'),
    body.replace('"id":', '"\uff49\uff44":9,"id":'),
    body.replace('"id":', '"id\\u0000":9,"id":'),
  ];
  for (const variant of variants) {
    assert.notEqual(variant, body);
    const answer = await sendRaw(world, headers, variant);
    assert.equal(answer.status, 400, variant);
    assert.match(answer.text, /-32600/);
  }
  assert.equal(pushesOf(world).length, 0);
  assert.equal((await sendRaw(world, headers, body)).status, 200);
});

Deno.test("header/body disagreement: refused, whichever of the two a proxy has looked at", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const right = callHeaders(anna.token, "todo_create");
  const body = JSON.stringify(callMessage("todo_create", { title: "x" }));
  for (
    const wrong of [
      { "mcp-method": "tools/list" },
      { "mcp-name": "todo_list" },
      { "mcp-name": "todo_create, todo_list" },
      { "mcp-protocol-version": "2025-11-25" },
      { "mcp-protocol-version": "1999-01-01" },
    ]
  ) {
    const answer = await sendRaw(world, { ...right, ...wrong }, body);
    assert.equal(answer.status, 400, JSON.stringify(wrong));
  }
  assert.equal(pushesOf(world).length, 0);
});

Deno.test("deeply nested JSON: refused before it is built, and the gateway goes on", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const headers = callHeaders(anna.token, "todo_create");
  for (const depth of [MAX_JSON_DEPTH + 1, 100_000, 1_000_000]) {
    for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
      const nested = `${open.repeat(depth)}1${close.repeat(depth)}`;
      const body = JSON.stringify(callMessage("todo_create", { title: 0 })).replace(
        '"title":0',
        `"title":${nested}`,
      );
      const answer = await sendRaw(world, headers, body);
      assert.ok([400, 413].includes(answer.status), `${answer.status} at ${depth}`);
    }
  }
  await callOk(world, anna, "todo_create", { title: "still there" });
});

Deno.test("prototype keys: nothing reaches a prototype, neither from arguments nor from rows", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const headers = callHeaders(anna.token, "todo_create");
  const body = JSON.stringify(callMessage("todo_create", { title: "x" }));
  for (const planted of ['{"__proto__":{"isAdmin":true}}', '{"title":"x","__proto__":{"title":"y"}}']) {
    const answer = await sendRaw(world, headers, body.replace('{"title":"x"}', planted));
    assert.equal(answer.status, 400, answer.text);
  }
  const poisoned = { constructor: { prototype: { isAdmin: true } }, toString: "x", hasOwnProperty: 1 };
  assert.equal((await call(world, anna, "todo_create", { title: "x", ...poisoned })).ok, false);
  const row = JSON.parse(
    '{"title":"mine","__proto__":{"isCompleted":true},"constructor":{"a":1},"toString":"x"}',
  );
  await pushInsert(world, anna, TASKS, "__proto__", row);
  await pushInsert(world, anna, TASKS, "constructor", { title: "other" });
  world.clock.now += 60_000;
  const { tasks } = await callOk(world, anna, "todo_list", { includeCompleted: true });
  assert.ok(Array.isArray(tasks));
  assert.deepEqual(tasks.map(({ id }) => id).sort(), ["__proto__", "constructor"]);
  assert.equal(Reflect.get({}, "isAdmin"), undefined);
  assert.equal(Reflect.get([], "isCompleted"), undefined);
});
