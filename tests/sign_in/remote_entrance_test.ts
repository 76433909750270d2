import assert from "node:assert/strict";
import type { ServiceFault } from "../_support/real_services/service_faults.ts";
import { authorizeUrl, register } from "../_support/oauth_flow.ts";
import { MARKER } from "../_support/faults.ts";
import {
  asked,
  createRemoteWorld,
  passwordEntrance,
  type RemoteWorld,
  submitPassword,
} from "../_support/remote_world.ts";

/** One attempt at the source of people, without an app that waits. */
async function attempt(world: RemoteWorld, email: string, password: string) {
  const { address } = world;
  return await passwordEntrance(world).signIn({ email, password, oauthQuery: "", address });
}

/** Attempts one after the other, with a pause between them that no limit of a few seconds notices. */
async function attempts(world: RemoteWorld, count: number, email: string, password: string) {
  const outcomes: string[] = [];
  for (let i = 0; i < count; i++) {
    outcomes.push((await attempt(world, email, password)).outcome);
    world.clock.now += 11_000;
  }
  return outcomes;
}

const SIGN_IN = "/sign-in/email";

Deno.test("remote people: a wrong password, an unknown address and no address at all are told alike; an unconfirmed one is told apart", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const ben = await world.services.people.register("ben");
  assert.deepEqual(await attempt(world, anna.email, "wrong horse"), { outcome: "wrong-password" });
  assert.deepEqual(await attempt(world, "nobody@mana.test", "wrong horse"), { outcome: "wrong-password" });
  assert.deepEqual(await attempt(world, "no address", "wrong horse"), { outcome: "wrong-password" });
  world.clock.now += 11_000;
  assert.deepEqual(await attempt(world, ben.email, ben.password), { outcome: "unconfirmed" });
  assert.equal((await attempt(world, ` ${anna.email.toUpperCase()} `, anna.password)).outcome, "entered");
  const kept = await world.signIn.db.selectFrom("auth_sessions").select("user_id").execute();
  assert.deepEqual(kept.map(({ user_id }) => user_id), [anna.id]);
});

Deno.test("remote people: the auth service is told the person's network address, as an address, and only where somebody signs in", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  for (const [address, told] of [["192.0.2.9", "192.0.2.9"], ["2001:db8:0:7", "2001:db8:0:7::"]] as const) {
    world.address = address;
    assert.equal((await attempt(world, anna.email, anna.password)).outcome, "entered");
    assert.equal(asked(world, SIGN_IN).at(-1)?.header("x-forwarded-for"), told);
  }
  const own = world.services.requests.filter(({ path }) => path === "/api/auth/token");
  assert.deepEqual(
    new Set(own.map((request) => request.header("x-forwarded-for"))),
    new Set(["192.0.2.200"]),
  );
});

const FAULTS: Readonly<Record<ServiceFault, { outcome: string; seconds?: number }>> = {
  down: { outcome: "unavailable" },
  slow: { outcome: "unavailable" },
  redirecting: { outcome: "unavailable" },
  html: { outcome: "unavailable" },
  "broken JSON": { outcome: "unavailable" },
  "JSON of another shape": { outcome: "unavailable" },
  "10 MB": { outcome: "unavailable" },
  "500": { outcome: "unavailable" },
  "429": { outcome: "busy", seconds: 7 },
};

Deno.test("remote people: an auth service that fails lets nobody in, and says nothing of itself in any page or line", async () => {
  await using world = await createRemoteWorld({ people: { patienceMs: 500 } });
  const anna = await world.services.people.make("anna");
  for (const [name, outcome] of Object.entries(FAULTS)) {
    world.services.fault = () => Object.keys(FAULTS).find((each): each is ServiceFault => each === name);
    assert.deepEqual(await attempt(world, anna.email, anna.password), outcome, name);
    world.clock.now += 11_000;
    const browser = world.browser();
    const page = await submitPassword(browser, await browser.open("/sign-in"), anna);
    assert.ok(!page.html.includes(MARKER) && page.leaves === undefined, name);
    world.clock.now += 11_000;
  }
  world.services.fault = null;
  assert.ok(!JSON.stringify(world.log).includes(MARKER));
  // Only the attempts whose answer was late have counted, and they are not too many.
  assert.equal((await attempt(world, anna.email, anna.password)).outcome, "entered");
});

