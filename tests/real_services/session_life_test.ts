import assert from "node:assert/strict";
import { z } from "zod";
import { createRealServices } from "../_support/real_services/real_services.ts";
import { post } from "../_support/test_backend.ts";
import { cookieOf, cookies, jwtOf, said, signInForCookie } from "./_session.ts";

/** How long sessions live, what ends them elsewhere, and what was not seen on the service: the limiter, the second factor. */

const DAY_MS = 24 * 3600_000;
const Claims = z.object({
  sub: z.string(),
  sid: z.string(),
  role: z.string(),
  tier: z.string(),
  exp: z.number(),
});

Deno.test("a session that is used daily lives on, and one that is not ends after seven days", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const [used, unused] = [await cookieOf(services, anna), await cookieOf(services, anna)];
  for (let day = 0; day < 20; day++) {
    services.clock.now += DAY_MS;
    await jwtOf(services, used);
  }
  assert.equal((await said(services.ask("/api/auth/token", { headers: { cookie: unused } })))[0], 401);
  services.clock.now += 7 * DAY_MS + 1000;
  assert.equal((await said(services.ask("/api/auth/token", { headers: { cookie: used } })))[0], 401);
});

Deno.test("a JWT names the person and the session, and ends after 15 minutes by the stand-in's clock", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const token = await jwtOf(services, await cookieOf(services, anna));
  const bytes = Uint8Array.fromBase64(token.split(".")[1] ?? "", { alphabet: "base64url" });
  const claims = Claims.parse(JSON.parse(new TextDecoder().decode(bytes)));
  assert.deepEqual([claims.sub, claims.role, claims.tier], [anna.id, "user", "public"]);
  assert.equal(claims.exp * 1000, services.clock.now + 15 * 60_000);
});

Deno.test("sessions end when the person signs out everywhere, and when the password changes elsewhere", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const first = await cookieOf(services, anna);
  await services.people.endSessions(anna.email);
  assert.equal((await said(services.ask("/api/auth/token", { headers: { cookie: first } })))[0], 401);
  const second = await cookieOf(services, anna);
  await services.people.changePassword(anna.email, "another horse");
  assert.equal((await said(services.ask("/api/auth/token", { headers: { cookie: second } })))[0], 401);
  assert.equal((await said(signInForCookie(services, anna)))[0], 401);
  services.clock.now += 10_001;
  assert.equal((await said(signInForCookie(services, { ...anna, password: "another horse" })))[0], 200);
});

Deno.test("a new signing key signs, and the key before stays published", async () => {
  await using services = await createRealServices();
  const cookie = await cookieOf(services, await services.people.make("anna"));
  const kidOf = (token: string) => JSON.parse(atob(token.split(".")[0] ?? "")).kid;
  const before = kidOf(await jwtOf(services, cookie));
  await services.people.rotateSigningKey();
  const after = kidOf(await jwtOf(services, cookie));
  assert.notEqual(after, before);
  const { keys } = await (await services.ask("/api/auth/jwks")).json();
  const kids = keys.map(({ kid }: { kid: string }) => kid);
  assert.deepEqual([kids.includes(before), kids.includes(after)], [true, true]);
});

Deno.test("not seen on the service: the fourth sign-in from an address in ten seconds waits", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const from = (address: string) => signInForCookie(services, anna, { "x-forwarded-for": address });
  for (let count = 0; count < 3; count++) assert.equal((await said(from("192.0.2.1")))[0], 200);
  services.clock.now += 4000;
  const limited = await from("192.0.2.1");
  assert.equal(limited.headers.get("x-retry-after"), "6");
  assert.equal((await said(limited))[0], 429);
  assert.equal((await said(from("192.0.2.2, 192.0.2.1")))[0], 200); // the first address counts
  services.clock.now += 6001;
  assert.equal((await said(from("192.0.2.1")))[0], 200);
});

Deno.test("not seen on the service: where no address is trusted, all people share the limit", async () => {
  await using services = await createRealServices({ trustsForwarded: false });
  const anna = await services.people.make("anna");
  const statuses = [];
  for (const last of [1, 2, 3, 4]) {
    const answer = await signInForCookie(services, anna, { "x-forwarded-for": `192.0.2.${last}` });
    statuses.push((await said(answer))[0]);
  }
  assert.deepEqual(statuses, [200, 200, 200, 429]);
});

Deno.test("nobody can switch the second factor on through the service", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const headers = { cookie: await cookieOf(services, anna), origin: services.issuer };
  const enable = services.ask("/api/auth/two-factor/enable", post({ password: anna.password }, headers));
  assert.equal((await said(enable))[0], 500);
});

Deno.test("not seen on the service: sign-in asks for a code, and only the right code makes a session", async () => {
  await using services = await createRealServices({ limiter: false });
  const { people, ask, issuer: origin } = services;
  const anna = await people.make("anna");
  const [backupCode] = await people.switchOnSecondFactor(anna);
  const signedIn = await signInForCookie(services, anna);
  const cookie = cookies(signedIn);
  assert.deepEqual(await said(signedIn), [200, { twoFactorRedirect: true }]);
  assert.equal((await said(ask("/api/auth/token", { headers: { cookie } })))[0], 401);

  const verify = (what: string, code: unknown) =>
    ask(`/api/auth/two-factor/${what}`, post({ code }, { cookie, origin }));
  const [wrong, words] = await said(verify("verify-totp", "000000"));
  assert.equal(wrong, 401);
  assert.partialDeepStrictEqual(words, { code: "INVALID_CODE" });
  const right = await verify("verify-totp", await people.secondFactorCode(anna.email));
  await jwtOf(services, cookies(right));
  await said(right);

  const later = { cookie: cookies(await signInForCookie(services, anna)), origin };
  const use = () => ask("/api/auth/two-factor/verify-backup-code", post({ code: backupCode }, later));
  const used = await use();
  await jwtOf(services, cookies(used));
  assert.notEqual((await said(use()))[0], 200);
  const jwt = await ask("/api/v1/auth/login", post(anna));
  assert.deepEqual(await said(jwt), [200, { twoFactorRedirect: true }]);
});
