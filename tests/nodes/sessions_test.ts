// Sessions of 2025 clients whose requests reach different nodes, and that outlive the node where they began.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { lastChange, TASKS } from "../_support/device.ts";
import { recordOf, titles } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import {
  CLIENT,
  initialize,
  legacyHeaders,
  MCP_URL,
  message,
  messagesOf,
  post,
} from "../_support/mcp_request.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { addNode, inTurn, lose, nodeSecret, SHARED } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";
import { NO, YES } from "../confirmation/_asking.ts";
import { answerAt, askAt, ASKER, beginAt, callAt, endAt, sendAt, streamAt } from "./_sessions.ts";

const ElicitRequest = z.object({
  method: z.literal("elicitation/create"),
  params: z.looseObject({ message: z.string() }),
});
const ELSEWHERE =
  "Another node of the gateway asked this, and cannot be told the answer: make the call again.";

Deno.test("a session begun at one node works at every other one, under its client's name, with a stream anywhere", async () => {
  await using world = await createWorld({ env: SHARED });
  const [b, c] = [addNode(world), addNode(world, { fastPath: false })];
  const anna = await world.person("anna");
  const session = await beginAt(world, anna);
  await callAt(b, anna, session, "todo_create", { title: "Buy milk" });
  assert.equal((await lastChange(world, anna, TASKS)).actor?.displayName, "own token (wanderer)");
  for (const node of [b, c, world]) {
    assert.match(JSON.stringify(await callAt(node, anna, session, "todo_list")), /Buy milk/);
    assert.match((await sendAt(node, anna, session, "tools/list")).text, /"todo_delete"/);
  }
  const stream = await streamAt(c, anna, session);
  assert.equal(stream.status, 200);
  assert.equal(stream.headers.get("mcp-session-id"), session);
  await stream.body?.cancel();
});

Deno.test("a session outlives the node that made it, and the restart of the only one", async () => {
  await using world = await createWorld({ env: SHARED });
  const anna = await world.person("anna");
  const a = addNode(world);
  const session = await beginAt(a, anna);
  await callAt(a, anna, session, "todo_create", { title: "Buy milk" });
  lose(a);
  assert.match(JSON.stringify(await callAt(world, anna, session, "todo_list")), /Buy milk/);
  await world.gateway.stop();
  const restarted = addNode(world);
  assert.match(JSON.stringify(await callAt(restarted, anna, session, "todo_list")), /Buy milk/);
});

Deno.test("another person's session is 403 at every node, whatever the method, and nothing is done", async () => {
  await using world = await createWorld({ env: SHARED });
  const b = addNode(world);
  const [anna, eve] = [await world.person("anna"), await world.person("eve")];
  const session = await beginAt(world, anna);
  const { status, text } = await sendAt(b, eve, session, "tools/call", {
    name: "todo_create",
    arguments: { title: "planted" },
  });
  assert.deepEqual([status, /The session belongs to another person/.test(text)], [403, true]);
  const stream = await streamAt(b, eve, session);
  assert.equal(stream.status, 403);
  await stream.body?.cancel();
  assert.equal(await endAt(b, eve, session), 403);
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
  assert.equal((await sendAt(b, anna, session, "ping")).status, 200);
});

Deno.test("without NODE_SECRET a session is known where it was begun, and its id is a random number", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const session = await beginAt(world, anna);
  assert.match(session, /^[0-9a-f]{48}$/);
  assert.equal((await sendAt(addNode(world), anna, session, "ping")).status, 404);
  assert.equal((await sendAt(addNode(world, { env: SHARED }), anna, session, "ping")).status, 404);
  const shared = await beginAt(addNode(world, { env: SHARED }), anna);
  assert.equal((await sendAt(world, anna, shared, "ping")).status, 404);
  const task = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const events = await askAt(world, anna, session, "todo_delete", { id: task.id });
  assert.equal((await events.next())?.id, 0, "questions are numbered");
  await events.cancel();
});

