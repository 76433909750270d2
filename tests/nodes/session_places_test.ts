// What sessions that can be made again anywhere cost one node: a place while they are used, and nothing for their ids.
import assert from "node:assert/strict";
import { MAX_SESSIONS_PER_PERSON } from "../../lib/kit/limits.ts";
import { initialize, MCP_URL, message, post } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { call, createCounted, get, open, told } from "../mcp/_counted_servers.ts";
import { createStack, errorOf } from "../mcp/_protocol.ts";
import { createNode, keysOf } from "./_protocol_nodes.ts";

const UNKNOWN = "The session is unknown or has ended: send a new initialize request.";
const FULL = "Too many sessions are open: close one with DELETE or try again later.";
/** In the SDK's words: a session that is in use has kept its stream. */
const CONFLICT = "Conflict: Only one SSE stream is allowed per session";
const LIMITS = { perPerson: 2, total: 3, idleMs: 1_000 };
type Node = ReturnType<typeof createNode>;

/** Opens a session of this person. */
async function openOf(node: Node, person: string) {
  const send: Node["send"] = (request) => node.send(request, requestContextFor(person));
  return await open({ ...node, send });
}

async function statusOf(node: Node, headers: Record<string, string>, person = "ada"): Promise<number> {
  const response = await node.send(post(message("ping"), headers), requestContextFor(person));
  await response.text();
  return response.status;
}

Deno.test("requests that bring one id at once share one session and one server", async () => {
  const { counted, factory, holdUntil } = createCounted();
  await using one = createNode();
  await using two = createNode({ factory });
  const headers = await open(one);
  const { promise, resolve } = Promise.withResolvers<void>();
  holdUntil(promise);
  const answers = Array.from({ length: 10 }, (_, id) => two.send(post(call("told", id), headers)));
  const stream = two.send(get(headers));
  resolve();
  for (const answer of answers) assert.equal((await answer).status, 200);
  assert.deepEqual([counted.made, two.protocol.sessionCount()], [1, 1]);
  for (const answer of answers) await (await answer).text();
  await (await stream).body?.cancel();
  assert.equal(counted.open, 0);
});

Deno.test("an unused session leaves a node's memory, and its id brings it back", async () => {
  const { counted, factory } = createCounted();
  await using node = createNode({ factory, sessionLimits: LIMITS });
  const headers = await open(node);
  const known = await told(node, headers);
  node.clock.advance(1_000);
  assert.deepEqual([node.protocol.sessionCount(), node.clock.armed(), counted.open], [0, 0, 0]);
  assert.deepEqual(await told(node, headers), known);
  assert.equal(node.protocol.sessionCount(), 1);
});

Deno.test("a flood of one person's ids takes no more places than theirs, and none of the ids is lost", async () => {
  const { counted, factory } = createCounted();
  await using maker = createNode({ sessionLimits: { perPerson: 1_000, total: 1_000, idleMs: 1_000 } });
  await using node = createNode({ factory });
  const bens = await openOf(node, "ben");
  const flood = [];
  for (let index = 0; index < 200; index++) flood.push(await open(maker));
  for (let round = 0; round < 2; round++) {
    for (const headers of flood) assert.equal(await statusOf(node, headers), 200);
    assert.equal(node.protocol.sessionCount(), MAX_SESSIONS_PER_PERSON + 1);
    assert.equal(counted.open, 0);
  }
  assert.equal(await statusOf(node, bens, "ben"), 200);
  await Promise.all(flood.map((headers) => statusOf(node, headers)));
  assert.equal(node.protocol.sessionCount(), MAX_SESSIONS_PER_PERSON + 1);
});

