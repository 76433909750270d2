import { toAccountOptions } from "../../backend/auth/account_options.ts";
import assert from "node:assert/strict";
import { isOnPostgres } from "../_support/test_database.ts";
import { LOGIN_FAILURES, LOGIN_LOCK_MS, LOGIN_WINDOW_MS } from "../../sign_in/kit/limits.ts";
import { DatabaseSync } from "node:sqlite";
import { onlySecret } from "../../sign_in/secrets/secrets.ts";
import { MIGRATIONS } from "../../backend/database/schema.ts";
import { openSignInDatabase } from "../../sign_in/database/open_sign_in_database.ts";
import { createIdentity } from "../../sign_in/identity/identity.ts";
import { ADMISSION_HEADER } from "../../sign_in/identity/identity_options.ts";
import { SCRYPT } from "../../backend/auth/password_hasher.ts";
import { createScopeList } from "../../sign_in/oauth/grants/scopes.ts";
import { forgetSignIn, makeFolder } from "./_folder.ts";
import {
  AUTH_URL,
  createTestBackend,
  ORIGIN,
  PASSWORD,
  post,
  type TestBackend,
} from "../_support/test_backend.ts";

const email = "anna@mana.test";
const login = (test: TestBackend, password: string, address = email) =>
  test.auth("/api/v1/auth/login", post({ email: address, password }));
const signIn = (test: TestBackend, password: string, path = "/api/auth/sign-in/email") =>
  test.auth(path, post({ email, password }, ORIGIN));

async function fail(test: TestBackend, times: number, address = email): Promise<void> {
  for (let i = 0; i < times; i++) assert.equal((await login(test, "wrong password", address)).status, 401);
}

Deno.test("login: five failures lock the address for half an hour, even for the right password", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  await test.person("anna");
  await fail(test, LOGIN_FAILURES);

  const locked = await login(test, PASSWORD);
  assert.equal(locked.status, 429);
  assert.equal(locked.headers.get("retry-after"), String(LOGIN_LOCK_MS / 1000));
  const message = "Too many failed logins. Try again later.";
  assert.deepEqual(await locked.json(), {
    error: "ACCOUNT_LOCKED",
    message,
    status: 429,
    retryAfterSec: 1800,
  });

  const cookieDoor = await signIn(test, PASSWORD);
  assert.equal(cookieDoor.status, 429);
  assert.equal(cookieDoor.headers.get("retry-after"), "1800");
  assert.deepEqual(cookieDoor.headers.getSetCookie(), []);

  test.clock.now += LOGIN_LOCK_MS - 1;
  assert.equal((await login(test, PASSWORD)).status, 429);
  test.clock.now += 1;
  assert.equal((await login(test, PASSWORD)).status, 200);
});

Deno.test("login: failures at both doors count together, in any case of the address", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  await test.person("anna");
  await fail(test, LOGIN_FAILURES - 2);
  assert.equal((await signIn(test, "wrong password")).status, 401);
  await fail(test, 1, "ANNA@mana.test");
  assert.equal((await signIn(test, PASSWORD)).status, 429);
});

Deno.test("login: no other spelling of the cookie door gets around the lock", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  await test.person("anna");
  const spellings = [
    "/api/auth/sign-in/email/",
    "/api/auth//sign-in/email",
    "/api/auth/sign-in%2Femail",
    "/api/auth/sign-in/%65mail",
    "/api/auth/./sign-in/../sign-in/email/",
    "/api/auth/sign-in/EMAIL",
  ];
  for (const path of spellings) {
    const answer = await signIn(test, PASSWORD, path);
    assert.equal(answer.status, 404, path);
    assert.deepEqual(answer.headers.getSetCookie(), [], path);
  }
  const forged = await test.auth(
    "/api/auth/sign-in/email/",
    post({ email, password: PASSWORD }, { ...ORIGIN, "x-mana-admission": "guess" }),
  );
  assert.equal(forged.status, 404);
});

Deno.test("login: guesses sent at once are counted one after the other", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  await test.person("anna");
  const answers = await Promise.all(Array.from({ length: 12 }, () => login(test, "wrong password")));
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  assert.deepEqual([count(401), count(429)], [LOGIN_FAILURES, 12 - LOGIN_FAILURES]);
});

