/** Where the argument `space` is listed, and who is told when that changes. */
import assert from "node:assert/strict";
import { z } from "zod";
import type { Gateway } from "../../lib/gateway.ts";
import { INTROSPECTION_CACHE_MS } from "../../lib/kit/limits.ts";
import { type Connected, createConnected, tellOfGrant } from "../_support/connected.ts";
import { eventsOf } from "../_support/event_stream.ts";
import {
  legacyHeaders,
  legacyRequest,
  messagesOf,
  modernRequest,
  openSession,
} from "../_support/mcp_request.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { FIRST_MODULES } from "../_support/modules.ts";
import { connect, RESOURCE } from "../_support/oauth_flow.ts";
import { makeSpace } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";

const List = z.looseObject({
  tools: z.array(z.looseObject({
    name: z.string(),
    inputSchema: z.looseObject({ properties: z.record(z.string(), z.unknown()) }),
  })),
  ttlMs: z.number().optional(),
  _meta: z.looseObject({ "mana/etag": z.string() }),
});

/** The list as every era and path gives it, which must be one list; the tools that have `space`, and the etag. */
async function listOf(world: Connected, token: string) {
  const lists: z.infer<typeof List>[] = [];
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const session = await openSession(gateway.fetch, token, {}, RESOURCE);
    for (
      const request of [
        modernRequest(token, "tools/list", {}, { url: RESOURCE }),
        legacyRequest(token, "tools/list", {}, { url: RESOURCE }),
        legacyRequest(token, "tools/list", {}, { url: RESOURCE, session }),
      ]
    ) lists.push(await resultOf(gateway, request));
  }
  const [first] = lists;
  assert.ok(first);
  for (const { tools, _meta } of lists) {
    assert.deepEqual(tools, first.tools);
    assert.equal(_meta["mana/etag"], first._meta["mana/etag"]);
  }
  const spaced = first.tools.filter(({ inputSchema }) => "space" in inputSchema.properties);
  return { spaced: spaced.map(({ name }) => name.replace("_", ".")), etag: first._meta["mana/etag"] };
}

async function resultOf(gateway: Gateway, request: Request): Promise<z.infer<typeof List>> {
  const [message] = await messagesOf(await gateway.fetch(request));
  return List.parse(message?.["result"]);
}

const TOOLS = FIRST_MODULES.flatMap(({ tools }) => tools);
const START = new Set(PROFILES.find(({ name }) => name === "start")?.tools);
/** Of a person's own token, which is shown the profile start. */
const WITH_SPACE = TOOLS.filter(({ name, usesRecords }) => usesRecords && START.has(name)).map(({ name }) =>
  name
);
/** A consent ticks no deleting by itself. */
const OF_APP = [
  ...TOOLS.filter(({ usesRecords, access }) => usesRecords && access !== "destructive").map(({ name }) =>
    name
  ),
  "undo.preview",
  "undo.apply",
];

Deno.test("space is listed where a grant opens more than one, without a request for it, and not where it opens one", async () => {
  await using world = await createConnected({}, FIRST_MODULES);
  const person = await signIn(world, "anna@mana.test");
  const { access } = await connect(world, world.anna);
  const one = await listOf(world, access);
  assert.deepEqual(one.spaced, []);
  const team = await makeSpace(world, person, "Familie", "family");
  // Nothing says so in the list, and yet it is taken.
  assert.match(
    (await world.call(access, "notes_create", { title: "x", space: "Familie" })).text,
    /"title":"x"/,
  );
  world.clock.now += INTROSPECTION_CACHE_MS;
  world.upstreamCalls.length = 0;
  const two = await listOf(world, access);
  assert.deepEqual(two.spaced, OF_APP);
  assert.notEqual(two.etag, one.etag);
  const asked = new Set(world.upstreamCalls.map(({ url }) => new URL(url).pathname));
  assert.deepEqual([...asked], ["/api/v1/oauth/introspect"]);
  // A grant of one of the two spaces.
  const { access: narrow } = await connect(world, world.anna, { where: "some", space: [team] });
  assert.deepEqual((await listOf(world, narrow)).spaced, []);
});

Deno.test("space is listed for a person's own token, and where the count is not told or is none; access stands", async () => {
  await using world = await createConnected({}, FIRST_MODULES);
  const person = await signIn(world, "anna@mana.test");
  assert.deepEqual((await listOf(world, person.token)).spaced, WITH_SPACE);
  const { access } = await connect(world, world.anna);
  for (const space_count of [undefined, null, "1", -1, 1.5, {}, "x".repeat(200_000)]) {
    tellOfGrant(world, { space_count });
    world.clock.now += INTROSPECTION_CACHE_MS;
    assert.deepEqual((await listOf(world, access)).spaced, OF_APP, String(space_count).slice(0, 20));
  }
  tellOfGrant(world, { space_count: 0 });
  world.clock.now += INTROSPECTION_CACHE_MS;
  assert.deepEqual((await listOf(world, access)).spaced, []);
});

const CHANGED = "notifications/tools/list_changed";

Deno.test("a session hears once that space is listed now, and once that it is no longer, with the same token", async () => {
  await using world = await createConnected({}, FIRST_MODULES);
  const person = await signIn(world, "anna@mana.test");
  const { access } = await connect(world, world.anna);
  const session = await openSession(world.gateway.fetch, access, {}, RESOURCE);
  const send = async (method: string) => {
    world.clock.now += INTROSPECTION_CACHE_MS;
    const request = legacyRequest(access, method, {}, { session, url: RESOURCE });
    await (await world.gateway.fetch(request)).text();
  };
  await send("tools/list");
  await using events = eventsOf(
    await world.gateway.fetch(
      new Request(RESOURCE, { headers: { ...legacyHeaders(access, session), accept: "text/event-stream" } }),
    ),
  );
  const told = async () => (await events.next())?.method;
  await send("ping");
  const second = await makeSpace(world, person, "Familie");
  await send("ping");
  assert.equal(await told(), CHANGED);
  // One more changes no list, so that the next word on the stream is of the end of both.
  const third = await makeSpace(world, person, "Verein");
  await send("ping");
  await leave(world, person, second);
  await send("ping");
  await leave(world, person, third);
  await send("ping");
  assert.equal(await told(), CHANGED);
  await makeSpace(world, person, "Neu");
  await send("ping");
  assert.equal(await told(), CHANGED);
  const headers = legacyHeaders(access, session);
  await (await world.gateway.fetch(new Request(RESOURCE, { method: "DELETE", headers }))).text();
  assert.equal(await told(), undefined, "nothing was said twice");
});

Deno.test("2026-07-28: a subscription is told when it opens after the number has passed one", async () => {
  await using world = await createConnected({}, FIRST_MODULES);
  const person = await signIn(world, "anna@mana.test");
  const { access } = await connect(world, world.anna);
  await (await world.rpc(access, "tools/list")).text();
  await makeSpace(world, person, "Familie");
  world.clock.now += INTROSPECTION_CACHE_MS;
  await using events = eventsOf(
    await world.rpc(access, "subscriptions/listen", { notifications: { toolsListChanged: true } }),
  );
  assert.equal((await events.next())?.method, "notifications/subscriptions/acknowledged");
  assert.equal((await events.next())?.method, CHANGED);
});

async function leave(
  world: Connected,
  person: Awaited<ReturnType<typeof signIn>>,
  id: string,
): Promise<void> {
  const response = await world.auth("/api/auth/organization/delete", {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://localhost:5173", cookie: person.cookie },
    body: JSON.stringify({ organizationId: id }),
  });
  assert.equal(response.status, 200, await response.text());
}
