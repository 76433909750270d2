import assert from "node:assert/strict";
import type { SignInOutcome } from "../../sign_in/people/entrance.ts";
import { authorizeUrl, register } from "../_support/oauth_flow.ts";
import type { RealPerson } from "../_support/real_services/people.ts";
import { asked, createRemoteWorld, passwordEntrance, type RemoteWorld } from "../_support/remote_world.ts";

/** Anna, whose account asks for a code. */
async function createSecondFactorWorld() {
  const world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const backupCodes = await world.services.people.switchOnSecondFactor(anna);
  return Object.assign(world, { anna, backupCodes });
}

function signIn(
  world: RemoteWorld,
  { email, password }: RealPerson,
  oauthQuery = "",
): Promise<SignInOutcome> {
  world.clock.now += 11_000;
  return passwordEntrance(world).signIn({ email, password, oauthQuery, address: world.address });
}

function pendingOf(outcome: SignInOutcome): string {
  assert.ok(outcome.outcome === "code-needed", outcome.outcome);
  return outcome.pending;
}

function verify(world: RemoteWorld, pending: string, code: string, oauthQuery = "") {
  world.clock.now += 11_000;
  return passwordEntrance(world).verifyCode({ pending, code, oauthQuery, address: world.address });
}

/** An app's signed request that waits at the sign-in page. */
async function waitingRequest(world: RemoteWorld): Promise<string> {
  const { client_id } = await register(world);
  return new URL((await world.browser().open(authorizeUrl(client_id))).url).search.slice(1);
}

async function sessionsHere({ signIn }: RemoteWorld): Promise<number> {
  return (await signIn.db.selectFrom("auth_sessions").select("holder").execute()).length;
}

Deno.test("remote people: a code of the second factor lets in, a backup code does once, and the app's request goes on", async () => {
  await using world = await createSecondFactorWorld();
  const { anna, services, backupCodes } = world;
  const query = await waitingRequest(world);
  const pending = pendingOf(await signIn(world, anna, query));
  assert.equal(await sessionsHere(world), 0, "the password alone lets nobody in");
  const code = await services.people.secondFactorCode(anna.email);
  const entered = await verify(world, pending, ` ${code.slice(0, 3)} ${code.slice(3)} `, query);
  assert.ok(entered.outcome === "entered", entered.outcome);
  assert.equal(new URL(entered.url ?? "").pathname, "/consent");
  assert.equal(asked(world, "/two-factor/verify-totp").at(-1)?.header("x-forwarded-for"), world.address);

  const [backup = ""] = backupCodes;
  assert.equal((await verify(world, pendingOf(await signIn(world, anna)), backup)).outcome, "entered");
  assert.equal((await verify(world, pendingOf(await signIn(world, anna)), backup)).outcome, "wrong-code");
  assert.equal(await sessionsHere(world), 2);
});

Deno.test("remote people: a wrong code can be corrected; the fifth is not sent, however often the password is typed anew", async () => {
  await using world = await createSecondFactorWorld();
  const { anna, services } = world;
  let pending = pendingOf(await signIn(world, anna));
  for (let i = 0; i < 4; i++) {
    world.address = `192.0.2.${i}`;
    assert.deepEqual(await verify(world, pending, i % 2 === 0 ? "000000" : "aaaaa-bbbbb"), {
      outcome: "wrong-code",
      pending,
    });
    pending = pendingOf(await signIn(world, anna)); // the right password makes no new guesses
  }
  const held = await verify(world, pending, await services.people.secondFactorCode(anna.email));
  assert.equal(held.outcome, "held-back");
  assert.equal(world.services.requests.filter(({ path }) => path.includes("/two-factor/verify")).length, 4);
});