Deno.test("an id that opens nothing makes no server and takes no place", async () => {
  const { counted, factory } = createCounted();
  await using node = createNode({ factory });
  for (let index = 0; index < 1_000; index++) {
    const text = crypto.getRandomValues(new Uint8Array(200)).toBase64({ alphabet: "base64url" });
    assert.equal(await statusOf(node, { "mcp-session-id": `1.${text.replaceAll("=", "")}` }), 404);
  }
  assert.deepEqual([counted.made, node.protocol.sessionCount()], [0, 0]);
});

Deno.test("where all places are in use a session waits for one, and its id stays good", async () => {
  await using node = createNode({ sessionLimits: LIMITS });
  const [first, second, third] = [await open(node), await open(node), await open(node)];
  const streams = [await node.send(get(first)), await node.send(get(second))];
  assert.deepEqual(await errorOf(await node.send(post(message("ping"), third))), [503, -32000, FULL]);
  await streams[0]?.body?.cancel();
  assert.equal(await statusOf(node, third), 200);
  assert.deepEqual(await errorOf(await node.send(get(second))), [409, -32000, CONFLICT]);
  await streams[1]?.body?.cancel();
});

Deno.test("in a full node a person's idle session gives way to another of theirs, and to nobody else's", async () => {
  await using node = createNode({ sessionLimits: { ...LIMITS, perPerson: 3 } });
  const [first, second] = [await open(node), await open(node)];
  const bens = await openOf(node, "ben");
  const third = await open(node);
  assert.equal(node.protocol.sessionCount(), 3);
  const refused = await node.send(post(message("ping"), await openElsewhere("cy")), requestContextFor("cy"));
  assert.deepEqual(await errorOf(refused), [503, -32000, FULL]);
  for (const headers of [first, second, third]) assert.equal(await statusOf(node, headers), 200);
  assert.equal(await statusOf(node, bens, "ben"), 200);
  assert.equal(node.protocol.sessionCount(), 3);
});

Deno.test("without NODE_SECRET no session gives way to another in a full gateway: nothing would bring it back", async () => {
  await using gateway = createStack({ sessionLimits: { ...LIMITS, perPerson: 4 } });
  const sessions = [await open(gateway), await open(gateway), await open(gateway)];
  assert.deepEqual(await errorOf(await gateway.send(post(initialize()))), [503, -32000, FULL]);
  for (const headers of sessions) {
    assert.equal((await gateway.send(post(message("ping"), headers))).status, 200);
  }
});

async function openElsewhere(person: string): Promise<Record<string, string>> {
  await using other = createNode();
  return await openOf(other, person);
}

Deno.test("DELETE is remembered for as long as the id would be good, also for a session that was begun elsewhere", async () => {
  await using one = createNode();
  await using two = createNode({ sessionLimits: LIMITS });
  const headers = await open(one);
  const end = () => new Request(MCP_URL, { method: "DELETE", headers });
  assert.equal((await two.send(end(), requestContextFor("bob"))).status, 403);
  assert.equal((await two.send(end())).status, 200);
  for (let hour = 0; hour < 11; hour++) {
    assert.deepEqual(await errorOf(await two.send(end())), [404, -32000, UNKNOWN]);
    assert.equal(await statusOf(two, headers), 404);
    assert.equal(await statusOf(two, headers, "bob"), 404);
    two.clock.advance(3_600_000);
  }
  assert.equal(two.protocol.sessionCount(), 0);
  assert.equal(await statusOf(one, headers), 200, "without a store no other node hears of it");
});

Deno.test("a stop ends no session for good", async () => {
  const keys = keysOf("1");
  const one = createNode({}, keys);
  const headers = await open(one);
  const stream = await one.send(get(headers));
  await one.protocol.close();
  assert.equal(await stream.text(), "");
  await assert.rejects(
    one.protocol.fetch(post(message("ping"), headers), requestContextFor("ada")),
    /stopping/,
  );
  assert.deepEqual([one.protocol.sessionCount(), one.clock.armed()], [0, 0]);
  await using again = createNode({}, keys);
  assert.equal(await statusOf(again, headers), 200);
});
