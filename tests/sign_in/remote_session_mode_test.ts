import assert from "node:assert/strict";
import { connect, decode, exchange, refusalOf } from "../_support/oauth_flow.ts";
import type { RealPerson } from "../_support/real_services/people.ts";
import type { ServiceFault } from "../_support/real_services/service_faults.ts";
import { post } from "../_support/test_backend.ts";
import { asked, createRemoteWorld, type RemoteWorld, sessionEntrance } from "../_support/remote_world.ts";

const LOGIN_URL = "http://auth.test/login";

function createSessionWorld() {
  return createRemoteWorld({
    people: { entrance: { kind: "session", loginUrl: LOGIN_URL }, patienceMs: 1000 },
  });
}

/** The cookie of a browser that is signed in at the auth service: `name=value`. */
async function cookieOf({ services }: RemoteWorld, { email, password }: RealPerson): Promise<string> {
  const answer = await services.ask(
    "/api/auth/sign-in/email",
    post({ email, password }, { "x-forwarded-for": `192.0.2.${seats++}` }),
  );
  const [pair] = answer.headers.getSetCookie()[0]?.split(";") ?? [];
  assert.ok(pair);
  return pair;
}
let seats = 10;

const cookieHeader = (cookie: string) => new Headers({ cookie });

/** A browser in which the person of this cookie went on. */
async function wentOn(world: RemoteWorld, cookie: string) {
  const browser = world.browser();
  const [name = "", ...value] = cookie.split("=");
  browser.cookies.set(name, value.join("="));
  const page = await browser.open("/sign-in");
  const apps = await browser.submit(page, "/sign-in");
  assert.equal(new URL(apps.url).pathname, "/apps", apps.html);
  return browser;
}

Deno.test("remote people, session mode: the browser's own session lets in, is never ended from here, and connects an app", async () => {
  await using world = await createSessionWorld();
  const anna = await world.services.people.make("anna");
  const cookie = await cookieOf(world, anna);
  const browser = await wentOn(world, cookie);
  const { access } = await connect(world, browser);
  assert.equal(decode(access).claims.sub, anna.id);
  assert.equal((await exchange(world, access)).status, 200);
  await browser.submit(await browser.open("/apps"), "/sign-out");
  const gid = String(decode(access).claims.gid);
  await world.people.grantEnded(gid);
  assert.equal(asked(world, "/sign-out").length, 0);
  assert.deepEqual(await world.signIn.db.selectFrom("auth_sessions").selectAll().execute(), []);
  assert.deepEqual(await sessionEntrance(world).recognise(cookieHeader(cookie)), { email: anna.email });
  assert.equal(await world.people.isLeaving(anna.id), false);
});

Deno.test("remote people, session mode: only the session's own cookie is sent on, and two of one name are none", async () => {
  await using world = await createSessionWorld();
  const { recognise } = sessionEntrance(world);
  const anna = await world.services.people.make("anna");
  const ben = await world.services.people.make("ben");
  const [annas, bens] = [await cookieOf(world, anna), await cookieOf(world, ben)];
  const others =
    "mana-sign-in.session_token=ours; mana.form=x; theme=dark; mana.session_token2=y; xmana.session_token=z";
  assert.deepEqual(await recognise(cookieHeader(`${others}; ${annas}; a=b`)), { email: anna.email });
  assert.equal(asked(world, "/get-session").at(-1)?.header("cookie"), annas);
  const before = asked(world, "/get-session").length;
  for (const cookie of [others, `${annas}; ${bens}`, "mana.session_token=", "mana.session_token", ""]) {
    assert.equal(await recognise(cookieHeader(cookie)), undefined, cookie);
  }
  assert.equal(asked(world, "/get-session").length, before);
  assert.deepEqual(
    await recognise(cookieHeader(`${annas}; ${annas}`)),
    { email: anna.email },
    "twice the same is one",
  );
  // In production only the `__Secure-` cookie counts beside a plain one, which a page without TLS could have set.
  await recognise(cookieHeader(`${bens}; __Secure-${annas}`));
  assert.equal(asked(world, "/get-session").at(-1)?.header("cookie"), `__Secure-${annas}`);
});

Deno.test("remote people, session mode: nobody comes in without a session, and an auth service that fails is told apart", async () => {
  await using world = await createSessionWorld();
  const { recognise, enter, loginUrl } = sessionEntrance(world);
  assert.equal(loginUrl, LOGIN_URL);
  const cookie = await cookieOf(world, await world.services.people.make("anna"));
  assert.deepEqual(await enter(new Headers(), ""), { outcome: "nobody" });
  assert.deepEqual(await enter(cookieHeader("mana.session_token=made.up"), ""), { outcome: "nobody" });
  assert.deepEqual(await enter(cookieHeader(cookie), "client_id=x&sig=y"), { outcome: "expired" });
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
    world.services.fault = () => fault;
    assert.deepEqual(await enter(cookieHeader(cookie), ""), { outcome: "unavailable" }, fault);
    await assert.rejects(recognise(cookieHeader(cookie)), { name: "PeopleFault", reason: "unavailable" });
  }
  assert.deepEqual(await world.signIn.db.selectFrom("auth_sessions").selectAll().execute(), []);
});

Deno.test("remote people, session mode: who signs out at the auth service has no app connected any more", async () => {
  await using world = await createSessionWorld();
  const anna = await world.services.people.make("anna");
  const cookie = await cookieOf(world, anna);
  const { access } = await connect(world, await wentOn(world, cookie));
  const signedOut = await world.services.ask(
    "/api/auth/sign-out",
    post({}, { cookie, origin: world.services.issuer }),
  );
  assert.equal(signedOut.status, 200);
  assert.equal(await refusalOf(await exchange(world, access)), "400 invalid_request");
  assert.deepEqual(await world.signIn.db.selectFrom("auth_sessions").selectAll().execute(), []);
});
