/** What a person changes of their apps holds at every gateway within a second: told by the sign-in page, and by gateways to each other. */
import assert from "node:assert/strict";
import { ACCESS_NEWS_MS, INTROSPECTION_CACHE_MS, PAGE_TOKEN_SECONDS } from "../../lib/kit/limits.ts";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import { createNodeMessages } from "../../lib/nodes/node_messages.ts";
import { createMarks } from "../../lib/nodes/marks.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { createClock } from "../../lib/kit/clock.ts";
import { createAccessNews } from "../../lib/people/access_news.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { type Connected, createConnected } from "../_support/connected.ts";
import { eventsOf, listenRaw } from "../_support/event_stream.ts";
import { legacyHeaders, legacyRequest, modernRequest, openSession } from "../_support/mcp_request.ts";
import { connect, form, RESOURCE } from "../_support/oauth_flow.ts";
import { createPlayedStore, type PlayedStore } from "../_support/played_store.ts";
import { signIn } from "../_support/test_backend.ts";
import { addNode, type Node, SHARED } from "../_support/two_nodes.ts";
import { uriOf } from "../resources/_resources.ts";
import { ASKER } from "./_sessions.ts";

/** Anna's app at two gateways that share a store; the sign-in pages tell the first one. */
async function createTwo(hasPages = true) {
  const store = createPlayedStore();
  const world = await createConnected(SHARED, undefined, { hasPages, sharedStore: store.open });
  const other = addNode(world);
  const app = await connect(world, world.anna, { allow: ["habits:read", "notes:read"] });
  const status = async (node: Node) => {
    const response = await node.gateway.fetch(
      modernRequest(app.access, "tools/call", { name: "habits_list", arguments: {} }, { url: RESOURCE }),
    );
    await response.body?.cancel();
    return response.status;
  };
  return { world, store, other, app, status };
}

/** A click on the page of apps, and the word of it to the gateway. */
async function click(world: Connected, changes: Record<string, string>): Promise<void> {
  const told = Promise.withResolvers<void>();
  world.interceptPages = async (request) => {
    if (!request.url.endsWith("/person/access/changed")) return undefined;
    const answer = await world.gateway.fetch(request);
    assert.equal(answer.status, 200);
    told.resolve();
    return answer;
  };
  await world.anna.submit(await world.anna.open("/apps"), "/apps", changes);
  await told.promise;
}

function introspections(world: Connected): number {
  return world.upstreamCalls.filter(({ url }) => url.endsWith("/introspect")).length;
}

Deno.test("an app that its person ends is refused at once by the gateway that is alone, which was told by the click", async () => {
  await using world = await createConnected({}, undefined, { hasPages: true });
  const { access } = await connect(world, world.anna, { allow: ["habits:read"] });
  assert.equal((await world.call(access, "habits_list")).status, 200);
  await click(world, { end: "yes" });
  world.clock.now += ACCESS_NEWS_MS;
  assert.equal((await world.call(access, "habits_list")).status, 401);
});

Deno.test("the other gateway is told through the store, and asks again what it believed", async () => {
  const { world, other, status } = await createTwo();
  await using _ = world;
  assert.deepEqual([await status(world), await status(other)], [200, 200]);
  await click(world, { end: "yes" });
  world.clock.now += ACCESS_NEWS_MS;
  assert.deepEqual([await status(other), await status(world)], [401, 401]);
});

Deno.test("a gateway that finds an app ended tells the others, once, and nobody tells it back", async () => {
  const { world, store, other, app, status } = await createTwo(false);
  await using _ = world;
  assert.equal(await status(world), 200);
  world.clock.now += INTROSPECTION_CACHE_MS - 500;
  assert.equal(await status(other), 200);
  await (await world.auth(
    "/api/auth/oauth2/revoke",
    form({ token: app.refresh, token_type_hint: "refresh_token", client_id: app.clientId }),
  )).body?.cancel();
  world.clock.now += 500;
  assert.deepEqual(
    [await status(world), await status(other)],
    [401, 401],
    "the other believed it for longer",
  );
  for (let again = 0; again < 3; again++) {
    world.clock.now += INTROSPECTION_CACHE_MS;
    assert.deepEqual([await status(world), await status(other)], [401, 401]);
  }
  assert.equal(store.published.length, 1);
});

Deno.test("an open stream is looked at as soon as there is news, and ends", async () => {
  const { world, other, app, status } = await createTwo();
  await using _ = world;
  const person = await signIn(world, "anna@mana.test");
  const uri = uriOf(`_personal:${person.id}`, "notes");
  await using events = eventsOf(await listenRaw({ ...world, ...other }, app.access, [uri], 1, RESOURCE));
  assert.ok((await events.next())?.params);
  assert.equal(await events.updated(), uri, "nobody has read it there yet");
  assert.equal(await status(other), 200);
  await click(world, { end: "yes" });
  world.clock.now += ACCESS_NEWS_MS;
  const last = await events.next();
  assert.ok(last === undefined || last.result, JSON.stringify(last));
});

