// News between gateways over a real server: access that was taken away, and changes. The gateways' time stands still otherwise, so that
// nothing but the news can be the reason.
import assert from "node:assert/strict";
import { ACCESS_NEWS_MS, INTROSPECTION_CACHE_MS } from "../../lib/kit/limits.ts";
import { createConnected } from "../_support/connected.ts";
import { eventsOf, listenRaw } from "../_support/event_stream.ts";
import { callOk } from "../_support/mcp.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { connect, RESOURCE } from "../_support/oauth_flow.ts";
import { makeTeam } from "../_support/team.ts";
import { addNode, type Node, SHARED } from "../_support/two_nodes.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { createWorld } from "../_support/world.ts";
import { uriOf } from "../resources/_resources.ts";
import { clock, type OpenStore, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();

/** Opens a store for each gateway that asks for one. */
function createDoors(url: string) {
  const opened: OpenStore[] = [];
  return {
    open: () => {
      const door = openStore(url);
      opened.push(door);
      return door.store;
    },
    until: (state: "up" | "degraded") => until(state, ...opened.map(({ store }) => store)),
  };
}

/** Anna's app at two gateways; with `end` she ends it on the page of her apps, which tells the first gateway alone. */
async function createTwo(url: string) {
  const doors = createDoors(url);
  const world = await createConnected({ ...SHARED, NODES: "2" }, undefined, {
    hasPages: true,
    sharedStore: doors.open,
  });
  const other = addNode(world);
  await doors.until("up");
  const { access } = await connect(world, world.anna, { allow: ["habits:read"] });
  const status = async (node: Node) => {
    const params = { name: "habits_list", arguments: {} };
    const response = await node.gateway.fetch(modernRequest(access, "tools/call", params, { url: RESOURCE }));
    await response.body?.cancel();
    return response.status;
  };
  const end = async () => {
    const told = Promise.withResolvers<void>();
    world.interceptPages = async (request) => {
      if (!request.url.endsWith("/person/access/changed")) return undefined;
      const answer = await world.gateway.fetch(request);
      told.resolve();
      return answer;
    };
    await world.anna.submit(await world.anna.open("/apps"), "/apps", { end: "yes" });
    await told.promise;
  };
  return { world, other, doors, status, end };
}

Deno.test({
  name: "an app that its person ends at one gateway is refused by the other because the store told it",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    const { world, other, status, end } = await createTwo(valkey.url);
    await using _ = world;
    assert.deepEqual([await status(world), await status(other)], [200, 200]);
    await end();
    // Far from the time after which a gateway asks anyway.
    world.clock.now += ACCESS_NEWS_MS;
    while (await status(other) !== 401) await clock.wait(5);
    assert.equal(await status(world), 401);
  },
});

Deno.test({
  name: "while the store is gone the other gateway finds out by itself, when it asks about the token again",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    const { world, other, doors, status, end } = await createTwo(valkey.url);
    await using _ = world;
    assert.deepEqual([await status(world), await status(other)], [200, 200]);
    await valkey.kill();
    await doors.until("degraded");
    await end();
    world.clock.now += ACCESS_NEWS_MS;
    assert.deepEqual([await status(world), await status(other)], [401, 200], "nobody could tell it");
    world.clock.now += INTROSPECTION_CACHE_MS;
    assert.equal(await status(other), 401);
  },
});

Deno.test({
  name:
    "a stream at one gateway is told of what is written at the other, by the person and by a member of the space",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    const doors = createDoors(valkey.url);
    await using world = await createWorld({
      env: { ...SHARED, NODES: "2" },
      sharedStore: doors.open,
      isStill: true,
    });
    const other = addNode(world);
    await doors.until("up");
    const [anna, ben] = [await world.person("anna"), await world.person("ben")];
    const team = await makeTeam(world, anna, ben);
    const [own, shared] = [uriOf(anna.personalSpace, "todo"), uriOf(team, "notes")];
    await using events = eventsOf(await listenRaw(other, anna.token, [own, shared], 1));
    assert.ok((await events.next())?.params);
    await callOk(world, anna, "todo_create", { title: "in private", space: anna.personalSpace });
    assert.equal(await events.updated(), own);
    await callOk(world, ben, "notes_create", { title: "in the team", space: team });
    assert.equal(await events.updated(), shared);
    // The sync service's own stream of hints was not asked.
    assert.equal(world.upstreamCalls.filter(({ url }) => url.includes("/stream")).length, 0);
  },
});