Deno.test("remote people: a sign-in that waits for a code is over when it is too old, or was finished", async () => {
  await using world = await createSecondFactorWorld();
  const { anna, services, clock } = world;
  const old = pendingOf(await signIn(world, anna));
  clock.now += 10 * 60_000;
  const code = () => services.people.secondFactorCode(anna.email);
  const before = services.requests.length;
  assert.deepEqual(await verify(world, old, await code()), { outcome: "over" });
  assert.equal(services.requests.length, before, "nothing was sent");
  const used = pendingOf(await signIn(world, anna));
  assert.equal((await verify(world, used, await code())).outcome, "entered");
  assert.deepEqual(await verify(world, used, await code()), { outcome: "over" });
});

Deno.test("remote people: a sign-in that waits for a code opens for its own request alone, and not when it was changed", async () => {
  await using world = await createSecondFactorWorld();
  const { anna, services } = world;
  const [query, other] = [await waitingRequest(world), await waitingRequest(world)];
  const pending = pendingOf(await signIn(world, anna, query));
  const code = await services.people.secondFactorCode(anna.email);
  const before = services.requests.length;
  for (
    const [text, where] of [[pending, other], [pending, ""], [pending.slice(0, -1), query], [
      `7${pending}`,
      query,
    ]]
  ) {
    assert.deepEqual(await verify(world, text ?? "", code, where), { outcome: "over" });
  }
  const kept = await world.signIn.db.selectFrom("auth_sessions").select("sealed").execute();
  assert.deepEqual(kept, []);
  // What was sealed as a session is no sign-in that waits.
  await world.signedIn(await services.people.make("ben"));
  const session = await world.signIn.db.selectFrom("auth_sessions").select("sealed")
    .executeTakeFirstOrThrow();
  assert.deepEqual(await verify(world, session.sealed, code, query), { outcome: "over" });
  assert.ok(services.requests.slice(before).every(({ path }) => !path.includes("two-factor")));
  const later = await services.people.secondFactorCode(anna.email);
  assert.equal((await verify(world, pending, later, query)).outcome, "entered");
});

Deno.test("remote people: an answer that asks for a code lets nobody in, nor does one that lacks the session or the person", async () => {
  await using world = await createRemoteWorld();
  const anna = await world.services.people.make("anna");
  const { address } = world;
  const user = { id: anna.id, email: anna.email, name: "anna" };
  const session = (await world.services.ask("/api/auth/sign-in/email", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: anna.email, password: anna.password }),
  })).headers.getSetCookie();
  const waiting = "mana.two_factor=waits.signature; Max-Age=600; Path=/";
  const answers: readonly [unknown, readonly string[], string][] = [
    [{ twoFactorRedirect: true, user, token: "x" }, [...session, waiting], "code-needed"],
    [{ twoFactorRedirect: true, user, token: "x" }, session, "unavailable"],
    [{ user, token: "x" }, [], "unavailable"],
    [{ user, token: "x" }, [waiting], "unavailable"],
    [{ user, token: "x" }, [...session, "mana.session_token=; Max-Age=0; Path=/"], "unavailable"],
    [{ user, token: "x" }, session.map((line) => `foreign-${line}`), "unavailable"],
    [
      { user, token: "x" },
      session.map((line) => line.replace("session_token", "session_token2")),
      "unavailable",
    ],
    [{ token: "x" }, session, "unavailable"],
    [{ user: { ...user, id: "somebody else" } }, session, "unavailable"],
    [{ user }, ["mana.session_token=made.up; Path=/"], "unavailable"],
  ];
  for (const [body, cookies, outcome] of answers) {
    const headers = new Headers();
    for (const cookie of cookies) headers.append("set-cookie", cookie);
    world.answer = (request) =>
      new URL(request.url).pathname.endsWith("/sign-in/email") ? Response.json(body, { headers }) : undefined;
    world.clock.now += 11_000;
    const entrance = passwordEntrance(world);
    const came = await entrance.signIn({ ...anna, oauthQuery: "", address });
    assert.equal(came.outcome, outcome, JSON.stringify([body, cookies]));
  }
  const { adapter } = await world.server.identity.$context;
  assert.equal(await adapter.count({ model: "session" }), 0);
});
