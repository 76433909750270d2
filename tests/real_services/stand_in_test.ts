import assert from "node:assert/strict";
import { APP_ORIGIN, createRealServices } from "../_support/real_services/real_services.ts";
import { bearer, post, signIn } from "../_support/test_backend.ts";
import { cookieOf, cookies, jwtOf, logIn, said, signInForCookie } from "./_session.ts";

/** The table of section 11 of the contract, a test for each row. The stand-in plays no passkeys: nobody could record them. */

Deno.test("registering makes an account whose address is to be confirmed by a mail, and never tells who has an account", async () => {
  await using services = await createRealServices();
  const credentials = { email: "anna@mana.test", password: "correct horse" };
  const register = (body: unknown) => services.ask("/api/v1/auth/register", post(body));
  const first = await (await register(credentials)).json();
  assert.deepEqual([first.token, first.user.emailVerified, first.user.name], [null, false, "anna"]);
  assert.equal((await services.people.links(credentials.email)).length, 1);
  const again = await (await register(credentials)).json();
  assert.notEqual(again.user.id, first.user.id);
  assert.deepEqual(Object.keys(again.user).sort(), Object.keys(first.user).sort());
  assert.deepEqual(await said(register({ ...credentials, password: "short" })), [400, {
    error: "WEAK_PASSWORD",
    message: "Password too short",
    status: 400,
  }]);
});

Deno.test("before the address is confirmed both doors refuse with 403, each in its own words", async () => {
  await using services = await createRealServices();
  const anna = await services.people.register("anna");
  const message = "Email not verified";
  assert.deepEqual(await said(logIn(services, anna)), [403, {
    error: "EMAIL_NOT_VERIFIED",
    message,
    status: 403,
  }]);
  assert.deepEqual(await said(signInForCookie(services, anna)), [403, {
    code: "EMAIL_NOT_VERIFIED",
    message,
  }]);
  await services.people.confirm(anna.email);
  assert.equal((await said(signInForCookie(services, anna)))[0], 200);
});

Deno.test("login for a JWT gives tokens and no cookie; the sixth wrong password is a lock of half an hour", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const answer = await logIn(services, anna);
  assert.deepEqual(answer.headers.getSetCookie(), []);
  const { token, accessToken, refreshToken } = await answer.json();
  assert.equal(token, refreshToken);
  assert.equal(accessToken.split(".").length, 3);
  const wrong = { ...anna, password: "wrong password" };
  for (let count = 0; count < 5; count++) assert.equal((await said(logIn(services, wrong)))[0], 401);
  const locked = await logIn(services, anna);
  assert.equal(locked.headers.get("retry-after"), "1800");
  const [status, body] = await said(locked);
  assert.equal(status, 429);
  assert.partialDeepStrictEqual(body, { error: "ACCOUNT_LOCKED", retryAfterSec: 1800 });
  services.clock.now += 30 * 60_000;
  assert.equal((await said(logIn(services, anna)))[0], 200);
});

Deno.test("sign-in for a cookie needs no Origin, lasts seven days, and passes by the lock", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const wrong = { ...anna, password: "wrong password" };
  for (let count = 0; count < 6; count++) await said(logIn(services, wrong));
  const answer = await signInForCookie(services, anna, { origin: "https://elsewhere.test" });
  assert.equal((await said(answer))[0], 200);
  const [line = ""] = answer.headers.getSetCookie();
  assert.match(line, /^mana\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
});

Deno.test("in production, under https, the cookie is a secure one", async () => {
  await using services = await createRealServices({ issuer: "https://auth.test" });
  const answer = await signInForCookie(services, await services.people.make("anna"));
  assert.match(answer.headers.getSetCookie()[0] ?? "", /^__Secure-mana\.session_token=.*; Secure;/);
  await answer.body?.cancel();
});

Deno.test("only the cookie makes JWTs: neither a JWT nor a refresh token does", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const { accessToken, refreshToken } = await (await logIn(services, anna)).json();
  const cookie = await cookieOf(services, anna);
  assert.equal((await jwtOf(services, cookie)).split(".").length, 3);
  const headers = { authorization: `Bearer ${accessToken}` };
  assert.equal((await said(services.ask("/api/auth/token", { headers })))[0], 401);
  for (const path of ["/api/v1/auth/refresh", "/api/v1/auth/session-to-token"]) {
    const [status, body] = await said(services.ask(path, post({}, { cookie })));
    assert.equal(status, 200);
    assert.ok(body !== null && typeof body === "object" && "accessToken" in body && "refreshToken" in body);
    assert.equal((await said(services.ask(path, post({ refreshToken }, headers))))[0], 401);
  }
});

Deno.test("the session and the raw tokens of all sessions are told to the cookie", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const cookie = await cookieOf(services, anna);
  for (const path of ["/api/auth/get-session", "/api/v1/auth/session"]) {
    assert.partialDeepStrictEqual((await said(services.ask(path, { headers: { cookie } })))[1], {
      user: { email: anna.email },
    });
    assert.deepEqual(await said(services.ask(path)), [200, null]);
  }
  const list = await (await services.ask("/api/auth/list-sessions", { headers: { cookie } })).json();
  assert.equal(decodeURIComponent(cookie).split("=")[1]?.split(".")[0], list[0].token);
});

