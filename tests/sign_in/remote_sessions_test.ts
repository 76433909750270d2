import assert from "node:assert/strict";
import { z } from "zod";
import { connect, decode, exchange, refresh, refusalOf } from "../_support/oauth_flow.ts";
import type { Browser } from "../_support/browser.ts";
import { MARKER } from "../_support/faults.ts";
import type { ServiceFault } from "../_support/real_services/service_faults.ts";
import { SERVICE_KEY } from "../_support/test_backend.ts";
import {
  asked,
  createRemoteWorld,
  type RemoteWorld,
  type RemoteWorldOptions,
} from "../_support/remote_world.ts";

const HTML = { "content-type": "text/html" };

/** Anna with a connected app. */
async function createConnected(options: RemoteWorldOptions = {}) {
  const world = await createRemoteWorld(options);
  const anna = await world.services.people.make("anna");
  const browser = await world.signedIn(anna);
  return Object.assign(world, { anna, annasBrowser: browser, app: await connect(world, browser) });
}

function grantIdOf(accessToken: string): string {
  return z.string().parse(decode(accessToken).claims.gid);
}

/** Ends an app's connection on the apps page. */
async function disconnect(browser: Browser, accessToken: string) {
  const page = await browser.open("/apps");
  return await browser.submit(page, "/apps", { grant: grantIdOf(accessToken), end: "yes" });
}

function signOut(browser: Browser) {
  return browser.open("/apps").then((page) => browser.submit(page, "/sign-out"));
}

async function rows({ signIn }: RemoteWorld) {
  return await signIn.db.selectFrom("auth_sessions").selectAll().orderBy("holder").execute();
}

async function endReason({ signIn }: RemoteWorld, accessToken: string) {
  const row = await signIn.db.selectFrom("grants").select(["ended_because", "revoked_at"])
    .where("id", "=", grantIdOf(accessToken)).executeTakeFirstOrThrow();
  return row.revoked_at === null ? "live" : row.ended_because;
}

Deno.test("remote people: browser and grant hold one session; the last who leaves ends it at the auth service", async () => {
  await using world = await createConnected();
  const { app, annasBrowser, services } = world;
  const kept = await rows(world);
  assert.deepEqual(kept.map(({ holder }) => holder.split(":")[0]), ["grant", "session"]);
  assert.equal(new Set(kept.map(({ fingerprint }) => fingerprint)).size, 1);
  assert.equal(new Set(kept.map(({ sealed }) => sealed)).size, 2);
  await signOut(annasBrowser);
  assert.equal(asked(world, "/sign-out").length, 0, "the app still needs the session");
  assert.equal((await exchange(world, app.access)).status, 200);

  const again = await world.signedIn(world.anna); // a session of its own
  await disconnect(again, app.access);
  const [ended, ...more] = asked(world, "/sign-out");
  assert.deepEqual(more, []);
  assert.equal(ended?.header("origin"), services.issuer);
  const tokens = await services.ask("/api/auth/token", {
    headers: { cookie: ended?.header("cookie") ?? "" },
  });
  assert.equal(tokens.status, 401);
  assert.deepEqual((await rows(world)).map(({ holder }) => holder.split(":")[0]), ["session"]);
  assert.equal(await world.people.isLeaving(world.anna.id), false);
});

Deno.test("remote people: a session that could not be ended is tried again, and the person can be told", async () => {
  await using world = await createConnected();
  const { anna, annasBrowser, app, services, clock } = world;
  await signOut(annasBrowser);
  const session = app.access;
  const faults: readonly (ServiceFault | "still open" | "refused by a page")[] = [
    "down",
    "500",
    "429",
    "redirecting",
    "html",
    "still open",
    "refused by a page",
  ];
  let isFirst = true;
  for (const fault of faults) {
    services.fault = () => fault === "still open" || fault === "refused by a page" ? undefined : fault;
    // Signing out seems to succeed, and the session goes on, or nobody can say whether it does.
    world.answer = (request) => {
      if (services.fault?.("auth", request) !== undefined) return undefined;
      if (request.url.endsWith("/sign-out")) return Response.json({ success: true });
      return fault === "still open" ? undefined : new Response("{}", { status: 401, headers: HTML });
    };
    if (isFirst) await world.server.people.grantEnded(grantIdOf(session));
    else await world.round();
    isFirst = false;
    assert.equal(await world.people.isLeaving(anna.id), true, fault);
    assert.deepEqual(world.log.at(-1), { event: "auth-session-not-ended" });
    clock.now += 5 * 60_000 + 1;
  }
  services.fault = null;
  world.answer = null;
  await world.round();
  assert.equal(await world.people.isLeaving(anna.id), false);
  assert.deepEqual(await rows(world), []);
  assert.ok(!JSON.stringify(world.log).includes(MARKER));
});

