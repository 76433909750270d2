// Personas switched on and off, their secrets, and what they keep over a restart.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { PERSONAS_FILE, readPersonaSecrets } from "../../../backend/data_folder/ensure_persona_secrets.ts";
import { parseSettings } from "../../../backend/settings.ts";
import { isOnPostgres } from "../../_support/test_database.ts";
import { createTestBackend, ORIGIN, post, signIn } from "../../_support/test_backend.ts";
import { makeFolder, runBackend, startBackend } from "../_backend_process.ts";
import { ANNA, createPersonaBackend, KEY, OPERATOR, row, tokenOf } from "./_personas.ts";

Deno.test("by default there are no personas: none of the paths exists, and no operator", async () => {
  await using test = await createTestBackend();
  for (const path of ["admin", "admin/x", "internal/due", "internal/x/claim", "internal/report"]) {
    for (const init of [{}, post({})]) {
      const answer = await test.auth(`/api/v1/personas/${path}`, {
        ...init,
        headers: { "x-service-key": KEY },
      });
      assert.deepEqual(
        [answer.status, await answer.json()],
        [404, { error: "NOT_FOUND", message: "Not found", status: 404 }],
        path,
      );
    }
  }
  const login = await test.auth("/api/v1/auth/login", post(OPERATOR));
  assert.equal(login.status, 401);
  await login.body?.cancel();
});

Deno.test("the operator is there as long as personas are on; personas and their rows stay", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const on = await createPersonaBackend({ data });
  const id = await on.make();
  await on.runner(`/${id}/claim`, { tickId: "a", leaseMs: 600_000 });
  await on.runner(`/${id}/actions`, { actions: [row("a", "todo.create")] });
  const token = await tokenOf(on, OPERATOR);
  await on[Symbol.asyncDispose]();

  const off = await createTestBackend({ data });
  assert.equal((await off.auth("/api/v1/auth/login", post(OPERATOR))).status, 401);
  await signIn(off, ANNA.email);
  await off[Symbol.asyncDispose]();
  for (const file of ["auth", "mana"]) {
    using db = new DatabaseSync(`${data}/${file}.sqlite`);
    for (const { name } of db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
      const rows = JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all());
      assert.ok(!rows.includes(OPERATOR.email), `${file} ${name}`);
    }
  }

  const setup = { key: KEY, operatorPassword: "another password than before" };
  await using again = await createPersonaBackend({ data, personas: setup }, on.clock);
  assert.equal((await again.admin("", {}, token)).status, 401, "the operator of before is gone");
  const fresh = await tokenOf(again, { ...OPERATOR, password: setup.operatorPassword });
  assert.equal((await again.admin(`/${id}`, {}, fresh)).status, 200);
  // A restart ends no claim, and forgets no number.
  assert.deepEqual(await again.runner(`/${id}/claim`, { tickId: "b", leaseMs: 1000 }), {
    status: 409,
    body: { heldUntil: "2026-05-01T12:10:00.000Z" },
  });
  again.clock.now += 600_000;
  assert.deepEqual((await again.runner(`/${id}/claim`, { tickId: "b", leaseMs: 1000 })).body, { tick: 1 });
});

Deno.test(
  "a new password of the operator counts from the next start on",
  async () => {
    await using folder = await makeFolder();
    const data = folder.path;
    const first = await createPersonaBackend({ data });
    const session = await first.auth("/api/auth/sign-in/email", post(OPERATOR, ORIGIN));
    assert.equal(session.status, 200, await session.text());
    const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
    await first[Symbol.asyncDispose]();
    const setup = { key: KEY, operatorPassword: "the password of the second start" };
    await using second = await createPersonaBackend({ data, personas: setup });
    assert.ok(await tokenOf(second, { ...OPERATOR, password: setup.operatorPassword }));
    // Whoever knew the password of before keeps no session that makes tokens.
    const token = await second.auth("/api/auth/token", { headers: { cookie } });
    assert.equal(token.status, 401, await token.text());
    assert.equal((await second.auth("/api/v1/auth/login", post(OPERATOR))).status, 401);
  },
);

Deno.test("nobody becomes the administrator by registering the operator's address", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const off = await createTestBackend({ data });
  const human = await off.person("operator");
  await off[Symbol.asyncDispose]();
  await assert.rejects(createPersonaBackend({ data }), {
    name: "SetupFault",
    message: "operator@mana.test is a person's account, so that personas would have no administrator: " +
      "unset BACKEND_PERSONAS, or use another data folder",
  });
  // Without personas nothing happens to the account.
  await using again = await createTestBackend({ data });
  assert.equal((await signIn(again, human.email)).id, human.id);
});