Deno.test("a gateway with another secret knows nothing of the session", async () => {
  await using world = await createWorld({ env: SHARED });
  const anna = await world.person("anna");
  const session = await beginAt(world, anna);
  const other = addNode(world, { env: { NODE_SECRET: nodeSecret("other") } });
  assert.equal((await sendAt(other, anna, session, "ping")).status, 404);
});

Deno.test("DELETE at another node ends the session there; with a store it ends everywhere, with its stream", async () => {
  for (const store of [undefined, createPlayedStore()]) {
    await using world = await createWorld({
      env: SHARED,
      ...(store === undefined ? {} : { sharedStore: store.open }),
    });
    const [b, c] = [addNode(world), addNode(world)];
    const anna = await world.person("anna");
    const session = await beginAt(world, anna);
    const stream = await streamAt(c, anna, session);
    assert.equal(await endAt(b, anna, session), 200);
    assert.equal(await endAt(b, anna, session), 404);
    const still = store === undefined ? 200 : 404;
    assert.equal((await sendAt(world, anna, session, "ping")).status, still);
    assert.equal((await sendAt(c, anna, session, "ping")).status, still);
    if (store !== undefined) assert.equal(await stream.text(), "");
    else await stream.body?.cancel();
  }
});

Deno.test("a node that starts after a DELETE asks the store before it makes a session again, and goes on where the store is away", async () => {
  const kept = new Map<string, number>();
  const asked: string[] = [];
  const store = createPlayedStore(({ lua }, [key = ""], [life]) => {
    asked.push(lua.includes("SET") ? "set" : "ask");
    if (lua.includes("SET")) kept.set(key, Number(life));
    return kept.has(key) ? 1 : 0;
  });
  await using world = await createWorld({ env: SHARED, sharedStore: store.open });
  const anna = await world.person("anna");
  const [ended, other] = [await beginAt(world, anna), await beginAt(world, anna)];
  assert.equal(await endAt(world, anna, ended), 200);
  assert.deepEqual(asked, ["set"], "a node asks about none of the sessions that it has itself");
  for (const [key, life] of kept) {
    assert.match(key, /^mm1:\{[\w-]{22}\}:ended:[\w-]{22}$/);
    assert.equal(life, 12 * 3_600_000);
  }
  const late = addNode(world);
  for (const method of ["ping", "tools/list"]) {
    assert.equal((await sendAt(late, anna, ended, method)).status, 404);
    assert.equal((await sendAt(late, anna, other, method)).status, 200);
  }
  assert.deepEqual(asked, ["set", "ask", "ask"], "each id is asked about once");
  assert.equal((await streamAt(addNode(world), anna, ended)).status, 404);
  assert.equal(await endAt(addNode(world), anna, ended), 404);
  const count = asked.length;
  const garbage = await sendAt(late, anna, `1.${"A".repeat(200)}`, "ping");
  assert.deepEqual([garbage.status, asked.length], [404, count], "nobody asks about what is no id");
  store.setAway(true);
  assert.equal((await sendAt(addNode(world), anna, ended, "ping")).status, 200);
});

Deno.test("batches are for sessions of 2025-03-26, at every node", async () => {
  await using world = await createWorld({ env: SHARED });
  const b = addNode(world);
  const anna = await world.person("anna");
  for (const [protocolVersion, status] of [["2025-03-26", 200], ["2025-06-18", 400]] as const) {
    const session = await beginAt(world, anna, { protocolVersion });
    const batch = [message("ping", {}, 1), message("ping", {}, 2)];
    const response = await b.gateway.fetch(post(batch, legacyHeaders(anna.token, session, protocolVersion)));
    assert.equal(response.status, status);
    const answers = await messagesOf(response);
    if (status === 200) assert.deepEqual(answers.map(({ id }) => id).sort(), [1, 2]);
  }
});