Deno.test("remote people: an answer that drips for ever ends with the server's patience", async () => {
  await using world = await createRemoteWorld({ people: { patienceMs: 30 } });
  let isCancelled = false;
  world.answer = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"token":')),
        cancel: () => void (isCancelled = true),
      }),
      { headers: { "content-type": "application/json" } },
    );
  assert.deepEqual(await attempt(world, "anna@mana.test", "a password"), { outcome: "unavailable" });
  assert.ok(isCancelled);
  assert.deepEqual(world.log.at(-1), {
    event: "auth-service-answer",
    path: "/api/auth/sign-in/email",
    status: "late",
  });
});

Deno.test("remote people: the password follows no redirect", async () => {
  await using world = await createRemoteWorld();
  const modes: string[] = [];
  world.answer = (request) => {
    modes.push(request.redirect);
    return new Response(null, { status: 307, headers: { location: "http://elsewhere.test/" } });
  };
  assert.deepEqual(await attempt(world, "anna@mana.test", "a password"), { outcome: "unavailable" });
  assert.deepEqual(modes, ["manual"]);
});

Deno.test("remote people: the fifth guess for an account is not sent, so that nobody is locked out at the auth service", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const outcomes: string[] = [];
  for (let i = 0; i < 7; i++) {
    world.address = `192.0.2.${i}`; // from as many places as an attacker likes
    outcomes.push(
      ...await attempts(world, 1, i % 2 === 0 ? anna.email : ` ${anna.email.toUpperCase()}`, "wrong horse"),
    );
  }
  assert.deepEqual(outcomes, [...Array(4).fill("wrong-password"), ...Array(3).fill("held-back")]);
  assert.equal(asked(world, SIGN_IN).length, 4);
  const held = await attempt(world, anna.email, anna.password);
  assert.deepEqual(held, { outcome: "held-back", seconds: 15 * 60 - 7 * 11 });
  // The person's own way, at the auth service itself, is open.
  const direct = await world.services.ask("/api/v1/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: anna.email, password: anna.password }),
  });
  assert.equal(direct.status, 200, await direct.text());
  world.clock.now += held.seconds * 1000;
  assert.equal((await attempt(world, anna.email, anna.password)).outcome, "entered");
  assert.deepEqual(
    await attempts(world, 4, anna.email, "wrong horse"),
    Array(4).fill("wrong-password"),
    "all is forgotten",
  );
});

Deno.test("remote people: guesses that come at once are counted before any of them is answered", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const entrance = passwordEntrance(world);
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      entrance.signIn({
        email: anna.email,
        password: `guess ${i}`,
        oauthQuery: "",
        address: `192.0.2.${i}`,
      })),
  );
  assert.equal(outcomes.filter(({ outcome }) => outcome === "wrong-password").length, 4);
  assert.equal(outcomes.filter(({ outcome }) => outcome === "held-back").length, 36);
  assert.equal(asked(world, SIGN_IN).length, 4);
});

Deno.test("remote people: an attempt that was not judged does not count; one whose answer came too late does", async () => {
  await using world = await createRemoteWorld({ people: { patienceMs: 300 } });
  const { services } = world;
  const anna = await services.people.make("anna");
  services.fault = () => "500";
  assert.deepEqual(await attempts(world, 6, anna.email, anna.password), Array(6).fill("unavailable"));
  services.fault = () => "slow";
  const late = await attempts(world, 5, anna.email, anna.password);
  assert.deepEqual(
    late,
    [...Array(4).fill("unavailable"), "held-back"],
    "the auth service may have counted these",
  );
});

Deno.test("remote people: of two attempts in the same moment, the one that was not judged takes no count of the other away", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const { signIn } = passwordEntrance(world);
  let isFirst = true;
  world.answer = (request) => {
    if (!request.url.endsWith("/sign-in/email")) return undefined;
    isFirst = !isFirst;
    return isFirst ? undefined : new Response(null, { status: 500 });
  };
  for (let i = 0; i < 5; i++) {
    const addresses = [`192.0.2.${i}`, `198.51.100.${i}`];
    const pair = addresses.map((address) =>
      signIn({ email: anna.email, password: "wrong horse", oauthQuery: "", address })
    );
    const outcomes = (await Promise.all(pair)).map(({ outcome }) => outcome).sort();
    if (i < 3) assert.deepEqual(outcomes, ["unavailable", "wrong-password"]);
    world.clock.now += 11_000;
  }
  assert.equal(asked(world, SIGN_IN).length, 4, "four wrong passwords reached the auth service");
});