Deno.test("remote people: an origin that the auth service does not trust is noticed, and the session counts as open until it has ended by itself", async () => {
  await using world = await createConnected({ people: { authOrigin: "http://untrusted.test" } });
  const { anna, annasBrowser, app, clock } = world;
  await signOut(annasBrowser);
  await world.server.people.grantEnded(grantIdOf(app.access));
  assert.ok(
    world.log.some(({ event, path, status }) =>
      event === "auth-service-answer" && path === "/api/auth/sign-out" && status === 403
    ),
  );
  const asksBefore = asked(world, "/token").length;
  for (let day = 0; day < 8; day++) {
    await world.round();
    assert.equal(await world.people.isLeaving(anna.id), true);
    clock.now += 24 * 3600_000;
  }
  assert.equal(asked(world, "/token").length, asksBefore, "nothing prolongs the session");
  clock.now += 1000;
  await world.round();
  assert.equal(await world.people.isLeaving(anna.id), false);
});

for (
  const [name, end] of Object.entries({
    "signed out everywhere": (world: RemoteWorld, email: string) => world.services.people.endSessions(email),
    "changed their password": (world: RemoteWorld, email: string) =>
      world.services.people.changePassword(email, "another horse"),
  })
) {
  Deno.test(`remote people: who ${name} at the auth service has no app connected any more, and is told why`, async () => {
    await using world = await createConnected();
    const { anna, app } = world;
    const second = await connect(world, world.annasBrowser, { keep: "yes" });
    assert.equal((await exchange(world, app.access)).status, 200);
    await end(world, anna.email);
    world.clock.now += 15 * 60_000 - 61_000;
    assert.equal(
      (await exchange(world, app.access)).status,
      200,
      "the token that was got before has not ended",
    );
    world.clock.now += 2000;
    const answer = await exchange(world, app.access);
    assert.equal(await refusalOf(answer), "400 invalid_request");
    for (const { access, clientId, refresh: token } of [app, second]) {
      assert.equal(await endReason(world, access), "session-over");
      assert.equal(await refusalOf(await refresh(world, clientId, token)), "400 invalid_grant");
    }
    assert.deepEqual(await rows(world), []);
    const page = await world.annasBrowser.open("/apps");
    assert.equal(new URL(page.url).pathname, "/sign-in", "the browser's session rested on the same one");
  });
}

Deno.test("remote people: a refusal that is not the auth service's own ends nothing", async () => {
  await using world = await createConnected({ people: { patienceMs: 1000 } });
  const { app, services, clock } = world;
  clock.now += 14 * 60_000 + 30_000; // the kept token is too old
  const refusals: Readonly<Record<string, () => Response>> = {
    "a page": () =>
      new Response(`<h1>${MARKER}</h1>`, { status: 401, headers: { "content-type": "text/html" } }),
    "nothing": () => new Response(null, { status: 401 }),
    "JSON from a proxy that refuses everybody": () => Response.json({ message: MARKER }, { status: 401 }),
    "forbidden": () => Response.json({ message: MARKER }, { status: 403 }),
    "not found": () => Response.json({ message: MARKER }, { status: 404 }),
    "no JWT": () => Response.json({ token: MARKER }),
  };
  for (const [name, answer] of Object.entries(refusals)) {
    world.answer = answer;
    assert.equal(await refusalOf(await exchange(world, app.access)), "503 temporarily_unavailable", name);
  }
  // Pages that would be the auth service's answers by their text.
  world.answer = ({ url }) =>
    url.endsWith("/token")
      ? new Response("{}", { status: 401, headers: HTML })
      : new Response("null", { headers: HTML });
  assert.equal(await refusalOf(await exchange(world, app.access)), "503 temporarily_unavailable");
  world.answer = ({ url }) =>
    url.endsWith("/token") ? Response.json({}, { status: 401 }) : new Response("null", { headers: HTML });
  assert.equal(await refusalOf(await exchange(world, app.access)), "503 temporarily_unavailable");
  // Only the token is refused, while the session goes on.
  world.answer = (request) => request.url.endsWith("/token") ? Response.json({}, { status: 401 }) : undefined;
  assert.equal(await refusalOf(await exchange(world, app.access)), "503 temporarily_unavailable");
  world.answer = null;
  const faults: readonly ServiceFault[] = [
    "down",
    "slow",
    "redirecting",
    "html",
    "broken JSON",
    "JSON of another shape",
    "10 MB",
    "500",
    "429",
  ];
  for (const fault of faults) {
    services.fault = () => fault;
    assert.equal(await refusalOf(await exchange(world, app.access)), "503 temporarily_unavailable", fault);
    const gid = grantIdOf(app.access);
    const spaces = await world.auth(`/api/v1/internal/grants/${gid}/spaces`, {
      headers: { "x-service-key": SERVICE_KEY },
    });
    assert.deepEqual([spaces.status, await spaces.json()], [503, {
      statusCode: 503,
      message: "The auth service does not answer",
    }]);
  }
  services.fault = null;
  assert.equal(await endReason(world, app.access), "live");
  assert.equal((await exchange(world, app.access)).status, 200);
  assert.ok(!JSON.stringify(world.log).includes(MARKER));
});