Deno.test("a yes that reaches another node runs nothing without a store, and says that the call is to be made again", async () => {
  await using world = await createWorld({ env: SHARED });
  const b = addNode(world);
  const anna = await world.person("anna");
  const task = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const session = await beginAt(world, anna);
  const events = await askAt(world, anna, session, "todo_delete", { id: task.id });
  const question = await events.next();
  assert.match(`${question?.id}`, /^[0-9a-f]{16}\.[\w-]{16}\.0$/);
  const refused = await answerAt(b, anna, session, question?.id, YES);
  assert.equal(refused.status, 409);
  assert.match(await refused.text(), new RegExp(ELSEWHERE));
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Buy milk"]);
  // The question is still open where it was asked.
  assert.equal((await answerAt(world, anna, session, question?.id, YES)).status, 202);
  assert.deepEqual((await events.next())?.id, 2);
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
});

Deno.test("with a store an answer goes from whichever node received it to the one that asked", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, sharedStore: store.open });
  const [b, c] = [addNode(world), addNode(world)];
  const anna = await world.person("anna");
  const session = await beginAt(world, anna);
  for (const [answer, left] of [[NO, ["Buy milk"]], [YES, []]] as const) {
    const isFirst = answer === NO;
    if (isFirst) await callOk(world, anna, "todo_create", { title: "Buy milk" });
    const { id } = await lastChange(world, anna, TASKS);
    const events = await askAt(b, anna, session, "todo_delete", { id });
    const question = await events.next();
    assert.equal((await answerAt(c, anna, session, question?.id, answer)).status, 202);
    const answered = await events.next();
    assert.equal(answered?.id, 2);
    assert.equal(await events.next(), undefined);
    assert.deepEqual(await titles(world, anna, "todo_list"), left);
  }
  for (const { message } of store.published) {
    assert.ok(!message.includes("accept") && !message.includes(session.slice(0, 40)));
  }
  store.setAway(true);
  await callOk(world, anna, "todo_create", { title: "Do taxes" });
  const { id } = await lastChange(world, anna, TASKS);
  const events = await askAt(b, anna, session, "todo_delete", { id });
  const question = await events.next();
  const refused = await answerAt(c, anna, session, question?.id, YES);
  assert.deepEqual([refused.status, (await refused.text()).includes(ELSEWHERE)], [409, true]);
  await events.cancel();
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Do taxes"]);
});

Deno.test("an answer to a question that another server of the session asked is an answer to none", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, sharedStore: store.open });
  const b = addNode(world);
  const [anna, eve] = [await world.person("anna"), await world.person("eve")];
  const [milk, taxes] = [
    recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task"),
    recordOf(await callOk(world, anna, "todo_create", { title: "Do taxes" }), "task"),
  ];
  const session = await beginAt(world, anna);
  const first = await askAt(world, anna, session, "todo_delete", { id: milk.id });
  const old = await first.next();
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } };
  assert.equal((await world.gateway.fetch(post(cancel, legacyHeaders(anna.token, session)))).status, 202);
  await first.next();
  await first.next();
  const second = await askAt(world, anna, session, "todo_delete", { id: taxes.id });
  const fresh = await second.next();
  assert.notEqual(fresh?.id, old?.id);
  const eves = await beginAt(b, eve);
  for (const node of [world, b]) {
    // Late, of a number alone, of a place that nobody asked from, in another person's session, changed.
    for (
      const id of [old?.id, 0, 1, `${fresh?.id}0`, `${fresh?.id}`.slice(0, -1), `${fresh?.id}`.toUpperCase()]
    ) {
      const { status, body } = await answerAt(node, anna, session, id, YES);
      assert.ok(status === 202 || status === 409, `${status}`);
      await body?.cancel();
    }
    const foreign = await answerAt(node, eve, eves, fresh?.id, YES);
    assert.ok(foreign.status === 202 || foreign.status === 409);
    await foreign.body?.cancel();
    const stolen = await answerAt(node, eve, session, fresh?.id, YES);
    assert.equal(stolen.status, 403);
    await stolen.body?.cancel();
  }
  assert.equal((await answerAt(b, anna, session, fresh?.id, NO)).status, 202);
  assert.match(JSON.stringify(await second.next()), /confirmation-declined/);
  assert.deepEqual((await titles(world, anna, "todo_list")).sort(), ["Buy milk", "Do taxes"]);
});

