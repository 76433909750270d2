import assert from "node:assert/strict";
import { connect, exchange, refresh, refusalOf, tokensOf } from "../_support/oauth_flow.ts";
import { asked, createRemoteWorld, type RemoteWorld } from "../_support/remote_world.ts";

const HOUR = 3600_000;

/** Lets time go on, with a round each hour. */
async function pass(world: RemoteWorld, hours: number) {
  for (let hour = 0; hour < hours; hour++) {
    world.clock.now += HOUR;
    await world.round();
  }
}

async function holders({ signIn }: RemoteWorld) {
  const rows = await signIn.db.selectFrom("auth_sessions").select("holder").orderBy("holder").execute();
  return rows.map(({ holder }) => holder.split(":")[0]);
}

Deno.test("remote people: an app that comes once in three weeks finds the session alive, used once a day", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const { clientId, refresh: token } = await connect(world, await world.signedIn(anna));
  const before = asked(world, "/token").length;
  await pass(world, 21 * 24);
  const uses = asked(world, "/token").length - before;
  assert.ok(uses >= 21 && uses <= 27, `${uses} uses in 21 days, for browser and grant together`);
  const { access } = await tokensOf(await refresh(world, clientId, token));
  assert.equal((await exchange(world, access)).status, 200);
});

Deno.test("remote people: a session that ended elsewhere ends its app within a day, though the app never came", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const { clientId, refresh: token } = await connect(world, await world.signedIn(anna));
  await world.services.people.endSessions(anna.email);
  await pass(world, 22);
  assert.deepEqual(await holders(world), []);
  const grant = await world.signIn.db.selectFrom("grants").select(["revoked_at", "ended_because"])
    .executeTakeFirstOrThrow();
  assert.ok(grant.revoked_at !== null && grant.ended_because === "session-over");
  assert.equal(await refusalOf(await refresh(world, clientId, token)), "400 invalid_grant");
});

Deno.test("remote people: an auth service that is down for a day ends nothing, and is asked for one session a round", async () => {
  await using world = await createRemoteWorld();
  const { people } = world.services;
  for (const name of ["anna", "ben", "cara"]) {
    await connect(world, await world.signedIn(await people.make(name)));
    world.clock.now += 11_000;
  }
  world.clock.now += 21 * HOUR;
  world.services.fault = () => "down";
  const before = asked(world, "/token").length;
  await pass(world, 24);
  assert.equal(asked(world, "/token").length - before, 24);
  assert.equal((await holders(world)).length, 6);
  world.services.fault = null;
  world.clock.now += HOUR;
  await world.round();
  assert.equal(asked(world, "/token").length - before, 27, "then for each session once");
});

Deno.test("remote people: sessions of connections that ran out, and of browsers that are signed out, are ended", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const browser = await world.signedIn(anna);
  await connect(world, browser, { until: "day" });
  await pass(world, 24 + 21);
  assert.deepEqual(await holders(world), ["session"]);
  const { adapter } = await world.server.identity.$context;
  await adapter.deleteMany({ model: "session", where: [{ field: "userId", value: anna.id }] });
  await pass(world, 22);
  assert.deepEqual(await holders(world), []);
  assert.equal(asked(world, "/sign-out").length, 1);
});

Deno.test("remote people: one session that cannot be used does not keep the others from their turn", async () => {
  await using world = await createRemoteWorld();
  const { people } = world.services;
  const anna = await people.make("anna");
  await connect(world, await world.signedIn(anna));
  world.clock.now += 11_000;
  await connect(world, await world.signedIn(await people.make("ben")));
  const first = asked(world, "/token")[0]?.header("cookie");
  world.answer = (request) =>
    request.headers.get("cookie") === first ? new Response(null, { status: 500 }) : undefined;
  world.clock.now += 21 * HOUR;
  const before = asked(world, "/token").length;
  await world.round();
  assert.equal(asked(world, "/token").length - before, 0);
  await world.round();
  assert.equal(asked(world, "/token").length - before, 1);
  assert.equal((await holders(world)).length, 4);
});

Deno.test("remote people: a round that fails is a line in the log, and the next one goes on", async () => {
  await using world = await createRemoteWorld();
  await connect(world, await world.signedIn(await world.services.people.make("anna")));
  world.clock.now += 21 * HOUR;
  const before = asked(world, "/token").length;
  await world.signIn.db.schema.alterTable("auth_sessions").renameTo("elsewhere").execute();
  await world.round();
  assert.equal(world.log.at(-1)?.event, "auth-sessions-round");
  assert.deepEqual(Object.keys(world.log.at(-1) ?? {}), ["event", "name"]);
  await world.signIn.db.schema.alterTable("elsewhere").renameTo("auth_sessions").execute();
  await world.round();
  assert.equal(asked(world, "/token").length - before, 1);
});