Deno.test("a narrowed app is shown less at the other gateway, and its token goes on", async () => {
  const { world, other, app, status } = await createTwo();
  await using _ = world;
  assert.equal(await status(other), 200);
  const before = introspections(world);
  await click(world, { save: "yes", preset: "choose", budget: "50" });
  world.clock.now += ACCESS_NEWS_MS;
  assert.equal(await status(other), 200, app.clientId);
  assert.equal(introspections(world), before + 1);
});

Deno.test("a 2025 session that began at one gateway is over at the other with the app's access, and so is its stream", async () => {
  const { world, other, app } = await createTwo();
  await using _ = world;
  const at = (node: Node) => (request: Request) => node.gateway.fetch(new Request(RESOURCE, request));
  const session = await openSession(at(world), app.access, ASKER);
  const list = async (node: Node) => {
    const response = await at(node)(legacyRequest(app.access, "tools/list", {}, { session }));
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual([await list(world), await list(other)], [200, 200]);
  const headers = { ...legacyHeaders(app.access, session), accept: "text/event-stream" };
  const stream = await at(other)(new Request(RESOURCE, { headers }));
  assert.equal(stream.status, 200);
  await click(world, { end: "yes" });
  world.clock.now += ACCESS_NEWS_MS;
  assert.deepEqual([await list(other), await list(world)], [401, 401]);
  await stream.text();
});

Deno.test("where the gateway does not answer the click is done all the same, and holds a little later", async () => {
  await using world = await createConnected({}, undefined, { hasPages: true });
  const { access } = await connect(world, world.anna, { allow: ["habits:read"] });
  assert.equal((await world.call(access, "habits_list")).status, 200);
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  world.interceptPages = (request) => {
    if (!request.url.endsWith("/person/access/changed")) return undefined;
    asked.resolve();
    return answer.promise;
  };
  const page = await world.anna.submit(await world.anna.open("/apps"), "/apps", { end: "yes" });
  assert.equal(page.status, 200);
  await asked.promise;
  world.clock.now += INTROSPECTION_CACHE_MS;
  assert.equal((await world.call(access, "habits_list")).status, 401);
  answer.resolve(new Response(null, { status: 503 }));
});

Deno.test("news that is forged, repeated or of everybody costs questions, four a second of a token, and refuses nobody", async () => {
  const { world, store, other, status } = await createTwo(false);
  await using _ = world;
  const person = await signIn(world, "anna@mana.test");
  const tell = teller(store);
  assert.equal(await status(other), 200);
  const before = introspections(world);
  for (let told = 0; told < 40; told++) {
    tell(person.id);
    world.clock.now += 25;
    assert.equal(await status(other), 200);
  }
  assert.ok(introspections(world) - before <= 4, `${introspections(world) - before} questions in a second`);
  store.inject(store.published[0]?.channel ?? "", "1.forged");
  const [sent] = store.published;
  assert.ok(sent && !sent.message.includes(person.id));
  world.clock.now += PAGE_TOKEN_SECONDS * 1000;
  assert.equal(await status(other), 200);
});

/** Whoever holds the secret: the worst that can be. */
function teller(store: PlayedStore): (subject: string) => void {
  const parsed = parseSettings({ NODE_SECRET: SHARED.NODE_SECRET });
  assert.ok(parsed.ok);
  const keys = createNodeKeys(parsed.settings.nodeSecrets, (count) => new Uint8Array(count));
  const now = () => Date.parse("2026-03-01T12:00:00.000Z");
  const clock = createClock({ calendar: now, elapsed: now });
  const messages = createNodeMessages({
    store: store.open(),
    keys,
    storeKeys: createStoreKeys(keys),
    clock,
  });
  const marks = createMarks(keys);
  return (subject) => messages.send("revoked", { person: marks.all("person", subject) });
}

Deno.test("whoever changes something without a pause takes no other person's news away", () => {
  const sent: unknown[] = [];
  const news = createAccessNews({
    marks: createMarks(createNodeKeys([], (count) => new Uint8Array(count))),
    messages: { send: (_kind, body) => sent.push(body) > 0, on: () => () => {} },
    clock: createClock({ calendar: () => 0, elapsed: () => 0 }),
  });
  for (let clicks = 0; clicks < 1_000; clicks++) news.changedBy("anna");
  assert.ok(sent.length < 100, `${sent.length} messages`);
  const before = sent.length;
  news.changedBy("ben");
  assert.equal(sent.length, before + 1);
});