Deno.test("a session ends only for its cookie and a trusted Origin", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const cookie = await cookieOf(services, anna);
  const refusals = [
    [{ cookie }, "MISSING_OR_NULL_ORIGIN"],
    [{ cookie, origin: "null" }, "MISSING_OR_NULL_ORIGIN"],
    [{ cookie, origin: "https://elsewhere.test" }, "INVALID_ORIGIN"],
  ] as const;
  for (const path of ["/api/auth/sign-out", "/api/v1/auth/logout"]) {
    for (const [headers, code] of refusals) {
      const [status, body] = await said(services.ask(path, post({}, headers)));
      assert.equal(status, 403);
      assert.partialDeepStrictEqual(body, { code });
    }
  }
  await jwtOf(services, cookie);
  for (const origin of [APP_ORIGIN, services.issuer]) {
    const session = await cookieOf(services, anna);
    assert.equal(
      (await said(services.ask("/api/auth/sign-out", post({}, { cookie: session, origin }))))[0],
      200,
    );
    assert.equal((await said(services.ask("/api/auth/token", { headers: { cookie: session } })))[0], 401);
  }
  const { refreshToken } = await (await logIn(services, anna)).json();
  const revoke = post({ token: refreshToken }, { cookie, origin: APP_ORIGIN });
  assert.equal((await said(services.ask("/api/auth/revoke-session", revoke)))[0], 200);
});

Deno.test("spaces with names and types are told to the cookie, and a JWT is refused", async () => {
  await using services = await createRealServices({ limiter: false });
  const [anna, ben] = [await services.people.make("anna"), await services.people.make("ben")];
  const teamId = await services.people.makeTeam(anna.email, "Bakery", ben.email);
  const account = await signIn({ auth: services.ask }, ben.email);
  const list = () => services.ask("/api/auth/organization/list", { headers: { cookie: account.cookie } });
  const [personal, team] = await (await list()).json();
  assert.deepEqual([personal.name, personal.metadata], ["ben", { type: "personal", tier: "public" }]);
  assert.deepEqual([team.id, team.name, JSON.parse(team.metadata)], [teamId, "Bakery", { type: "team" }]);
  assert.ok(!("role" in team));
  const byJwt = services.ask("/api/auth/organization/list", { headers: bearer(account) });
  assert.deepEqual(await said(byJwt), [401, { message: "Unauthorized", code: "UNAUTHORIZED" }]);
  await services.people.renameSpace(teamId, "Café");
  assert.deepEqual((await (await list()).json()).map(({ name }: { name: string }) => name), ["ben", "Café"]);
  await services.people.removeMember(teamId, ben.email);
  assert.equal((await (await list()).json()).length, 1);
});

Deno.test("a magic link of ten minutes signs in, and leads to a trusted page alone", async () => {
  await using services = await createRealServices();
  const { email } = await services.people.make("anna");
  const ask = (callbackURL: string) =>
    services.ask("/api/auth/sign-in/magic-link", post({ email, callbackURL }));
  assert.deepEqual(await said(ask(`${APP_ORIGIN}/in`)), [200, { status: true }]);
  const [status, body] = await said(ask("https://elsewhere.test/in"));
  assert.equal(status, 403);
  assert.partialDeepStrictEqual(body, { code: "INVALID_CALLBACK_URL" });
  const [first = ""] = (await services.people.links(email)).filter((link) => link.includes("magic-link"));
  const followed = await services.ask(new URL(first).pathname + new URL(first).search);
  assert.equal(followed.status, 302);
  assert.match(cookies(followed), /^mana\.session_token=/);
  await said(ask(`${APP_ORIGIN}/in`));
  const late = (await services.people.links(email)).at(-1) ?? "";
  services.clock.now += 11 * 60_000;
  assert.equal(cookies(await services.ask(new URL(late).pathname + new URL(late).search)), "");
});

Deno.test("validate tells whether a JWT is good, always with 200", async () => {
  await using services = await createRealServices();
  const token = await jwtOf(services, await cookieOf(services, await services.people.make("anna")));
  const validate = () => services.ask("/api/v1/auth/validate", post({ token }));
  const [, { payload, valid }] = await said(validate()) as [number, { valid: boolean; payload: object }];
  assert.ok(valid);
  assert.partialDeepStrictEqual(payload, { iss: services.issuer, aud: "mana", email: "anna@mana.test" });
  services.clock.now += 15 * 60_000 + 1000;
  assert.deepEqual(await said(validate()), [200, { valid: false }]);
});

Deno.test("there is no authorization server: no metadata, no OAuth, no social sign-in", async () => {
  await using services = await createRealServices();
  const paths = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/api/auth/.well-known/openid-configuration",
    "/api/auth/oauth2/authorize",
    "/api/auth/oauth2/token",
    "/api/auth/oauth2/register",
    "/api/auth/device/code",
    "/api/auth/sign-in/social",
    "/api/v1/oauth/introspect",
  ];
  for (const path of paths) assert.equal((await said(services.ask(path)))[0], 404, path);
});
