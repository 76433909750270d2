import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { HABITS, pushInsert } from "../_support/device.ts";
import { callOk, sendRaw } from "../_support/mcp.ts";
import { legacyHeaders, MCP_URL, message, openSession } from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { uriOf } from "./_resources.ts";
import { type Events, eventsOf } from "../_support/event_stream.ts";

const Updated = z.object({
  method: z.literal("notifications/resources/updated"),
  params: z.looseObject({ uri: z.string() }),
});

let id = 100;
const text = (method: string, params: Record<string, unknown>) =>
  JSON.stringify(message(method, params, id++));

async function subscribe(world: World, person: Person, session: string, uri: string, method = "subscribe") {
  return await sendRaw(world, legacyHeaders(person.token, session), text(`resources/${method}`, { uri }));
}

/** The session's own stream. */
async function openStream(world: World, person: Person, session: string): Promise<Events> {
  const response = await world.gateway.fetch(
    new Request(MCP_URL, { headers: legacyHeaders(person.token, session) }),
  );
  assert.equal(response.status, 200);
  return eventsOf(response);
}

Deno.test("the official 2025 client subscribes, is told, reads and unsubscribes", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  const client = new Client({ name: "old-client", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(MCP_URL), {
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      request.headers.set("authorization", `Bearer ${anna.token}`);
      return await world.gateway.fetch(request);
    },
  });
  const told: string[] = [];
  let wake = Promise.withResolvers<void>();
  client.setNotificationHandler(Updated, ({ params }: z.infer<typeof Updated>) => {
    told.push(params.uri);
    wake.resolve();
  });
  await client.connect(transport);
  assert.equal(client.getServerCapabilities()?.resources?.subscribe, true);
  const all = uriOf(anna.personalSpace, "habits");
  await client.subscribeResource({ uri: all });
  await pushInsert(world, anna, HABITS, "one", { title: "x" });
  await wake.promise;
  assert.deepEqual(told, [all]);
  await client.unsubscribeResource({ uri: all });
  const one = uriOf(anna.personalSpace, "habits", "two");
  await client.subscribeResource({ uri: one });
  wake = Promise.withResolvers();
  await pushInsert(world, anna, HABITS, "two", { title: "x" });
  await wake.promise;
  assert.deepEqual(told, [all, one]);
  await transport.terminateSession();
  await client.close();
});

Deno.test("subscriptions outlive the stream: what the session wants is told on its next one", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  const session = await openSession(world.gateway.fetch, anna.token);
  const all = uriOf(anna.personalSpace, "habits");
  assert.equal((await subscribe(world, anna, session, all)).status, 200);
  const first = await openStream(world, anna, session);
  await pushInsert(world, anna, HABITS, "one", { title: "x" });
  assert.equal(await first.updated(), all);
  await first.cancel();
  await pushInsert(world, anna, HABITS, "two", { title: "x" });
  // Nobody listened: the next stream begins with what changed since the table was read last.
  const second = await openStream(world, anna, session);
  assert.equal(await second.updated(), all);
  await pushInsert(world, anna, HABITS, "three", { title: "x" });
  assert.equal(await second.updated(), all);
  await second.cancel();
});

Deno.test("a session goes on with the newest token that was seen on it", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  const session = await openSession(world.gateway.fetch, anna.token);
  const all = uriOf(anna.personalSpace, "habits");
  await subscribe(world, anna, session, all);
  const events = await openStream(world, anna, session);
  await pushInsert(world, anna, HABITS, "one", { title: "x" });
  assert.equal(await events.updated(), all);
  world.clock.now += 16 * 60_000;
  await anna.refresh();
  await pushInsert(world, anna, HABITS, "two", { title: "x" });
  await sendRaw(world, legacyHeaders(anna.token, session), text("ping", {}));
  assert.equal(await events.updated(), all);
  const pulls = world.upstreamCalls.filter(({ url }) => url.includes("/pull?"));
  assert.equal(pulls.at(-1)?.headers.get("authorization"), `Bearer ${anna.token}`);
  await events.cancel();
});

Deno.test("what may not be read cannot be subscribed to, and another's session is no way in", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, eve] = [await world.person("anna"), await world.person("eve")];
  const session = await openSession(world.gateway.fetch, eve.token);
  for (const uri of [uriOf(anna.personalSpace, "habits"), uriOf("nowhere", "habits"), "mana://x"]) {
    const { text } = await subscribe(world, eve, session, uri);
    assert.match(text, /"code":-32602,"message":"Resource not found, or too many subscriptions"/);
  }
  const foreign = await openSession(world.gateway.fetch, anna.token);
  const mine = uriOf(eve.personalSpace, "habits");
  assert.equal((await subscribe(world, eve, foreign, mine)).status, 403);
  // Nothing but the first message of the session's own stream: none.
  const events = await openStream(world, eve, session);
  await pushInsert(world, anna, HABITS, "annas", { title: "x" });
  await callOk(world, anna, "habits_list");
  await callOk(world, eve, "habits_list"); // what comes after this is news
  await subscribe(world, eve, session, mine);
  await pushInsert(world, eve, HABITS, "eves", { title: "x" });
  assert.equal(await events.updated(), mine);
  await events.cancel();
});

Deno.test("a session has a bounded number of subscriptions, and none without a session", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const session = await openSession(world.gateway.fetch, anna.token);
  for (let made = 0; made < 100; made++) {
    const answer = await subscribe(world, anna, session, uriOf(anna.personalSpace, "habits", `${made}`));
    assert.ok(!answer.text.includes("error"), answer.text);
  }
  const more = uriOf(anna.personalSpace, "habits", "more");
  assert.match((await subscribe(world, anna, session, more)).text, /too many subscriptions/);
  await subscribe(world, anna, session, uriOf(anna.personalSpace, "habits", "0"), "unsubscribe");
  assert.ok(!(await subscribe(world, anna, session, more)).text.includes("error"));
  const lost = await sendRaw(world, legacyHeaders(anna.token), text("resources/subscribe", { uri: more }));
  assert.match(lost.text, /"code":-32600,"message":"Subscribing takes a session: send initialize first"/);
});

Deno.test("a session that ends takes its stream and its subscriptions along", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const session = await openSession(world.gateway.fetch, anna.token);
  await subscribe(world, anna, session, uriOf(anna.personalSpace, "habits"));
  const events = await openStream(world, anna, session);
  const gauge = async () => {
    const metrics = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
    return /^mana_mcp_subscribed_streams\{.*\} (\d+)$/m.exec(metrics)?.[1];
  };
  assert.equal(await gauge(), "1");
  const ended = await world.gateway.fetch(
    new Request(MCP_URL, { method: "DELETE", headers: legacyHeaders(anna.token, session) }),
  );
  assert.equal(ended.status, 200);
  assert.equal(await events.next(), undefined);
  assert.equal(await gauge(), "0");
});