Deno.test("login: failures are forgotten after the window and after a success", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  await test.person("anna");
  await fail(test, LOGIN_FAILURES - 1);
  test.clock.now += LOGIN_WINDOW_MS;
  await fail(test, LOGIN_FAILURES - 1);
  assert.equal((await login(test, PASSWORD)).status, 200);
  await fail(test, LOGIN_FAILURES - 1);
  assert.equal((await login(test, PASSWORD)).status, 200);
});

Deno.test("login: an unknown address is locked like a known one", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  await fail(test, LOGIN_FAILURES, "nobody@mana.test");
  assert.equal((await login(test, PASSWORD, "nobody@mana.test")).status, 429);
});

Deno.test("login: better-auth itself takes a password only from the guarded door", async () => {
  const signIn = openSignInDatabase(":memory:");
  const identity = await createIdentity({
    signIn,
    secrets: onlySecret("a secret for tests that is long enough"),
    issuer: AUTH_URL,
    gatewayAddresses: ["http://127.0.0.1:3069/mcp"],
    scopeList: createScopeList([]),
    grantInConsent: () => undefined,
    randomUUID: () => crypto.randomUUID(),
    origins: [],
    admission: "the admission",
    accounts: (stores) =>
      toAccountOptions({ signIn, audience: "mana", passwordHasher: SCRYPT, ensureProfile: () => {} }, stores),
    log: () => {},
  });
  await identity.api.signUpEmail({ body: { email, password: PASSWORD, name: "Anna" } });
  const knock = async (headers: Record<string, string>) => {
    const url = `${AUTH_URL}/api/auth/sign-in/email`;
    return (await identity.handler(new Request(url, post({ email, password: PASSWORD }, headers)))).status;
  };
  assert.equal(await knock({}), 404);
  assert.equal(await knock({ [ADMISSION_HEADER]: "guess" }), 404);
  assert.equal(await knock({ [ADMISSION_HEADER]: "the admission" }), 200);
  await signIn.close();
});

Deno.test("login: a lock survives a restart", async () => {
  await using folder = await makeFolder();
  const before = await createTestBackend({ data: folder.path, passwordHasher: SCRYPT });
  await fail(before, LOGIN_FAILURES);
  await before.backend.close();
  await using after = await createTestBackend({ data: folder.path, passwordHasher: SCRYPT });
  assert.equal((await login(after, PASSWORD)).status, 429);
});

Deno.test("login: what failed logins leave is small and goes, however long the address that was sent", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  await using test = await createTestBackend({ data: folder.path, passwordHasher: SCRYPT });
  await test.person("anna");
  using db = new DatabaseSync(`${folder.path}/auth.sqlite`, { readOnly: true });
  const rows = () => db.prepare("SELECT * FROM login_failures UNION ALL SELECT * FROM login_locks").all();
  const long = `${"x".repeat(60_000)}@mana.test`;
  await fail(test, 2, long);
  await fail(test, 2, long.toUpperCase());
  await fail(test, 2, email);
  assert.equal(rows().length, 6);
  assert.ok(JSON.stringify(rows()).length < 600);
  await fail(test, 1, long);
  assert.equal((await login(test, PASSWORD, long)).status, 429); // counted together, as any other address
  test.clock.now += LOGIN_LOCK_MS;
  await fail(test, 1, "ben@mana.test");
  assert.equal(rows().length, 1);
});

Deno.test("login: a lock that an earlier version set holds on", { ignore: isOnPostgres() }, async () => {
  await using folder = await makeFolder();
  const before = await createTestBackend({ data: folder.path, passwordHasher: SCRYPT });
  await before.person("anna");
  await before.backend.close();
  await Deno.remove(`${folder.path}/mana.sqlite`);
  forgetSignIn(folder.path);
  const old = new DatabaseSync(`${folder.path}/mana.sqlite`);
  for (const step of MIGRATIONS.slice(0, 2)) old.exec(step);
  old.prepare("INSERT INTO login_locks VALUES (?, ?)").run(email, before.clock.now + LOGIN_LOCK_MS);
  old.exec("PRAGMA user_version = 2");
  old.close();
  await using after = await createTestBackend({ data: folder.path, passwordHasher: SCRYPT });
  assert.equal((await login(after, PASSWORD)).status, 429);
});