Deno.test("remote people: a network address has three attempts in ten seconds, and twenty wrong ones in a quarter of an hour", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const before = asked(world, SIGN_IN).length;
  for (let i = 0; i < 3; i++) await attempt(world, `person${i}@mana.test`, "wrong horse");
  world.clock.now += 4000;
  assert.deepEqual(await attempt(world, anna.email, anna.password), { outcome: "busy", seconds: 6 });
  assert.equal(asked(world, SIGN_IN).length - before, 3);
  world.clock.now += 6000;
  for (let i = 3; i < 20; i++) await attempts(world, 1, `person${i}@mana.test`, "wrong horse");
  assert.equal((await attempt(world, anna.email, anna.password)).outcome, "held-back");
  world.address = "198.51.100.1";
  assert.equal(
    (await attempt(world, anna.email, anna.password)).outcome,
    "entered",
    "other networks are not held back",
  );
});

Deno.test("remote people: what the auth service has locked is held back as long as it says", async () => {
  await using world = await createRemoteWorld();
  const locked = (headers: Record<string, string>, body: unknown) => {
    world.answer = () => Response.json(body, { status: 429, headers });
    world.clock.now += 11_000;
    return attempt(world, "anna@mana.test", "a password");
  };
  const code = { error: "ACCOUNT_LOCKED", message: "Locked", status: 429 };
  assert.deepEqual(await locked({}, { ...code, retryAfterSec: 1800 }), {
    outcome: "held-back",
    seconds: 1800,
  });
  assert.deepEqual(await locked({}, code), { outcome: "held-back", seconds: 1800 });
  assert.deepEqual(await locked({ "retry-after": "12" }, {}), { outcome: "busy", seconds: 12 });
  assert.deepEqual(await locked({ "x-retry-after": "99999" }, []), { outcome: "busy", seconds: 3600 });
  assert.deepEqual(await locked({ "retry-after": "Fri, 01 May 2026" }, {}), { outcome: "busy", seconds: 10 });
});

Deno.test("remote people: a request of an app that this server did not sign sends no password anywhere", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const { client_id } = await register(world);
  const page = await world.browser().open(authorizeUrl(client_id));
  const oauthQuery = `${new URL(page.url).search.slice(1)}x`;
  const before = asked(world, SIGN_IN).length;
  const { signIn, verifyCode } = passwordEntrance(world);
  const { address } = world;
  assert.deepEqual(await signIn({ ...anna, oauthQuery, address }), { outcome: "expired" });
  assert.deepEqual(await verifyCode({ code: "123456", pending: "1.x", oauthQuery, address }), {
    outcome: "expired",
  });
  assert.equal(asked(world, SIGN_IN).length, before);
});

Deno.test("remote people: each sign-in is a session of its own here, whatever session the browser brought", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const browser = world.browser();
  browser.cookies.set("mana-sign-in.session_token", "planted.signature");
  const seen = new Set<string>();
  for (let i = 0; i < 3; i++) {
    await submitPassword(browser, await browser.open("/sign-in"), anna);
    seen.add(browser.cookies.get("mana-sign-in.session_token") ?? "");
    world.clock.now += 11_000;
  }
  assert.equal(seen.size, 3);
  assert.ok(!seen.has("planted.signature") && !seen.has(""));
});

Deno.test("remote people: an e-mail address that moved to another account there moves here, too", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const ben = await world.services.people.make("ben");
  await world.signedIn(anna);
  const { adapter } = await world.server.identity.$context;
  const where = [{ field: "id", value: anna.id }];
  // Ben's address was Anna's when she was here the last time.
  await adapter.update({ model: "user", where, update: { email: ben.email } });
  const emails = async () => {
    const rows = await adapter.findMany<{ id: string; email: string }>({ model: "user" });
    return Object.fromEntries(rows.map(({ id, email }) => [id, email]));
  };
  await world.signedIn(ben);
  assert.deepEqual(await emails(), { [anna.id]: `${anna.id}@moved.invalid`, [ben.id]: ben.email });
  await world.signedIn(anna);
  assert.deepEqual(await emails(), { [anna.id]: anna.email, [ben.id]: ben.email });
});
