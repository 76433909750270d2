import assert from "node:assert/strict";
import { z } from "zod";
import { derivePersonaPassword } from "../../../process/derive_persona_password.ts";
import { bearer, PASSWORD, post, signIn } from "../../_support/test_backend.ts";
import { connect, decode, exchange, ISSUER, RESOURCE } from "../../_support/oauth_flow.ts";

import { ANNA, createPersonaBackend, OPERATOR, row, tokenOf } from "./_personas.ts";

const FORBIDDEN = {
  status: 403,
  body: { error: "Forbidden", message: "Only an administrator, signed in themselves, may do this" },
};

Deno.test("the password of a persona is derived alike by everybody: the reference's vectors", async () => {
  const rows = [
    ["dev-persona-seed-secret-rotate-in-prod", "anna", "1FJ7w8KbjK5CWVa8NqfobexAFNuQKxiA"],
    ["dev-persona-seed-secret-rotate-in-prod", "maya", "cGqE8D7hwpIKvyjBql7vJAXAvbBlepEZ"],
    ["dev-persona-seed-secret-rotate-in-prod", "kai", "7XiAlU3rjTKjFALezKbQeQP23FDSCv6C"],
    ["0123456789abcdef0123456789abcdef", "anna", "Ja1JGuNvmaCdK36zSv4MRC8MA45FPhqi"],
  ] as const;
  for (const [secret, name, password] of rows) {
    assert.equal(await derivePersonaPassword(secret, `persona.${name}@mana.test`), password);
  }
});

Deno.test("administration is for an administrator who is signed in: nobody else, and no app of theirs", async () => {
  await using test = await createPersonaBackend({ issuer: ISSUER, gatewayAddresses: [RESOURCE] });
  const id = await test.make();
  const human = await test.person("carla");
  const anna = await signIn(test, ANNA.email);
  const calls = [["", {}], ["", post(ANNA)], [`/${id}`, {}], [`/${id}`, { method: "DELETE" }]] as const;
  for (const [path, init] of calls) {
    const none = await test.auth(`/api/v1/personas/admin${path}`, init);
    assert.equal(none.status, 401);
    assert.deepEqual(await none.json(), {
      statusCode: 401,
      message: "Missing or invalid Authorization header",
    });
    assert.deepEqual(await test.admin(path, init, "no.token.atall"), {
      status: 401,
      body: { statusCode: 401, message: "Invalid or expired token" },
    });
    assert.deepEqual(await test.admin(path, init, human.token), FORBIDDEN);
    assert.deepEqual(await test.admin(path, init, anna.token), FORBIDDEN);
  }
  // An app that the operator connected: the gateway's exchanged token has the operator's role, and may not.
  const browser = test.browser();
  await browser.submit(await browser.open("/sign-in"), "/sign-in", OPERATOR);
  const app = await connect(test, browser);
  const exchanged = await exchange(test, app.access);
  assert.equal(exchanged.status, 200, await exchanged.clone().text());
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await exchanged.json());
  assert.equal(decode(token).claims.role, "admin");
  assert.deepEqual(await test.admin("", {}, token), FORBIDDEN);
  assert.equal((await test.admin("", {}, app.access)).status, 401);
  assert.equal((await test.admin("")).status, 200);
});

Deno.test("a persona is an ordinary account of the kind persona, which is in the user object and not in the token", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const anna = await signIn(test, ANNA.email);
  const session = await test.auth("/api/auth/get-session", { headers: { cookie: anna.cookie } });
  const { user } = z.object({ user: z.looseObject({}) }).parse(await session.json());
  const { kind, accessTier, emailVerified, role, name } = user;
  assert.deepEqual([user.id, kind, accessTier, emailVerified, role, name], [
    id,
    "persona",
    "founder",
    true,
    "user",
    "Anna",
  ]);
  const { claims } = decode(anna.token);
  assert.equal(claims.tier, "founder");
  assert.ok(!JSON.stringify(Object.keys(claims)).includes("kind"));
  const spaces = await test.auth("/api/auth/organization/list", { headers: { cookie: anna.cookie } });
  assert.match(await spaces.text(), /"type":"personal"/);
  const key = await test.auth("/api/v1/me/encryption-vault/key", { headers: bearer(anna) });
  assert.equal(key.status, 200, await key.text());
});