Deno.test("the personas' key opens no data: no route of auth, sync or vault takes it, and the service key opens none of theirs", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const anna = await signIn(test, ANNA.email);
  const headers = [
    { "x-service-key": KEY },
    { "x-service-key": KEY, "x-user-id": id },
    { authorization: `Bearer ${KEY}` },
    { authorization: `Bearer ${KEY}`, "x-service-key": KEY },
    { authorization: `Basic ${btoa(`mana-mcp:${KEY}`)}` },
  ];
  const auth = [
    ["GET", `/api/v1/internal/users/${id}/memberships`],
    ["GET", `/api/v1/internal/org/x/member/${id}`],
    ["GET", "/api/v1/internal/grants/x"],
    ["GET", "/api/v1/me/encryption-vault/key"],
    ["POST", "/api/v1/me/encryption-vault/init"],
    ["GET", "/api/auth/organization/list"],
    ["GET", "/api/auth/token"],
    ["POST", "/api/auth/oauth2/introspect"],
    ["POST", "/api/auth/oauth2/token"],
    ["GET", "/api/v1/personas/admin"],
    ["DELETE", `/api/v1/personas/admin/${id}`],
  ] as const;
  const sync = [["GET", "/sync/todo/pull?collection=tasks&since=1970-01-01T00:00:00.000Z"], [
    "POST",
    "/sync/todo",
  ], ["GET", "/sync/todo/stream?collections=tasks"]] as const;
  for (const given of headers) {
    for (const [door, calls] of [["auth", auth], ["sync", sync]] as const) {
      for (const [method, path] of calls) {
        const answer = await test[door](path, { method, headers: new Headers(given) });
        await answer.body?.cancel();
        assert.ok([400, 401, 403, 404].includes(answer.status), `${method} ${path} ${answer.status}`);
      }
    }
  }
  assert.ok(anna.token);
});

Deno.test("start: secrets are made when personas are switched on, stay over a restart, and are in no output", async () => {
  await using folder = await makeFolder();
  const before = await startBackend(folder.path);
  await before.stop("SIGTERM");
  assert.equal(await readPersonaSecrets(folder.path), undefined);
  const seen: unknown[] = [];
  for (let round = 0; round < 2; round += 1) {
    await using backend = await startBackend(folder.path, { BACKEND_PERSONAS: "on" });
    const secrets = await readPersonaSecrets(folder.path);
    assert.ok(secrets);
    seen.push(secrets);
    const due = await fetch(`${backend.auth}/api/v1/personas/internal/due`, {
      headers: { "x-service-key": secrets.key },
    });
    assert.equal(due.status, 200, await due.text());
    const operator = { email: OPERATOR.email, password: secrets.operatorPassword };
    const login = await fetch(`${backend.auth}/api/v1/auth/login`, post(operator));
    const { user } = z.object({ user: z.looseObject({}) }).parse(await login.json());
    assert.deepEqual([user.kind, user.role], ["system", "admin"]);
    const { stdout, stderr } = await backend.stop("SIGTERM");
    for (const secret of Object.values(secrets)) assert.ok(!(stdout + stderr).includes(secret));
  }
  assert.deepEqual(seen[0], seen[1]);
  const { mode } = await Deno.stat(`${folder.path}/${PERSONAS_FILE}`);
  assert.equal((mode ?? 0) & 0o777, 0o600);

  // What the operator sets counts, and is not stored.
  const key = "a key that the operator has set";
  await using backend = await startBackend(folder.path, { BACKEND_PERSONAS: "on", MANA_PERSONAS_KEY: key });
  const due = await fetch(`${backend.auth}/api/v1/personas/internal/due`, {
    headers: { "x-service-key": key },
  });
  assert.equal(due.status, 200, await due.text());
  assert.deepEqual(await readPersonaSecrets(folder.path), seen[0]);
  await backend.stop("SIGTERM");

  await Deno.writeTextFile(`${folder.path}/${PERSONAS_FILE}`, "{}");
  const { code, stderr } = await runBackend(folder.path, { BACKEND_PERSONAS: "on" });
  assert.equal(code, 78);
  assert.match(stderr, /personas\.json: it does not hold the expected secrets; delete it to make new ones/);
});

Deno.test("settings: no published secret, no short one, and not the gateway's key", () => {
  const problems = (env: Record<string, string>) => {
    const parsed = parseSettings({ BACKEND_PERSONAS: "on", ...env });
    return parsed.ok ? [] : parsed.problems;
  };
  assert.deepEqual(problems({ BACKEND_PERSONAS: "yes" }), ["BACKEND_PERSONAS must be on or off"]);
  assert.deepEqual(problems({ PERSONA_SEED_SECRET: "dev-persona-seed-secret-rotate-in-prod" }), [
    "PERSONA_SEED_SECRET must not be the secret that is published with the reference",
  ]);
  assert.deepEqual(problems({ PERSONA_SEED_SECRET: "short", MANA_PERSONAS_KEY: "short" }), [
    "PERSONA_SEED_SECRET must have at least 16 characters",
    "MANA_PERSONAS_KEY must have at least 16 characters",
  ]);
  const key = "one key for everything";
  assert.deepEqual(problems({ MANA_SERVICE_KEY: key, MANA_PERSONAS_KEY: key }), [
    "MANA_PERSONAS_KEY must differ from MANA_SERVICE_KEY",
  ]);
  assert.deepEqual(problems({ PERSONA_SEED_SECRET: key, MANA_PERSONAS_KEY: key }), [
    "MANA_PERSONAS_KEY must differ from PERSONA_SEED_SECRET",
  ]);
  const parsed = parseSettings({ BACKEND_PERSONAS: "on" });
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.settings.wantedPersonas, { seedSecret: undefined, key: undefined });
});
