import assert from "node:assert/strict";
import { inspect } from "node:util";
import { MARKER } from "../_support/faults.ts";
import { createRealServices } from "../_support/real_services/real_services.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import type { ServiceFault } from "../_support/real_services/service_faults.ts";
import { bearer, post, signIn } from "../_support/test_backend.ts";
import { cookieOf, logIn, said, signInForCookie } from "./_session.ts";

/** The stand-in as a part of tests: its faults, what it keeps of requests, sync beside it, and its ports. */

Deno.test("a service fails as it is told, request by request, and works again afterwards", async () => {
  await using services = await createRealServices();
  let fault: ServiceFault = "down";
  services.fault = (service, { url }) => service === "auth" && url.endsWith("/jwks") ? fault : undefined;
  const jwks = (signal?: AbortSignal) => services.ask("/api/auth/jwks", signal ? { signal } : {});
  await assert.rejects(jwks(), new TypeError(`error sending request for ${MARKER}: connection refused`));
  fault = "slow";
  const patience = new AbortController();
  const waiting = jwks(patience.signal);
  patience.abort(new Error("enough"));
  await assert.rejects(waiting, new Error("enough"));
  fault = "redirecting";
  assert.equal((await said(jwks()))[0], 302);
  fault = "broken JSON";
  await assert.rejects(async () => await (await jwks()).json(), SyntaxError);
  fault = "10 MB";
  assert.ok((await (await jwks()).text()).length > 10_000_000);
  fault = "429";
  assert.equal((await said(jwks()))[0], 429);
  assert.equal((await said(services.ask("/health")))[0], 200);
  services.fault = null;
  assert.equal((await said(jwks()))[0], 200);
});

Deno.test("requests are kept with their headers, and no printed form of them has a password, a cookie or a token", async () => {
  await using services = await createRealServices();
  const anna = await services.people.make("anna");
  const cookie = await cookieOf(services, anna);
  await said(services.ask("/api/auth/token?secret=sentinel-query", { headers: { cookie } }));
  await said(signInForCookie(services, anna, { "x-forwarded-for": "192.0.2.9", origin: "https://a.test" }));
  const [, tokens, last] = services.requests;
  assert.equal(String(last), "POST /api/auth/sign-in/email");
  assert.deepEqual([last?.header("x-forwarded-for"), last?.header("origin")], [
    "192.0.2.9",
    "https://a.test",
  ]);
  assert.deepEqual([tokens?.header("cookie"), tokens?.query.get("secret")], [cookie, "sentinel-query"]);
  const printed = [
    inspect(services.requests, { depth: 9, showHidden: true }),
    Deno.inspect(services.requests, { depth: 9, showHidden: true }),
    JSON.stringify(services.requests),
    services.requests.join(),
  ].join();
  for (const secret of [anna.password, cookie, "sentinel-query"]) assert.ok(!printed.includes(secret));
});

Deno.test("sync takes the service's JWTs, and remembers memberships for five minutes", async () => {
  await using services = await createRealServices();
  const { people, sync } = services;
  const [anna, ben] = [await people.make("anna"), await people.make("ben")];
  const door = { auth: services.ask };
  const [hers, his] = [await signIn(door, anna.email), await signIn(door, ben.email)];
  const spaceId = await people.makeTeam(anna.email, "Bakery", ben.email);
  const change = { table: "tasks", id: "t1", op: "insert", spaceId, data: { title: "bread" } };
  const push = post({ clientId: "a", since: "9999-12-31T23:59:59.999Z", changes: [change] }, bearer(hers));
  assert.equal((await said(sync.fetch(new Request("http://sync.test/sync/todo", push))))[0], 200);
  const pull = async () => {
    const url = "http://sync.test/sync/todo/pull?collection=tasks&since=1970-01-01T00:00:00.000Z";
    const answer = await sync.fetch(new Request(url, { headers: bearer(his) }));
    return (await answer.json()).serverChanges.length;
  };
  assert.equal(await pull(), 1);
  await people.removeMember(spaceId, ben.email);
  services.clock.now += 4 * 60_000;
  assert.equal(await pull(), 1);
  services.clock.now += 60_001;
  assert.equal(await pull(), 0);
});

Deno.test("on its ports the stand-in is its own issuer, and its vault opens for its JWTs", async () => {
  await using services = await serveRealServices();
  assert.equal(services.issuer, services.authUrl);
  const anna = await services.people.make("anna");
  const login = await (await logIn(services, anna)).json();
  const authorization = `Bearer ${login.accessToken}`;
  const init = await fetch(`${services.authUrl}/api/v1/me/encryption-vault/init`, {
    method: "POST",
    headers: { authorization },
  });
  assert.partialDeepStrictEqual(await init.json(), { formatVersion: 1, kekId: "env-v1" });
  const health = await fetch(`${services.syncUrl}/health`);
  assert.equal((await said(health))[0], 200);
  services.fault = () => "down";
  assert.equal((await said(fetch(`${services.authUrl}/health`)))[0], 502);
});
