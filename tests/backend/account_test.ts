import assert from "node:assert/strict";
import { z } from "zod";
import { SCRYPT } from "../../backend/auth/password_hasher.ts";
import {
  AUTH_URL,
  createTestBackend,
  ORIGIN,
  PASSWORD,
  post,
  SERVICE_KEY,
  type TestBackend,
} from "../_support/test_backend.ts";

const Claims = z.record(z.string(), z.unknown());
const Refusal = z.object({ error: z.string(), message: z.string(), status: z.number() });

function claimsOf(token: string): Record<string, unknown> {
  const part = token.split(".")[1] ?? "";
  return Claims.parse(
    JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" }))),
  );
}

async function refusalOf(response: Response) {
  return Refusal.parse(await response.json());
}

Deno.test("register: nobody gives themselves a role, a tier or a space", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  const wishes = { role: "admin", accessTier: "founder", kind: "system", emailVerified: true };
  for (const [i, path] of ["/api/v1/auth/register", "/api/auth/sign-up/email"].entries()) {
    const email = `wisher${i}@mana.test`;
    await test.auth(path, post({ email, password: PASSWORD, name: "Wisher", ...wishes }, ORIGIN));
    await test.auth(path, post({ email, password: PASSWORD, name: "Wisher" }, ORIGIN));
    const login = await test.auth("/api/v1/auth/login", post({ email, password: PASSWORD }));
    const { accessToken } = z.object({ accessToken: z.string() }).parse(await login.json());
    assert.equal(claimsOf(accessToken).role, "user");
    assert.equal(claimsOf(accessToken).tier, "public");
  }
});

Deno.test("register: a taken address is 409, a weak password 400, nonsense 400", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  await test.person("anna");
  const register = async (body: unknown) =>
    await refusalOf(await test.auth("/api/v1/auth/register", post(body)));
  const good = { email: "ben@mana.test", password: PASSWORD };
  const taken = await register({ ...good, email: "Anna@mana.test" });
  assert.deepEqual([taken.error, taken.status], ["EMAIL_ALREADY_REGISTERED", 409]);
  for (const password of ["seven77", "x".repeat(129)]) {
    const weak = await register({ ...good, password });
    assert.deepEqual([weak.error, weak.status], ["WEAK_PASSWORD", 400]);
  }
  for (
    const body of [{ ...good, email: "no address" }, { password: PASSWORD }, [], null, { ...good, email: 7 }]
  ) {
    assert.equal((await register(body)).error, "VALIDATION");
  }
});

Deno.test("register: two at once for one address make one account with one personal space", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  const body = { email: "twin@mana.test", password: PASSWORD, name: "Twin" };
  const both = await Promise.all([1, 2].map(() => test.auth("/api/v1/auth/register", post(body))));
  assert.deepEqual(both.map((one) => one.status).sort(), [200, 409]);
  const person = await loginOf(test, body.email);
  await Promise.all([1, 2, 3].map(() => loginOf(test, body.email)));
  const answer = await test.auth(`/api/v1/internal/users/${person.id}/memberships`, {
    headers: { "x-service-key": SERVICE_KEY },
  });
  assert.equal(
    z.object({ memberships: z.array(z.unknown()) }).parse(await answer.json()).memberships.length,
    1,
  );
});

async function loginOf(test: TestBackend, email: string) {
  const login = await test.auth("/api/v1/auth/login", post({ email, password: PASSWORD }));
  return z.object({ user: z.object({ id: z.string() }) }).parse(await login.json()).user;
}

Deno.test("token: exactly the claims of the contract, for 15 minutes, by every door", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  const anna = await test.person("anna");
  const headers = { cookie: anna.cookie };
  const Minted = z.object({ accessToken: z.string() });
  const tokens = [anna.token];
  for (const path of ["/api/v1/auth/refresh", "/api/v1/auth/session-to-token"]) {
    const answer = await test.auth(path, post({ refreshToken: "ignored" }, headers));
    assert.equal(answer.status, 200);
    tokens.push(Minted.parse(await answer.json()).accessToken);
  }
  const token = await test.auth("/api/auth/token", { headers });
  tokens.push(z.object({ token: z.string() }).parse(await token.json()).token);
  for (const one of tokens) {
    const claims = claimsOf(one);
    assert.deepEqual(Object.keys(claims).sort(), [
      "aud",
      "email",
      "exp",
      "iat",
      "iss",
      "role",
      "sid",
      "sub",
      "tier",
    ]);
    assert.equal(Number(claims.exp) - Number(claims.iat), 900);
    assert.equal(claims.sub, anna.id);
  }
});

Deno.test("refresh: without a session cookie 401, whatever the body says; after logout 401", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  const anna = await test.person("anna");
  const refresh = (headers: Record<string, string>) =>
    test.auth("/api/v1/auth/refresh", post({ refreshToken: "anything" }, headers));
  assert.equal((await refreshError(await refresh({}))).error, "UNAUTHORIZED");
  assert.equal((await refresh({ authorization: `Bearer ${anna.token}` })).status, 401);
  assert.equal((await refresh({ cookie: anna.cookie })).status, 200);
  const logout = await test.auth("/api/v1/auth/logout", post({}, { cookie: anna.cookie }));
  assert.deepEqual(await logout.json(), { success: true });
  assert.equal((await refresh({ cookie: anna.cookie })).status, 401);
});

const refreshError = refusalOf;

Deno.test("cookie routes refuse a foreign origin", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  const anna = await test.person("anna");
  const create = (origin: Record<string, string>) =>
    test.auth(
      "/api/auth/organization/create",
      post({ name: "T", slug: crypto.randomUUID(), metadata: { type: "team" } }, {
        cookie: anna.cookie,
        ...origin,
      }),
    );
  assert.equal((await create({ origin: "https://evil.example" })).status, 403);
  assert.equal((await create({})).status, 403);
  assert.equal((await create(ORIGIN)).status, 200);
});

Deno.test("auth: a body over the limit is refused, an unknown path is 404", async () => {
  await using test = await createTestBackend({ passwordHasher: SCRYPT });
  const big = { email: "a@mana.test", password: "x".repeat(70_000) };
  assert.equal((await test.auth("/api/v1/auth/login", post(big))).status, 400);
  assert.equal((await test.auth("/api/auth/sign-in/email", post(big, ORIGIN))).status, 400);
  assert.equal((await test.auth("/nowhere")).status, 404);
  assert.deepEqual(test.backendLog, []);
});

Deno.test("where no origin is listed, no page may read what the services answer, nor use a session", async () => {
  await using test = await createTestBackend({ origins: [], passwordHasher: SCRYPT });
  const account = { email: "anna@mana.test", password: PASSWORD, name: "anna" };
  await (await test.auth("/api/v1/auth/register", post(account))).body?.cancel();
  const session = await test.auth("/api/auth/sign-in/email", {
    method: "POST",
    headers: { origin: AUTH_URL, "content-type": "application/json" },
    body: JSON.stringify(account),
  });
  assert.equal(session.status, 200, await session.text());
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const headers = { origin: "http://localhost:5173", cookie };
  for (const path of ["/api/auth/token", "/api/auth/get-session", "/api/auth/organization/list"]) {
    const response = await test.auth(path, { headers });
    await response.body?.cancel();
    assert.equal(response.headers.get("access-control-allow-origin"), null, path);
  }
  const response = await test.auth("/api/auth/organization/create", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ name: "x", slug: "x" }),
  });
  assert.equal(response.status, 403);
  await response.body?.cancel();
});