Deno.test("nobody gets a kind or a role by asking for it", async () => {
  await using test = await createPersonaBackend();
  const asked = { kind: "persona", role: "admin", accessTier: "founder" };
  const fields = { email: "eve@mana.test", password: PASSWORD, name: "eve", ...asked };
  for (const path of ["/api/auth/sign-up/email", "/api/v1/auth/register"]) {
    const answer = await test.auth(path, post(fields, { origin: "http://localhost:5173" }));
    await answer.body?.cancel();
  }
  const eve = await signIn(test, "eve@mana.test");
  const change = post(asked, { cookie: eve.cookie, origin: "http://localhost:5173" });
  const updated = await test.auth("/api/auth/update-user", change);
  assert.equal(updated.status, 400, await updated.text());
  const session = await test.auth("/api/auth/get-session", { headers: { cookie: eve.cookie } });
  const { user } = z.object({ user: z.looseObject({}) }).parse(await session.json());
  assert.deepEqual([user.kind, user.role, user.accessTier], ["human", "user", "public"]);
});

Deno.test("seeding again changes the descriptor, keeps the account, and sets a password that has changed", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const anna = await signIn(test, ANNA.email);
  await test.runner(`/${id}/claim`, { tickId: "t", leaseMs: 1000 });
  assert.equal(await test.make({ archetype: "other", email: "Persona.ANNA@mana.test" }), id);
  const sameSession = await test.auth("/api/auth/token", { headers: { cookie: anna.cookie } });
  assert.equal(sameSession.status, 200, "the password was the same, so nobody is signed out");
  await sameSession.body?.cancel();
  const shown = await test.admin(`/${id}`);
  assert.match(JSON.stringify(shown.body), /"archetype":"other".*"lastActiveAt":"2026-05-01T12:00:00.000Z"/);

  // The seed secret was changed; the runner tried the new password until the address was locked.
  const fresh = { email: ANNA.email, password: "a password of another secret" };
  for (let turn = 0; turn < 6; turn += 1) {
    const answer = await test.auth("/api/v1/auth/login", post(fresh));
    assert.equal(answer.status, turn < 5 ? 401 : 429);
    await answer.body?.cancel();
  }
  assert.equal(await test.make({ password: fresh.password }), id);
  assert.ok(await tokenOf(test, fresh));
  const oldSession = await test.auth("/api/auth/token", { headers: { cookie: anna.cookie } });
  assert.equal(oldSession.status, 401);
  await oldSession.body?.cancel();
  const oldPassword = await test.auth("/api/v1/auth/login", post({ email: ANNA.email, password: PASSWORD }));
  assert.equal(oldPassword.status, 401);
  await oldPassword.body?.cancel();
});

Deno.test("the same persona made by several at once is one account", async () => {
  await using test = await createPersonaBackend();
  const ids = await Promise.all(Array.from({ length: 5 }, () => test.make()));
  assert.equal(new Set(ids).size, 1);
  const { body } = await test.admin("");
  assert.equal(z.object({ personas: z.array(z.unknown()) }).parse(body).personas.length, 1);
});

Deno.test("the list is newest first and counts seven days; one persona shows its 20 newest actions and real averages", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  test.clock.now += 1000;
  const benId = await test.make({ email: "persona.ben@mana.test", name: "Ben" });
  const actions = Array.from({ length: 25 }, (_, index) => row("old", `todo.step${index}`));
  await test.runner(`/${id}/actions`, { actions });
  test.clock.now += 7 * 24 * 3600_000 + 1;
  await test.runner(`/${id}/actions`, { actions: [row("new", "notes.create", { latencyMs: 7 })] });
  for (const [tickId, rating] of [["old", 4], ["new", 2], ["third", 3]] as const) {
    await test.runner(`/${id}/feedback`, { feedback: [{ tickId, module: "todo", rating }] });
  }
  await test.runner(`/${id}/feedback`, {
    feedback: [{ tickId: "new", module: "notes", rating: 5 }, { tickId: "new", module: "todo", rating: 1 }],
  });
  const list = await test.admin("");
  assert.deepEqual(list.body, {
    personas: [
      {
        userId: benId,
        email: "persona.ben@mana.test",
        name: "Ben",
        archetype: ANNA.archetype,
        tickCadence: "daily",
        lastActiveAt: null,
        createdAt: "2026-05-01T12:00:01.000Z",
        leavingSince: null,
        actions7d: 0,
      },
      {
        userId: id,
        email: ANNA.email,
        name: "Anna",
        archetype: ANNA.archetype,
        tickCadence: "daily",
        lastActiveAt: "2026-05-08T12:00:01.001Z",
        createdAt: "2026-05-01T12:00:00.000Z",
        leavingSince: null,
        actions7d: 1,
      },
    ],
  });
  const Shown = z.object({
    persona: z.looseObject({ systemPrompt: z.string() }),
    recentActions: z.array(z.looseObject({ id: z.string() })),
    feedbackByModule: z.unknown(),
  });
  const shown = Shown.parse((await test.admin(`/${id}`)).body);
  assert.deepEqual([shown.persona.systemPrompt, shown.persona.moduleMix], [
    ANNA.systemPrompt,
    ANNA.moduleMix,
  ]);
  assert.deepEqual(shown.recentActions.slice(0, 2).map((action) => action.id), [
    "new-0-notes.create",
    "old-24-todo.step24",
  ]);
  assert.equal(shown.recentActions.length, 20);
  assert.deepEqual(shown.feedbackByModule, [
    { module: "notes", avgRating: 5, ratings: 1 },
    { module: "todo", avgRating: 3, ratings: 3 },
  ]);
  assert.deepEqual(await test.admin("/nobody"), {
    status: 404,
    body: { error: "NotFound", message: "No such persona" },
  });
});

