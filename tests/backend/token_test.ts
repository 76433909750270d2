import { generateKeyPair, SignJWT } from "@panva/jose";
import assert from "node:assert/strict";
import { isOnPostgres } from "../_support/test_database.ts";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { makeFolder } from "./_folder.ts";
import { AUTH_URL, createTestBackend, type TestBackend } from "../_support/test_backend.ts";
import { EPOCH } from "./_sync.ts";

const KEY = "/api/v1/me/encryption-vault/key";
const LIST = "/api/auth/organization/list";
const PULL = `/sync/todo/pull?collection=tasks&since=${EPOCH}`;

/** Statuses of vault, list and sync for a token. */
async function doors(test: TestBackend, token: string): Promise<number[]> {
  const headers = { authorization: `Bearer ${token}` };
  const answers = [
    await test.auth(KEY, { headers }),
    await test.auth(LIST, { headers }),
    await test.sync(PULL, {
      headers,
    }),
  ];
  await Promise.all(answers.map((answer) => answer.body?.cancel()));
  return answers.map((answer) => answer.status);
}

/** Signs what it is told with the given key. */
function sign(
  claims: Record<string, unknown>,
  header: { alg: string; kid: string },
  key: CryptoKey | Uint8Array,
) {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

Deno.test("token: vault, list and sync take the genuine one and refuse every other", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  assert.deepEqual(await doors(test, anna.token), [404, 200, 200]);

  const { keys } = z.object({ keys: z.array(z.looseObject({ kid: z.string(), x: z.string() })) }).parse(
    await (await test.auth("/api/auth/jwks")).json(),
  );
  const own = keys[0];
  assert.ok(own);
  const iat = Math.floor(test.clock.now / 1000);
  const claims = { sub: anna.id, iat, exp: iat + 900, iss: AUTH_URL, aud: "mana" };
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
  const [head, body, signature] = anna.token.split(".");
  const none = `${btoa(JSON.stringify({ alg: "none", kid: own.kid })).replace(/=+$/, "")}.${body}.`;
  const refused = {
    "another key": await sign(claims, { alg: "EdDSA", kid: own.kid }, privateKey),
    "an unknown key": await sign(claims, { alg: "EdDSA", kid: "unknown" }, privateKey),
    "HMAC under the public key": await sign(
      claims,
      { alg: "HS256", kid: own.kid },
      new TextEncoder().encode(own.x),
    ),
    "no algorithm": none,
    "no signature": `${head}.${body}.`,
    "another payload": `${head}.${
      btoa(JSON.stringify({ ...claims, sub: "other" })).replace(/=+$/, "")
    }.${signature}`,
    "no token": "",
  };
  for (const [name, token] of Object.entries(refused)) {
    assert.deepEqual(await doors(test, token), [401, 401, 401], name);
  }
  assert.deepEqual(test.backendLog, []);
});

Deno.test("token: an expired one is refused by vault, list and sync", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  test.clock.now += 900_000 - 1000;
  assert.deepEqual(await doors(test, anna.token), [404, 200, 200]);
  test.clock.now += 1000;
  assert.deepEqual(await doors(test, anna.token), [401, 401, 401]);
});

Deno.test("token: one for another audience or of another issuer is refused, though the key is the same", {
  ignore: isOnPostgres(),
}, async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  const tokens: string[] = [];
  for (const other of [{ audience: "billing" }, { issuer: "http://elsewhere.test" }]) {
    const foreign = await createTestBackend({ data, ...other });
    const anna = await foreign.person(`anna${tokens.length}`);
    tokens.push(anna.token);
    await foreign.backend.close();
  }
  await using test = await createTestBackend({ data });
  for (const token of tokens) assert.deepEqual(await doors(test, token), [401, 401, 401]);
  using db = new DatabaseSync(`${data}/auth.sqlite`, { readOnly: true });
  assert.equal(db.prepare("SELECT count(*) AS n FROM jwks").get()?.n, 1);
});

Deno.test("list: with a token the same spaces as with the cookie; a bad token does not fall back to it", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const byCookie = await test.auth(LIST, { headers: { cookie: anna.cookie } });
  const byToken = await test.auth(LIST, { headers: { authorization: `Bearer ${anna.token}` } });
  const spaces = z.array(z.looseObject({ metadata: z.unknown() })).parse(await byToken.json());
  assert.deepEqual(await byCookie.json(), spaces);
  assert.deepEqual(spaces[0]?.metadata, { type: "personal", tier: "public" });

  const both = { cookie: anna.cookie, authorization: "Bearer nonsense" };
  const refused = await test.auth(LIST, { headers: both });
  assert.equal(refused.status, 401);
  assert.deepEqual(await refused.json(), { code: "UNAUTHORIZED", message: "Unauthorized" });
  assert.equal((await test.auth(LIST)).status, 401);
});