Deno.test("remote people: another person's token, or a token of somebody else's making, is never handed out", async () => {
  await using world = await createConnected();
  const { app, services, clock } = world;
  const ben = await services.people.make("ben");
  const login = async () => {
    const answer = await services.ask("/api/v1/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: ben.email, password: ben.password }),
    });
    return z.object({ accessToken: z.string() }).parse(await answer.json()).accessToken;
  };
  clock.now += 14 * 60_000 + 30_000;
  const token = await login();
  const [header = "", payload = ""] = token.split(".");
  const none = new TextEncoder().encode('{"alg":"none"}').toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  for (const forged of [`${header}.${payload}.AAAA`, `${none}.${payload}.`, app.access]) {
    world.answer = (request) => request.url.endsWith("/token") ? Response.json({ token: forged }) : undefined;
    assert.equal(await refusalOf(await exchange(world, app.access)), "503 temporarily_unavailable");
  }
  assert.ok(world.log.some(({ event }) => event === "auth-token-refused"));
  world.answer = (request) => request.url.endsWith("/token") ? Response.json({ token }) : undefined;
  assert.equal(await refusalOf(await exchange(world, app.access)), "400 invalid_request");
  assert.ok(world.log.some(({ event }) => event === "auth-session-of-another-person"));
  assert.equal(await endReason(world, app.access), "session-over");
});

for (const wrong of [{ authIssuer: "http://other.test" }, { audience: "another" }]) {
  Deno.test(`remote people: nobody comes in by tokens of another ${Object.keys(wrong)[0]}, and the log says which claim`, async () => {
    await using world = await createRemoteWorld({ people: wrong });
    const anna = await world.services.people.make("anna");
    await assert.rejects(world.signedIn(anna));
    const [claim] = "audience" in wrong ? ["aud"] : ["iss"];
    assert.ok(world.log.some((entry) => entry.event === "auth-token-refused" && entry.claim === claim));
    assert.equal(asked(world, "/sign-out").length, 1, "the session that nobody holds is ended");
    assert.deepEqual(await rows(world), []);
  });
}

Deno.test("remote people: a sealed cookie opens for its own holder and person alone, and never gives another's data", async () => {
  await using world = await createConnected();
  const { services, signIn, clock } = world;
  const ben = await services.people.make("ben");
  const bens = await connect(world, await world.signedIn(ben));
  const [anna, other] = [grantIdOf(world.app.access), grantIdOf(bens.access)];
  const row = async (id: string) =>
    await signIn.db.selectFrom("auth_sessions").selectAll().where("holder", "=", `grant:${id}`)
      .executeTakeFirstOrThrow();
  const [annas, own] = [await row(anna), await row(other)];
  const [keyId = "", text = ""] = own.sealed.split(".");
  const flipped = text.slice(0, 40) + (text[40] === "A" ? "B" : "A") + text.slice(41);
  const changes = {
    "another grant's": annas,
    "another grant's cookie": { sealed: annas.sealed },
    "another grant's cookie and person": { sealed: annas.sealed, user_id: annas.user_id },
    "cut": { sealed: own.sealed.slice(0, 60) },
    "nothing": { sealed: "" },
    "a flipped bit": { sealed: `${keyId}.${flipped}` },
    "an unknown key": { sealed: `7.${text}` },
  };
  const spaces = async (id: string) =>
    await world.auth(`/api/v1/internal/grants/${id}/spaces`, { headers: { "x-service-key": SERVICE_KEY } });
  for (const [name, { ...change }] of Object.entries(changes)) {
    clock.now += 14 * 60_000; // nothing is kept
    await signIn.db.updateTable("grants").set({ revoked_at: null, ended_because: null }).where(
      "id",
      "=",
      other,
    ).execute();
    await signIn.db.deleteFrom("auth_sessions").where("holder", "=", `grant:${other}`).execute();
    await signIn.db.insertInto("auth_sessions").values({ ...own, ...change, holder: `grant:${other}` })
      .execute();
    const answer = await spaces(other);
    assert.equal(answer.status, 404, name);
    assert.equal(
      (await signIn.db.selectFrom("grants").select("ended_because").where("id", "=", other)
        .executeTakeFirstOrThrow()).ended_because,
      "session-over",
      name,
    );
  }
  assert.equal((await spaces(anna)).status, 200);
});