for (
  const [name, changes, details] of [
    ["an address elsewhere", { email: "anna@example.test" }, ["email: must end with @mana.test"]],
    ["a domain that only ends so", { email: "anna@mana.test.evil.test" }, [
      "email: must end with @mana.test",
    ]],
    ["no address", { email: 7 }, ["email: must be an e-mail address"]],
    ["a short password", { password: "1234567" }, ["password: must be a text with a length from 8 to 128"]],
    ["a long prompt", { systemPrompt: "x".repeat(200_000) }, [
      "systemPrompt: must be a text with a length from 20 to 20000",
    ]],
    ["a short prompt", { systemPrompt: "x" }, [
      "systemPrompt: must be a text with a length from 20 to 20000",
    ]],
    ["a negative weight", { moduleMix: { todo: -1 } }, [
      "moduleMix: must be an object of 1 to 64 names of modules, each with a weight from 0 to 1000",
    ]],
    ["no module", { moduleMix: {} }, [
      "moduleMix: must be an object of 1 to 64 names of modules, each with a weight from 0 to 1000",
    ]],
    ["an odd cadence", { tickCadence: "yearly" }, ["tickCadence: must be one of hourly, daily, weekdays"]],
    ["an unknown zone", { timeZone: "Mars/Base" }, ["timeZone: must be a time zone such as Europe/Berlin"]],
    ["an offset for a zone", { timeZone: "+01:00" }, ["timeZone: must be a time zone such as Europe/Berlin"]],
    ["an archetype of markup", { archetype: "<b>" }, [
      "archetype: must be lower case letters, digits and -, 1 to 64 characters",
    ]],
  ] as const
) {
  Deno.test(`creating refuses ${name}`, async () => {
    await using test = await createPersonaBackend();
    assert.deepEqual(await test.admin("", post({ ...ANNA, ...changes })), {
      status: 400,
      body: { error: "ValidationError", details },
    });
    assert.deepEqual((await test.admin("")).body, { personas: [] });
  });
}

Deno.test("creating tells everything that is wrong at once, and never a value or a key of the caller's own", async () => {
  await using test = await createPersonaBackend();
  const secret = "Secr3t".repeat(1000);
  const body = { email: secret, password: 1, moduleMix: { [secret]: 1, "": 2 }, name: secret, timeZone: 5 };
  const answer = await test.admin("", post(body));
  assert.equal(answer.status, 400);
  const text = JSON.stringify(answer.body);
  assert.ok(!text.includes("Secr3t") && text.length < 2000, text.slice(0, 300));
  for (const member of ["email", "password", "archetype", "systemPrompt", "moduleMix", "name", "timeZone"]) {
    assert.ok(text.includes(`"${member}: must`), `${member} ${text}`);
  }
  for (const raw of ["", "{", "null", "[]", '"x"', "NaN", '{"email":NaN}', '{"__proto__":{"email":"x"}}']) {
    const odd = await test.admin("", { method: "POST", body: raw });
    assert.equal(odd.status, 400, raw);
  }
});
