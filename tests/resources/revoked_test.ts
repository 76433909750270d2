import assert from "node:assert/strict";
import { connectToOneOfTwo, createConnected } from "../_support/connected.ts";
import { push, TASKS } from "../_support/device.ts";
import { form, RESOURCE } from "../_support/oauth_flow.ts";
import { uriOf } from "./_resources.ts";
import { eventsOf, listenRaw } from "../_support/event_stream.ts";

Deno.test("a connected client is told within its grant, and nothing once its access was taken back", async () => {
  await using world = await createConnected();
  const { person, given, kept, access, clientId, refresh: refreshToken } = await connectToOneOfTwo(world, [
    "todo:read",
  ]);
  const asked = [
    uriOf(kept, "todo"),
    uriOf(`_personal:${person.id}`, "todo"),
    uriOf(given, "notes"),
    uriOf(given, "todo"),
  ];
  assert.equal((await world.call(access, "todo_list")).status, 200); // what comes after this is news
  await using events = eventsOf(await listenRaw(world, access, asked, 1, RESOURCE));
  const ack = await events.next();
  assert.deepEqual(ack?.params?.notifications, { resourceSubscriptions: asked.slice(3) });
  const write = async (id: string, spaceId: string) => {
    const data = { id, title: id, spaceId, authorId: person.id, visibility: "space" };
    await push(world, person, TASKS, [{ id, op: "insert", spaceId, data }]);
  };
  await write("kept", kept);
  await write("given", given);
  assert.equal(await events.updated(), uriOf(given, "todo"));
  // What is asked upstream is asked with a token that was exchanged, never with the client's own.
  const sync = world.upstreamCalls.filter(({ url }) => url.includes("/sync/todo/"));
  assert.ok(
    sync.some(({ url }) => url.includes("/pull?")) && sync.some(({ url }) => url.includes("/stream?")),
  );
  assert.ok(sync.every(({ headers }) => headers.get("authorization") !== `Bearer ${access}`));

  const revoked = await world.auth(
    "/api/auth/oauth2/revoke",
    form({ token: refreshToken, token_type_hint: "refresh_token", client_id: clientId }),
  );
  await revoked.body?.cancel();
  world.clock.now += 3_000; // what introspection said is believed for two seconds
  await write("after", given);
  const last = await events.next();
  assert.ok(last === undefined || last.result, `told after the end: ${JSON.stringify(last)}`);
});
