/** A session of a 2025 client has an SDK server only while it is used, and nobody outside can tell. */
import assert from "node:assert/strict";
import { MCP_URL, messagesOf, post } from "../_support/mcp_request.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { createStack, errorOf } from "./_protocol.ts";
import { call, createCounted, get, open, told } from "./_counted_servers.ts";

const INITIALIZED = { jsonrpc: "2.0", method: "notifications/initialized" };

const SLEEPING = "a client that went away";

/** Turns of the event loop, for what goes on without a request. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("a session has a server for as long as an answer is under way, and none in between", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  assert.deepEqual([counted.made, counted.open], [1, 0]);
  for (let round = 2; round < 5; round++) {
    const response = await stack.send(post(call("told"), headers));
    assert.deepEqual([counted.made, counted.open], [round, 1]);
    assert.equal(response.headers.get("mcp-session-id"), headers["mcp-session-id"]);
    const messages = await messagesOf(response);
    assert.equal(messages.length, 1, "nothing of the second initialize comes out");
    assert.equal(messages[0]?.["id"], 7);
    assert.equal(counted.open, 0);
  }
  assert.equal(stack.protocol.sessionCount(), 1);
});

Deno.test("notifications/initialized wakes nothing, and the next server is told of it once", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.initialized], [2, 0]);
  assert.equal((await stack.send(post(INITIALIZED, headers))).status, 202);
  assert.deepEqual([counted.made, counted.initialized], [2, 0]);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.initialized], [3, 1]);
  // What is unusual about it is for a server to judge, as ever.
  const unsupported = { ...headers, "mcp-protocol-version": "1999-01-01" };
  assert.equal((await errorOf(await stack.send(post(INITIALIZED, unsupported))))[0], 400);
  const made = counted.made;
  const adorned = { ...INITIALIZED, params: { _meta: { note: 1 } } };
  assert.equal((await stack.send(post(adorned, headers))).status, 202);
  assert.equal(counted.made, made + 1);
  assert.equal((await stack.send(post(INITIALIZED, headers), requestContextFor("bob"))).status, 403);
});

Deno.test("many requests at once wake one server", async () => {
  const { counted, factory, holdUntil } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const { promise, resolve } = Promise.withResolvers<void>();
  holdUntil(promise);
  const answers = Array.from(
    { length: 10 },
    (_, index) => stack.send(post(call("told", index + 1), headers)),
  );
  const stream = stack.send(get(headers));
  await settled();
  resolve();
  const ids = await Promise.all(answers.map(async (answer) => (await messagesOf(await answer))[0]?.["id"]));
  assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual([counted.made, counted.open], [2, 1]);
  await (await stream).body?.cancel();
  assert.equal(counted.open, 0);
});

Deno.test("an open stream keeps the server, which serves the calls meanwhile", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const stream = await stack.send(get(headers));
  await told(stack, headers);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.open], [2, 1]);
  await stream.body?.cancel();
  assert.equal(counted.open, 0);
  const again = await stack.send(get(headers));
  assert.equal(again.status, 200);
  await again.body?.cancel();
  assert.equal(counted.open, 0);
});

Deno.test(`the call of ${SLEEPING} runs to its end before the server is closed`, async () => {
  const { counted, factory, letGo } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const response = await stack.begun(post(call("wait"), headers));
  await settled();
  await response.body?.cancel();
  assert.deepEqual([counted.open, counted.running, counted.aborted], [1, 1, 0]);
  await told(stack, headers); // an answer to another call is no reason either, even to one of the same id
  assert.deepEqual([counted.made, counted.open, counted.running, counted.aborted], [2, 1, 1, 0]);
  letGo();
  await settled();
  assert.deepEqual([counted.open, counted.running], [0, 0]);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.open], [3, 0]);
});

Deno.test("a cancelled call ends its stream, and with it the server", async () => {
  const { counted, factory, letGo } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const response = await stack.begun(post(call("wait"), headers));
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
  assert.equal((await stack.send(post(cancel, headers))).status, 202);
  assert.equal(await response.text(), "");
  await settled();
  assert.deepEqual([counted.made, counted.open, counted.aborted], [2, 0, 1]);
  letGo();
  assert.equal((await stack.send(post(cancel, headers))).status, 202); // nothing runs any more
  assert.equal(counted.open, 0);
});

Deno.test(`the cancelled call of ${SLEEPING} keeps no server`, async () => {
  const { counted, factory, letGo } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const response = await stack.begun(post(call("wait"), headers));
  await settled();
  await response.body?.cancel();
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
  assert.equal((await stack.send(post(cancel, headers))).status, 202);
  await settled();
  assert.deepEqual([counted.open, counted.aborted], [0, 1]);
  letGo();
});

Deno.test("a server that cannot be made fails its request alone: the next one tries again", async () => {
  const { counted, factory, failWith } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  failWith(new Error("no memory"));
  const failed = await Promise.allSettled([1, 2].map((id) => stack.send(post(call("told", id), headers))));
  assert.deepEqual(failed.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(counted.made, 2, "they shared the attempt");
  failWith(undefined);
  await told(stack, headers);
  assert.deepEqual([counted.made, counted.open, stack.protocol.sessionCount()], [3, 0, 1]);
});

Deno.test("DELETE ends a sleeping session", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({ factory });
  const headers = await open(stack);
  const end = () => new Request(MCP_URL, { method: "DELETE", headers });
  assert.equal((await stack.send(end(), requestContextFor("bob"))).status, 403);
  assert.equal((await stack.send(end())).status, 200);
  assert.equal((await stack.send(end())).status, 404);
  assert.equal((await stack.send(post(call("told"), headers))).status, 404);
  assert.deepEqual([stack.protocol.sessionCount(), counted.open], [0, 0]);
});

Deno.test("a stop while a session wakes leaves no server behind", async () => {
  const { counted, factory, holdUntil, letGo } = createCounted();
  const stack = createStack({ factory });
  const headers = await open(stack);
  const { promise, resolve } = Promise.withResolvers<void>();
  holdUntil(promise);
  const answer = stack.send(post(call("wait"), headers));
  await settled();
  const stopped = stack.protocol.close();
  resolve();
  await (await answer).text();
  await stopped;
  assert.deepEqual([counted.made, counted.open, stack.protocol.sessionCount()], [2, 0, 0]);
  letGo();
});

Deno.test("sleeping sessions share one timer", async () => {
  const { counted, factory } = createCounted();
  await using stack = createStack({
    factory,
    sessionLimits: { perPerson: 100, total: 100, idleMs: 1_000 },
  });
  for (let index = 0; index < 100; index++) await open(stack);
  assert.deepEqual([stack.protocol.sessionCount(), counted.open, stack.clock.armed()], [100, 0, 1]);
  stack.clock.advance(1_000);
  assert.deepEqual([stack.protocol.sessionCount(), stack.clock.armed()], [0, 0]);
  assert.equal(counted.made, 100, "ending them wakes none");
});