Deno.test("remote people: who signs out in another window while they give consent has connected nothing", async () => {
  await using world = await createConnected();
  const { signIn } = world;
  await signIn.db.updateTable("auth_sessions").set({ leaving_since: 1 }).where("holder", "like", "session:%")
    .execute();
  const before = await rows(world);
  const failed = world.server.people.grantMade("a grant", {
    userId: world.anna.id,
    sessionId: before.find(({ holder }) => holder.startsWith("session:"))?.holder.slice("session:".length) ??
      "",
  });
  await assert.rejects(failed, { name: "PeopleFault", reason: "gone" });
  assert.deepEqual(await rows(world), before);
});

Deno.test("remote people: consent and sign-out in the same moment leave a session that both know of, or none", async () => {
  let atSealing = () => {};
  const randomBytes = (length: number) => {
    atSealing();
    return crypto.getRandomValues(new Uint8Array(length));
  };
  await using world = await createConnected({ people: { randomBytes } });
  const { anna, app, people } = world;
  await people.grantEnded(grantIdOf(app.access)); // the browser alone holds the session
  const [row] = await rows(world);
  const sessionId = row?.holder.slice("session:".length) ?? "";
  let left: Promise<void> | undefined;
  // The cookie was read for the grant, and is not stored for the grant yet.
  atSealing = () => void (left ??= people.entrance.leave(sessionId));
  const grant = { kind: "grant", grantId: "another grant", userId: anna.id } as const;
  const [made] = await Promise.allSettled([
    people.grantMade(grant.grantId, { userId: anna.id, sessionId }),
  ]);
  assert.ok(left);
  await left;
  world.clock.now += 61_000; // no list is kept
  if (made.status === "fulfilled") assert.equal((await people.spacesOf(grant)).length, 1);
  else assert.deepEqual(await rows(world), []);
});

Deno.test("remote people: a session that is to be ended serves nobody any more", async () => {
  await using world = await createConnected();
  const { anna, annasBrowser, app, people, services } = world;
  await signOut(annasBrowser);
  services.fault = () => "down";
  const grantId = grantIdOf(app.access);
  await people.grantEnded(grantId);
  services.fault = null;
  assert.equal(await people.isLeaving(anna.id), true);
  await assert.rejects(people.spacesOf({ kind: "grant", grantId, userId: anna.id }), { reason: "gone" });
});

Deno.test("remote people: the list of spaces is read leniently, a minute old at most, and by one request at a time", async () => {
  await using world = await createConnected();
  const { app, clock, services } = world;
  const gid = grantIdOf(app.access);
  const Listed = z.array(z.looseObject({ id: z.string(), name: z.string() }));
  const list = async () => {
    const answer = await world.auth(`/api/v1/internal/grants/${gid}/spaces`, {
      headers: { "x-service-key": SERVICE_KEY },
    });
    return Listed.parse(await answer.json());
  };
  clock.now += 61_000;
  const before = asked(world, "/organization/list").length;
  await Promise.all(Array.from({ length: 20 }, list));
  assert.equal(asked(world, "/organization/list").length - before, 1);
  await services.people.makeTeam(world.anna.email, "Choir");
  assert.equal((await list()).length, 1);
  clock.now += 60_000;
  assert.deepEqual((await list()).map(({ name }) => name), ["anna", "Choir"]);

  const odd = [
    {
      id: "t",
      name: "Team",
      slug: "t",
      logo: null,
      metadata: '{"type":"team"}',
      createdAt: "2026-01-01T00:00:00.000Z",
    },
    { id: "b", name: 5, metadata: "{broken" },
    { name: "no id" },
    "no space",
    { id: "p", name: "Anna", slug: "p", metadata: { type: "personal" }, role: "owner" },
    ...Array.from({ length: 2000 }, (_, i) => ({ id: `s${i}`, name: `S${i}` })),
  ];
  world.answer = (request) => request.url.endsWith("/organization/list") ? Response.json(odd) : undefined;
  clock.now += 60_000;
  const read = await list();
  assert.deepEqual(read.slice(0, 3), [
    { id: "p", name: "Anna", slug: "p", logo: null, metadata: { type: "personal" }, createdAt: "" },
    {
      id: "t",
      name: "Team",
      slug: "t",
      logo: null,
      metadata: { type: "team" },
      createdAt: "2026-01-01T00:00:00.000Z",
    },
    { id: "b", name: "b", slug: "", logo: null, createdAt: "" },
  ]);
  assert.equal(read.length, 998);

  odd.push({ id: "long", name: "x".repeat(1024 * 1024) });
  clock.now += 60_000;
  const long = await world.auth(`/api/v1/internal/grants/${gid}/spaces`, {
    headers: { "x-service-key": SERVICE_KEY },
  });
  assert.equal(long.status, 503, "an answer of more than 1 MB is none");
});
