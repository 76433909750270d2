import assert from "node:assert/strict";
import { MEMBERSHIP_SETTLE_MS } from "../../lib/kit/limits.ts";
import { HABITS, pushDelete, pushInsert, pushUpdate, TASKS } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { makeTeam, remove } from "../_support/team.ts";
import { createWorld, type World } from "../_support/world.ts";
import { readJson, uriOf } from "./_resources.ts";
import { listen, listenRaw } from "../_support/event_stream.ts";

/** Resolves when the gateway has pulled a table `times` more, so that it has seen all that was written before. */
function pulled(world: World, table: string, times = 1): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = times;
  world.intercept = async (request) => {
    if (!request.url.includes(`/pull?collection=${table}&`)) return undefined;
    const response = await world.backend.sync.fetch(request);
    left -= 1;
    if (left === 0) {
      world.intercept = null;
      setTimeout(resolve, 0); // when it has been applied
    }
    return response;
  };
  return promise;
}

Deno.test("a change on another device is told for the record and its collection, under the id of the request", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const habit = recordOf(await callOk(world, anna, "habits_create", { title: "Run" }), "habit");
  await callOk(world, anna, "habits_list");
  const [one, all] = [uriOf(anna.personalSpace, "habits", habit.id), uriOf(anna.personalSpace, "habits")];
  const { honoured, events } = await listen(world, anna, [one, all], "sub-1");
  assert.deepEqual(honoured, { resourceSubscriptions: [one, all] });
  await pushUpdate(world, anna, HABITS, habit.id, { title: "Run far" });
  const first = await events.next();
  assert.deepEqual(first, {
    jsonrpc: "2.0",
    method: "notifications/resources/updated",
    params: { uri: one, _meta: { "io.modelcontextprotocol/subscriptionId": "sub-1" } },
  });
  assert.equal(await events.updated(), all);
  assert.equal((await readJson(world, anna, one)).title, "Run far");
  // Another record: the collection only.
  await pushInsert(world, anna, HABITS, "other", { title: "Swim" });
  assert.equal(await events.updated(), all);
  await pushDelete(world, anna, HABITS, habit.id);
  assert.deepEqual([await events.updated(), await events.updated()].sort(), [all, one].sort());
  await events.cancel();
});

Deno.test("what is written through this gateway is told as well, and what is read meanwhile hides nothing", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const all = uriOf(anna.personalSpace, "todo");
  await callOk(world, anna, "todo_list");
  const { events } = await listen(world, anna, [all]);
  await callOk(world, anna, "todo_create", { title: "Milk" });
  await callOk(world, anna, "todo_list"); // this pull brings the news, not the subscriber's
  assert.equal(await events.updated(), all);
  await events.cancel();
});

Deno.test("what is written while a table is pulled for the first time is told, whether that pull has it or not", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const all = uriOf(anna.personalSpace, "todo");
  // The device writes once the pull is on its way, and before the service has answered it.
  world.intercept = async ({ url }) => {
    if (!url.includes("/pull?collection=tasks&")) return undefined;
    world.intercept = null;
    await pushInsert(world, anna, TASKS, "just-now", { title: "Milk" });
    return undefined;
  };
  const { events } = await listen(world, anna, [all]);
  assert.equal(await events.updated(), all);
  assert.match(JSON.stringify(await readJson(world, anna, all)), /Milk/);
  await events.cancel();
});

Deno.test("many changes at once are one notification for each resource", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const [all, tasks] = [uriOf(anna.personalSpace, "habits"), uriOf(anna.personalSpace, "todo")];
  for (const tool of ["habits_list", "todo_list"]) await callOk(world, anna, tool);
  const { events } = await listen(world, anna, [all, tasks]);
  for (let made = 0; made < 30; made++) await pushInsert(world, anna, HABITS, `h${made}`, { title: "x" });
  await pushInsert(world, anna, TASKS, "last", { title: "x" });
  const told: string[] = [];
  // Either table may be told of first.
  do told.push(await events.updated()); while (!told.includes(tasks) || !told.includes(all));
  const count = told.filter((uri) => uri === all).length;
  assert.ok(count >= 1 && count <= 4, `${count} notifications for 30 changes`);
  await events.cancel();
});

Deno.test("nobody learns of another person's changes, whatever address they name", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  const foreign = await makeTeam(world, anna);
  await callOk(world, ben, "spaces_list");
  // A table that is built anew once its space has settled is told whole.
  world.clock.now += MEMBERSHIP_SETTLE_MS;
  await Promise.all([anna.refresh(), ben.refresh()]);
  const own = uriOf(ben.personalSpace, "habits");
  const ours = uriOf(team, "habits");
  const asked = [
    uriOf(anna.personalSpace, "habits"),
    uriOf(anna.personalSpace, "habits", "annas"),
    uriOf(`_personal:${anna.id}`, "habits", "annas"),
    uriOf(foreign, "habits"),
    uriOf(foreign, "habits", "foreign"),
    uriOf("nowhere", "habits"),
    "mana://spaces/x",
    own,
    // The same ids in a space of theirs: nothing of anna's may show here.
    uriOf(ben.personalSpace, "habits", "annas"),
    uriOf(team, "habits", "secret"),
    ours,
  ];
  await callOk(world, ben, "habits_list");
  const { honoured, events } = await listen(world, ben, asked);
  assert.deepEqual(honoured, { resourceSubscriptions: asked.slice(7) });
  await pushInsert(world, anna, HABITS, "annas", { title: "x" });
  await pushUpdate(world, anna, HABITS, "annas", { title: "y" });
  await pushInsert(world, anna, HABITS, "foreign", { title: "x", spaceId: foreign });
  const secret = { title: "x", spaceId: team, visibility: "private" };
  await pushInsert(world, anna, HABITS, "secret", secret);
  await pushUpdate(world, anna, HABITS, "secret", { title: "y" }, { spaceId: team });
  await pushDelete(world, anna, HABITS, "secret", { spaceId: team });
  await callOk(world, anna, "habits_create", { title: "z" });
  const seen = pulled(world, "habits");
  await pushInsert(world, ben, HABITS, "bens", { title: "x" });
  await seen;
  assert.equal(await events.updated(), own, "the first that is told is their own");
  await pushInsert(world, anna, HABITS, "shared", { title: "x", spaceId: team });
  assert.equal(await events.updated(), ours, "and then what is shared");
  await events.cancel();
});

