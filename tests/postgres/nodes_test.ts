// Backends as processes of their own on one PostgreSQL, each under exactly its permissions.
import assert from "node:assert/strict";
import { z } from "zod";
import { LOGIN_FAILURES } from "../../sign_in/kit/limits.ts";
import { runBackend, startBackend } from "../backend/_backend_process.ts";
import { makeFolder } from "../backend/_folder.ts";
import { PASSWORD, post } from "../_support/test_backend.ts";
import { createDatabase, isOnPostgres, testDatabaseUrl } from "../_support/test_database.ts";

const ignore = !isOnPostgres();
const newDatabase = () => createDatabase(testDatabaseUrl() ?? "", ":memory:");
const randomSecret = () => crypto.getRandomValues(new Uint8Array(32)).toBase64();
const credentials = (name: string, password = PASSWORD) => ({ email: `${name}@mana.test`, password });
const login = (url: string, name: string, password?: string) =>
  fetch(`${url}/api/v1/auth/login`, post(credentials(name, password)));

Deno.test("postgres: two nodes that start at once on an empty database share accounts, keys and locks", {
  ignore,
}, async () => {
  await using one = await makeFolder();
  await using other = await makeFolder();
  const environment = {
    SIGN_IN_DATABASE_URL: await newDatabase(),
    SIGN_IN_SECRETS: `1:${randomSecret()}`,
    JWT_ISSUER: "http://auth.test",
  };
  const starting = [startBackend(one.path, environment), startBackend(other.path, environment)] as const;
  await using first = await starting[0];
  await using second = await starting[1];

  const registered = await fetch(`${first.auth}/api/v1/auth/register`, post({ ...credentials("anna") }));
  assert.equal(registered.status, 200, await registered.text());
  const loggedIn = await login(second.auth, "anna");
  const { accessToken } = z.object({ accessToken: z.string() }).parse(await loggedIn.json());
  for (const { auth } of [first, second]) {
    const headers = { authorization: `Bearer ${accessToken}` };
    const spaces = await fetch(`${auth}/api/auth/organization/list`, { headers });
    assert.equal(z.array(z.object({ name: z.string() })).parse(await spaces.json()).length, 1);
  }

  const guesses = Array.from({ length: LOGIN_FAILURES }, (_, n) => n % 2 === 0 ? first.auth : second.auth);
  for (const url of guesses) assert.equal((await drained(login(url, "anna", "wrong password"))).status, 401);
  for (const { auth } of [first, second]) assert.equal((await drained(login(auth, "anna"))).status, 429);
});

Deno.test("postgres: a node whose secrets do not open what the database holds ends with 78 and says so", {
  ignore,
}, async () => {
  const secret = randomSecret();
  const environment = { SIGN_IN_DATABASE_URL: await newDatabase(), SIGN_IN_SECRETS: `1:${secret}` };
  await using folder = await makeFolder();
  {
    await using _first = await startBackend(folder.path, environment);
  }
  const other = randomSecret();
  for (const secrets of [`1:${other}`, `2:${other}`, `1:${other},2:${secret}`]) {
    const { code, stderr } = await runBackend(folder.path, { ...environment, SIGN_IN_SECRETS: secrets });
    assert.equal(code, 78);
    assert.match(
      stderr,
      /The signing key in SIGN_IN_DATABASE_URL does not open with SIGN_IN_SECRETS: set the same /,
    );
    for (const value of [secret, other]) assert.ok(!stderr.includes(value));
  }
});

Deno.test(
  "postgres: a database that cannot be used is told with its place and the reason, without the password",
  { ignore },
  async () => {
    const url = testDatabaseUrl() ?? "";
    const cases = [
      [{ port: "1" }, /Cannot use SIGN_IN_DATABASE_URL at 127\.0\.0\.1:1: .*refused/i],
      [
        { password: "guessed" },
        /Cannot use SIGN_IN_DATABASE_URL at 127\.0\.0\.1:\d+: password authentication failed/,
      ],
      [
        { pathname: "/nowhere" },
        /Cannot use SIGN_IN_DATABASE_URL at 127\.0\.0\.1:\d+: database "nowhere" does not exist/,
      ],
    ] as const;
    for (const [change, said] of cases) {
      await using folder = await makeFolder();
      const wrong = Object.assign(new URL(url), change);
      const { code, stderr } = await runBackend(folder.path, {
        SIGN_IN_DATABASE_URL: wrong.href,
        SIGN_IN_SECRETS: `1:${randomSecret()}`,
      });
      assert.equal(code, 1, stderr);
      assert.match(stderr, said);
      for (const secret of [wrong.password, decodeURIComponent(wrong.password)]) {
        assert.ok(!stderr.includes(secret));
      }
    }
  },
);

Deno.test(
  "postgres: a folder that holds accounts is refused, and nothing of it is touched",
  { ignore },
  async () => {
    await using folder = await makeFolder();
    {
      await using _alone = await startBackend(folder.path);
    }
    const { code, stderr } = await runBackend(folder.path, {
      SIGN_IN_DATABASE_URL: await newDatabase(),
      SIGN_IN_SECRETS: `1:${randomSecret()}`,
    });
    assert.equal(code, 78);
    assert.match(stderr, /holds auth\.sqlite, whose accounts would be missing in SIGN_IN_DATABASE_URL/);
  },
);

/** The answer, its body read. */
async function drained(asked: Promise<Response>): Promise<Response> {
  const answer = await asked;
  await answer.body?.cancel();
  return answer;
}