Deno.test("the official 2025 client works through a balancer without affinity, forms included", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, sharedStore: store.open });
  const nodes = inTurn(world, addNode(world), addNode(world));
  const anna = await world.person("anna");
  const statuses = new Set<number>();
  const transport = new StreamableHTTPClientTransport(new URL(MCP_URL), {
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      request.headers.set("authorization", `Bearer ${anna.token}`);
      const response = await nodes.gateway.fetch(request);
      statuses.add(response.status);
      return response;
    },
  });
  const client = new Client({ name: "old-client", version: "1" }, { capabilities: { elicitation: {} } });
  const questions: string[] = [];
  client.setRequestHandler(ElicitRequest, ({ params }: z.infer<typeof ElicitRequest>) => {
    questions.push(params.message);
    return YES;
  });
  await client.connect(transport);
  for (let round = 0; round < 4; round++) {
    const title = `task ${round}`;
    const made = await client.callTool({ name: "todo_create", arguments: { title } });
    assert.notEqual(made.isError, true);
    const { id } = await lastChange(world, anna, TASKS);
    const gone = await client.callTool({ name: "todo_delete", arguments: { id } });
    assert.notEqual(gone.isError, true, JSON.stringify(gone));
    await client.listTools();
  }
  assert.equal(questions.length, 4);
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
  await transport.terminateSession();
  await client.close();
  assert.deepEqual([...statuses].sort(), [200, 202]);
});

Deno.test("an id is given only where a session has begun", async () => {
  await using world = await createWorld({ env: SHARED });
  const anna = await world.person("anna");
  for (const params of [{ clientInfo: { name: "x" } }, { protocolVersion: 7 }]) {
    const body = initialize({ clientInfo: CLIENT, ...params });
    const response = await world.gateway.fetch(post(body, legacyHeaders(anna.token)));
    assert.equal(response.headers.get("mcp-session-id"), null);
    await response.body?.cancel();
  }
});

Deno.test("answers that one person sends to other nodes are bounded, so that others are still told", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, sharedStore: store.open, isStill: true });
  const [anna, eve] = [await world.person("anna"), await world.person("eve")];
  const [annas, eves] = [await beginAt(world, anna), await beginAt(world, eve)];
  const nowhere = `${"0".repeat(16)}.${"A".repeat(12)}.0`;
  const flood = async () => {
    const statuses: number[] = [];
    for (let sent = 0; sent < 70; sent++) {
      const response = await answerAt(world, eve, eves, nowhere, YES);
      await response.body?.cancel();
      statuses.push(response.status);
    }
    return statuses;
  };
  assert.deepEqual(await flood(), [...Array(60).fill(202), ...Array(10).fill(409)]);
  assert.equal((await answerAt(world, anna, annas, nowhere, YES)).status, 202);
  world.clock.now += 60_000;
  assert.equal((await answerAt(world, eve, eves, nowhere, YES)).status, 202);
});

Deno.test("of a batch the answers go where they were asked for, and the rest is answered here", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, sharedStore: store.open });
  const b = addNode(world);
  const anna = await world.person("anna");
  const task = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const session = await beginAt(world, anna, { ...ASKER, protocolVersion: "2025-03-26" });
  const headers = legacyHeaders(anna.token, session, "2025-03-26");
  const events = await askAt(world, anna, session, "todo_delete", { id: task.id });
  const question = await events.next();
  const answer = { jsonrpc: "2.0", id: question?.id, result: YES };
  const response = await b.gateway.fetch(post([answer, message("ping", {}, 9)], headers));
  assert.deepEqual((await messagesOf(response)).map(({ id }) => id), [9]);
  assert.equal((await events.next())?.id, 2);
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
  const alone = await b.gateway.fetch(post([answer], headers));
  assert.equal(alone.status, 202, "a late one is an answer to none");
});