Deno.test("what shows in a space is told, whoever wrote it there", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  await callOk(world, ben, "habits_list");
  const own = uriOf(ben.personalSpace, "habits");
  const { events } = await listen(world, ben, [own]);
  // The sync service asks nobody whether they are a member: whoever knows the id of a space can plant rows in it.
  await pushInsert(world, anna, HABITS, "planted", { title: "x", spaceId: ben.personalSpace });
  await callOk(world, ben, "habits_list"); // stands for the poll: any pull will do
  assert.equal(await events.updated(), own);
  assert.equal((await readJson(world, ben, uriOf(ben.personalSpace, "habits", "planted"))).title, "x");
  await events.cancel();
});

Deno.test("a co-member's write is found without a hint, now and then", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  // The reference wakes the author's streams only.
  world.intercept = ({ url }) => url.includes("/stream?") ? new Response("", { status: 404 }) : undefined;
  const ours = uriOf(team, "habits");
  await callOk(world, ben, "habits_list");
  const { events } = await listen(world, ben, [ours]);
  await pushInsert(world, anna, HABITS, "shared", { title: "x", spaceId: team });
  await callOk(world, ben, "habits_list"); // stands for the poll: any pull will do
  assert.equal(await events.updated(), ours);
  await events.cancel();
});

Deno.test("who has left a space is told nothing of it any more", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  const own = uriOf(ben.personalSpace, "habits");
  const ours = uriOf(team, "habits");
  await callOk(world, ben, "habits_list");
  const { events } = await listen(world, ben, [ours, own]);
  await pushInsert(world, anna, HABITS, "first", { title: "x", spaceId: team });
  assert.equal(await events.updated(), ours);
  await remove(world, anna, team, ben);
  world.clock.now += 61_000; // memberships are believed for a minute
  await pushInsert(world, ben, HABITS, "mine", { title: "x", spaceId: team });
  await pushInsert(world, ben, HABITS, "own", { title: "x" });
  assert.equal(await events.updated(), own);
  await events.cancel();
});

Deno.test("the stream ends with the token, so that the client listens again with another", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  const { events } = await listen(world, anna, [uriOf(anna.personalSpace, "habits")], 3);
  world.clock.now += 16 * 60_000;
  await anna.refresh();
  await pushInsert(world, anna, HABITS, "x", { title: "x" });
  await callOk(world, anna, "habits_list");
  assert.deepEqual(await events.next(), {
    jsonrpc: "2.0",
    id: 3,
    result: { resultType: "complete", _meta: { "io.modelcontextprotocol/subscriptionId": 3 } },
  });
  assert.equal(await events.next(), undefined);
});

Deno.test("streams and addresses are bounded, and a stream that ends makes room", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const all = uriOf(anna.personalSpace, "habits");
  const many = Array.from({ length: 150 }, (_, index) => uriOf(anna.personalSpace, "habits", `${index}`));
  const first = await listen(world, anna, [...many, many[0] ?? ""]);
  assert.deepEqual(first.honoured, { resourceSubscriptions: many.slice(0, 100) });
  const rest = [];
  for (let opened = 1; opened < 10; opened++) rest.push(await listen(world, anna, [all], opened));
  const refused = await listenRaw(world, anna.token, [all], 99);
  assert.deepEqual(await refused.json(), {
    jsonrpc: "2.0",
    id: 99,
    error: { code: -32603, message: "Subscription limit reached" },
  });
  await (await listen(world, ben, [uriOf(ben.personalSpace, "habits")])).events.cancel();
  const metrics = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
  assert.match(metrics, /^mana_mcp_subscribed_streams\{service="mana-mcp"\} 10$/m);
  await first.events.cancel();
  await (await listen(world, anna, [all])).events.cancel();
  for (const { events } of rest) await events.cancel();
});

Deno.test("without an address that may be listened to the stream ends at once, as the SDK has it", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const { honoured, events } = await listen(world, anna, ["mana://spaces/nowhere/habits"]);
  assert.deepEqual(honoured, {});
  assert.ok((await events.next())?.result);
  assert.equal(await events.next(), undefined);
});

Deno.test("a stop ends the streams, and nothing of a subscription is in the log", async () => {
  const world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list"); // what comes after this is news
  const uri = uriOf(anna.personalSpace, "habits", "MARK-id");
  const { events } = await listen(world, anna, [uri]);
  await pushInsert(world, anna, HABITS, "MARK-id", { title: "x" });
  assert.equal(await events.updated(), uri);
  await world[Symbol.asyncDispose]();
  assert.ok((await events.next())?.result, "the SDK's own end");
  assert.equal(await events.next(), undefined);
  assert.ok(!world.logLines.join("\n").includes("MARK"));
});
