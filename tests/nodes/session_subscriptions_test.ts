// What a 2025 session is subscribed to at one node is told on its stream at another, where the nodes have a shared store.
import assert from "node:assert/strict";
import { HABITS, pushInsert } from "../_support/device.ts";
import { eventsOf } from "../_support/event_stream.ts";
import { callOk } from "../_support/mcp.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { addNode, lose, SHARED } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";
import { uriOf } from "../resources/_resources.ts";
import { beginAt, endAt, sendAt, streamAt } from "./_sessions.ts";

async function withStore() {
  const store = createPlayedStore();
  const world = await createWorld({ env: SHARED, sharedStore: store.open, hints: true });
  const anna = await world.person("anna");
  const [b, c] = [addNode(world), addNode(world)];
  for (const node of [world, b, c]) await callOk(node, anna, "habits_list");
  return { store, world, anna, b, c, session: await beginAt(world, anna) };
}

Deno.test("a subscription made at one node is told on the session's stream at another, until it is taken back at a third", async () => {
  const { world, anna, b, c, session } = await withStore();
  await using _ = world;
  const events = eventsOf(await streamAt(c, anna, session));
  const [all, one] = [uriOf(anna.personalSpace, "habits"), uriOf(anna.personalSpace, "habits", "one")];
  for (const uri of [all, one]) {
    assert.equal((await sendAt(b, anna, session, "resources/subscribe", { uri })).status, 200);
  }
  await pushInsert(world, anna, HABITS, "other", { title: "x" });
  assert.equal(await events.updated(), all);
  assert.equal((await sendAt(world, anna, session, "resources/unsubscribe", { uri: all })).status, 200);
  await pushInsert(world, anna, HABITS, "another", { title: "x" });
  await pushInsert(world, anna, HABITS, "one", { title: "x" });
  assert.equal(await events.updated(), one);
  await events.cancel();
});

Deno.test("a stream that opens later, at another node, asks the others what its session is subscribed to", async () => {
  const { world, anna, b, c, session } = await withStore();
  await using _ = world;
  const all = uriOf(anna.personalSpace, "habits");
  assert.equal((await sendAt(b, anna, session, "resources/subscribe", { uri: all })).status, 200);
  const events = eventsOf(await streamAt(c, anna, session));
  await pushInsert(world, anna, HABITS, "one", { title: "x" });
  assert.equal(await events.updated(), all);
  assert.equal(await endAt(world, anna, session), 200);
  assert.equal(await events.next(), undefined, "DELETE at a third node ends the stream");
});

Deno.test("what was subscribed to at a node that had the stream too is told at another one after the loss of that node", async () => {
  const { store, world, anna, b, c, session } = await withStore();
  await using _ = world;
  const [all, one] = [uriOf(anna.personalSpace, "habits"), uriOf(anna.personalSpace, "habits", "one")];
  const first = eventsOf(await streamAt(b, anna, session));
  for (const uri of [all, one]) {
    assert.equal((await sendAt(b, anna, session, "resources/subscribe", { uri })).status, 200);
  }
  assert.equal((await sendAt(b, anna, session, "resources/unsubscribe", { uri: all })).status, 200);
  await pushInsert(world, anna, HABITS, "one", { title: "x" });
  assert.equal(await first.updated(), one);
  lose(b);
  assert.equal(await first.next(), undefined);
  const events = eventsOf(await streamAt(c, anna, session));
  await pushInsert(world, anna, HABITS, "other", { title: "x" });
  await pushInsert(world, anna, HABITS, "one", { title: "y" });
  assert.equal(await events.updated(), one);
  await events.cancel();
  for (const { message } of store.published) assert.ok(!message.includes("habits"));
});

Deno.test("what may not be read is told on no stream, whichever node was asked, and news of others' sessions changes nothing", async () => {
  const { store, world, anna, b, c, session } = await withStore();
  await using _ = world;
  const eve = await world.person("eve");
  for (const node of [world, b, c]) await callOk(node, eve, "habits_list");
  const eves = await beginAt(b, eve);
  const [annas, mine] = [uriOf(anna.personalSpace, "habits"), uriOf(eve.personalSpace, "habits")];
  const events = eventsOf(await streamAt(c, eve, eves));
  const sent = store.published.length;
  assert.match(
    (await sendAt(b, eve, eves, "resources/subscribe", { uri: annas })).text,
    /Resource not found/,
  );
  assert.equal(store.published.length, sent, "no node is told");
  assert.equal((await sendAt(b, anna, session, "resources/subscribe", { uri: annas })).status, 200);
  assert.equal((await sendAt(b, eve, eves, "resources/subscribe", { uri: mine })).status, 200);
  await pushInsert(world, anna, HABITS, "annas", { title: "x" });
  await pushInsert(world, eve, HABITS, "eves", { title: "x" });
  assert.equal(await events.updated(), mine);
  await events.cancel();
  for (const { message } of store.published) assert.ok(!message.includes("habits"));
});

Deno.test("without a store a node knows the subscriptions that it was asked for", async () => {
  await using world = await createWorld({ env: SHARED, hints: true });
  const anna = await world.person("anna");
  const b = addNode(world);
  for (const node of [world, b]) await callOk(node, anna, "habits_list");
  const session = await beginAt(world, anna);
  const [one, two] = [
    uriOf(anna.personalSpace, "habits", "one"),
    uriOf(anna.personalSpace, "habits", "two"),
  ];
  const events = eventsOf(await streamAt(b, anna, session));
  await sendAt(world, anna, session, "resources/subscribe", { uri: one });
  await sendAt(b, anna, session, "resources/subscribe", { uri: two });
  await pushInsert(world, anna, HABITS, "one", { title: "x" });
  await pushInsert(world, anna, HABITS, "two", { title: "x" });
  assert.equal(await events.updated(), two);
  await events.cancel();
});
