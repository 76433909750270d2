import assert from "node:assert/strict";
import { formatTraceparent, parseTraceparent } from "../../lib/observe/trace.ts";
import { call, callOk, rpc } from "../_support/mcp.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { createWorld, type World } from "../_support/world.ts";
import { createRecorder } from "./_recorder.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const MESSAGE_TRACE = "11111111111111111111111111111111";
const MESSAGE_PARENT = `00-${MESSAGE_TRACE}-2222222222222222-01`;

/** Of what is asked for a request; a stream outlives it and is part of no trace. */
function traceparents(world: World): (string | null)[] {
  return world.upstreamCalls.filter(({ url }) => !url.includes("/stream?")).map(({ headers }) =>
    headers.get("traceparent")
  );
}

/** Calls a tool with a `traceparent` in the message's own `_meta`. */
async function callWithMeta(world: World, token: string, traceparent: string): Promise<void> {
  const changes = { headers: { traceparent: PARENT }, meta: { traceparent } };
  const params = { name: "habits_list", arguments: {} };
  const response = await world.gateway.fetch(modernRequest(token, "tools/call", params, changes));
  assert.equal(response.status, 200, await response.text());
}

Deno.test("one server span per request, with auth, policy, tool, upstream and crypto inside", async () => {
  const { trace, spans, paths, operations } = createRecorder();
  await using world = await createWorld({ trace, env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "todo_create", { title: "a" }, { traceparent: PARENT });
  assert.deepEqual(paths(), [
    "POST /mcp",
    "POST /mcp > auth",
    "POST /mcp > auth > GET auth",
    "POST /mcp > tools/call todo.create",
    "POST /mcp > tools/call todo.create > policy",
    "POST /mcp > tools/call todo.create > GET auth",
    "POST /mcp > tools/call todo.create > GET sync",
    "POST /mcp > tools/call todo.create > GET vault",
    "POST /mcp > tools/call todo.create > crypto",
    "POST /mcp > tools/call todo.create > POST sync",
  ]);
  assert.deepEqual(new Set(spans.map(({ context }) => context.traceId)), new Set([TRACE]));
  assert.deepEqual(spans.map(({ ended }) => ended), spans.map(() => 1), "each span ends once");
  assert.deepEqual(spans.map(({ failure }) => failure), spans.map(() => null));
  const [server] = spans;
  assert.equal(server?.kind, "server");
  assert.equal(server.parentSpanId, "b7ad6b7169203331");
  assert.deepEqual(server.attributes, {
    "http.request.method": "POST",
    "http.route": "/mcp",
    "http.response.status_code": 200,
  });
  const tool = spans.find(({ name }) => name === "tools/call todo.create");
  assert.equal(tool?.kind, "server");
  assert.deepEqual(tool.attributes, {
    "mcp.method.name": "tools/call",
    "mcp.protocol.version": "2026-07-28",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "todo.create",
    "network.transport": "tcp",
    "network.protocol.name": "http",
    "mana.tool.access": "write",
  });
  assert.deepEqual(operations.map(({ failure }) => failure), [undefined]);
});

Deno.test("each service is told the span that asks it, and nothing else of the caller's trace headers", async () => {
  const { trace, spans } = createRecorder();
  await using world = await createWorld({ trace });
  const anna = await world.person("anna");
  const headers = { traceparent: PARENT, tracestate: "MARK=1", baggage: "userId=MARK" };
  await callOk(world, anna, "habits_list", {}, headers);
  const asked = spans.filter(({ kind }) => kind === "client").map(({ context }) =>
    formatTraceparent(context)
  );
  assert.deepEqual(traceparents(world), asked);
  for (const call of world.upstreamCalls) {
    assert.equal(JSON.stringify([...call.headers]).includes("MARK"), false);
  }
});

Deno.test("the traceparent of the message wins over the request's, which becomes a link", async () => {
  const { trace, spans, paths } = createRecorder();
  await using world = await createWorld({ trace });
  const anna = await world.person("anna");
  await callWithMeta(world, anna.token, MESSAGE_PARENT);
  const tool = spans.find(({ name }) => name === "tools/call habits.list");
  const request = spans.find(({ name }) => name === "POST /mcp");
  assert.equal(tool?.kind, "server");
  assert.equal(tool.context.traceId, MESSAGE_TRACE);
  assert.equal(tool.parentSpanId, "2222222222222222");
  assert.equal(tool.link?.spanId, request?.context.spanId);
  assert.equal(request?.context.traceId, TRACE);
  assert.ok(paths().includes("tools/call habits.list > GET sync"));
  const line = world.logLines.find((text) => text.includes('"event":"call"')) ?? "";
  assert.ok(line.includes(`"traceId":"${MESSAGE_TRACE}"`), line);
});

Deno.test("a traceparent that is none starts a trace of its own", async () => {
  for (
    const bad of [
      "MARK",
      `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
      `ff-${TRACE}-b7ad6b7169203331-01`,
      `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`,
      `${PARENT}-extra`,
    ]
  ) assert.equal(parseTraceparent(bad), null, bad);
  for (const odd of [null, undefined, 7, {}]) assert.equal(parseTraceparent(odd), null);
  const { trace, spans } = createRecorder();
  await using world = await createWorld({ trace });
  const anna = await world.person("anna");
  await callWithMeta(world, anna.token, "MARK");
  assert.equal(spans[0]?.context.traceId, TRACE);
  await callOk(world, anna, "habits_list", {}, { traceparent: "MARK" });
  assert.equal(traceparents(world).some((text) => text?.includes("MARK")), false);
  assert.match(world.logLines.join("\n"), /"traceId":"[0-9a-f]{32}"/);
});

Deno.test("without tracing a caller's traceparent is passed on as it came, and none is made up", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  assert.deepEqual(new Set(traceparents(world)), new Set([null]));
  world.upstreamCalls.length = 0;
  await callOk(world, anna, "habits_list", {}, { traceparent: PARENT });
  assert.deepEqual(new Set(traceparents(world)), new Set([PARENT]));
});

Deno.test("refusals and failures show as failed spans, in words of ours", async () => {
  const { trace, spans, operations } = createRecorder();
  await using world = await createWorld({ trace });
  const anna = await world.person("anna");
  await rpc(world, null, "tools/list");
  await call(world, anna, "todo_complete", { id: "MARK" });
  world.clock.now += 120_000;
  world.intercept = ({ url }) =>
    url.startsWith("http://sync.test") ? new Response("MARK", { status: 500 }) : undefined;
  await call(world, anna, "todo_list");
  const failures = spans.filter(({ failure }) => failure !== null)
    .map(({ name, failure, attributes }) => [name, failure, attributes["mana.refusal.reason"] ?? ""]);
  assert.deepEqual(failures, [
    ["auth", "token-missing", ""],
    ["tools/call todo.complete", "tool_error", "record-not-found"],
    ["tools/call todo.list", "tool_error", "upstream-failed"],
    ["GET sync", "rejected", ""],
    ["GET sync", "rejected", ""],
    ["GET sync", "rejected", ""],
  ]);
  assert.deepEqual(operations.map(({ failure }) => failure), ["tool_error", "tool_error"]);
  assert.equal(JSON.stringify(spans).includes("MARK"), false);
  assert.deepEqual(spans.map(({ ended }) => ended), spans.map(() => 1));
});
