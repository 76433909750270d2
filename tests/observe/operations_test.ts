import assert from "node:assert/strict";
import { rpc } from "../_support/mcp.ts";
import { legacyHeaders, MCP_URL, openSession } from "../_support/mcp_request.ts";
import { createWorld } from "../_support/world.ts";
import { createRecorder } from "./_recorder.ts";

/** Spans and durations of MCP requests that are no tool calls, and of sessions. Nothing a client made up is among their words. */

const MARK = "MARK7f3a";
const USUAL = {
  "mcp.protocol.version": "2026-07-28",
  "network.transport": "tcp",
  "network.protocol.name": "http",
};

Deno.test("each request that is no call has a server span and a duration, whichever way it was answered", async () => {
  const { trace, spans, operations, paths } = createRecorder();
  await using world = await createWorld({ trace });
  const anna = await world.person("anna");
  await rpc(world, anna, "tools/list");
  await rpc(world, anna, "prompts/list");
  await rpc(world, anna, "prompts/get", { name: "plan_day" });
  assert.deepEqual(operations, [
    { attributes: { "mcp.method.name": "tools/list", ...USUAL }, failure: undefined },
    { attributes: { "mcp.method.name": "prompts/list", ...USUAL }, failure: undefined },
    {
      attributes: { "mcp.method.name": "prompts/get", "gen_ai.prompt.name": "plan_day", ...USUAL },
      failure: undefined,
    },
  ]);
  for (const name of ["tools/list", "prompts/list", "prompts/get plan_day"]) {
    assert.equal(spans.find((span) => span.name === name)?.kind, "server", name);
    assert.ok(paths().includes(`POST /mcp > ${name}`), name);
  }
  assert.deepEqual(spans.map(({ ended }) => ended), spans.map(() => 1), "each span ends once");
});

Deno.test("an error has its JSON-RPC code, and what the client made up is left out", async () => {
  const { trace, spans, operations } = createRecorder();
  await using world = await createWorld({ trace });
  const anna = await world.person("anna");
  await rpc(world, anna, "prompts/get", { name: MARK });
  await rpc(world, anna, "tools/call", { name: MARK, arguments: {} });
  await rpc(world, anna, "resources/read", { uri: `mana://${MARK}` });
  const error = { ...USUAL, "rpc.response.status_code": "-32602" };
  assert.deepEqual(operations, [
    { attributes: { "mcp.method.name": "prompts/get", ...error }, failure: "-32602" },
    { attributes: { "mcp.method.name": "tools/call", ...error }, failure: "-32602" },
    { attributes: { "mcp.method.name": "resources/read", ...error }, failure: "-32602" },
  ]);
  const failed = spans.find(({ name }) => name === "prompts/get");
  assert.deepEqual([failed?.failure, failed?.attributes["rpc.response.status_code"]], ["-32602", "-32602"]);
  assert.equal(JSON.stringify([spans, operations]).includes(MARK), false);
});

Deno.test("a session's duration is told when it ends, with its revision and no id", async () => {
  const { trace, sessions } = createRecorder();
  await using world = await createWorld({ trace, isStill: true });
  const anna = await world.person("anna");
  const send = (request: Request) => world.gateway.fetch(request);
  const id = await openSession(send, anna.token);
  world.clock.now += 42_000;
  const headers = legacyHeaders(anna.token, id);
  const ended = await send(new Request(MCP_URL, { method: "DELETE", headers }));
  assert.equal(ended.status, 200, await ended.text());
  assert.deepEqual(sessions, [
    { seconds: 42, attributes: { ...USUAL, "mcp.protocol.version": "2025-11-25" } },
  ]);
});
