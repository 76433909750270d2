// Connected clients where a sign-in server stands in front of the auth service: who is asked what, with which key.
import assert from "node:assert/strict";
import { z } from "zod";
import { INTROSPECTION_CACHE_MS } from "../../lib/kit/limits.ts";
import { HABITS, lastChange } from "../_support/device.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { makeTeam } from "../_support/team.ts";
import { AUTH_URL, SERVICE_KEY, SYNC_URL } from "../_support/test_backend.ts";
import {
  createSignInWorld,
  SIGN_IN_ISSUER,
  SIGN_IN_KEY,
  SIGN_IN_URL,
  type SignInWorld,
} from "./_sign_in_server.ts";

const EXCHANGE = "/api/auth/oauth2/token";
const INTROSPECT = "/api/v1/oauth/introspect";
const SPACES = "/api/v1/internal/grants/g%2F1/spaces";
const USE = "/api/v1/internal/grants/g%2F1/use";
const VAULT_KEY = "/api/v1/me/encryption-vault/key";
const METADATA = "/.well-known/oauth-authorization-server";

/** The sign-in server answers `response` at this path. */
function answering(world: SignInWorld, path: string, response: () => Response): void {
  world.instead = (asked) => asked === path ? response() : undefined;
}

async function get(world: SignInWorld, path: string) {
  const response = await world.gateway.fetch(new Request(`http://gateway.test${path}`));
  return { status: response.status, text: await response.text() };
}

Deno.test("an app's call is exchanged, introspected and told its spaces by the sign-in server, with the key of that server alone", async () => {
  await using world = await createSignInWorld({ MANA_SERVICE_KEY: SERVICE_KEY });
  const app = await world.appToken();
  world.upstreamCalls.length = 0;
  const { status, text } = await world.call(app, "habits_create", { title: "Read" });
  assert.equal(status, 200, text);
  assert.equal((await lastChange(world, world.anna, HABITS)).spaceId, world.anna.personalSpace);
  for (const path of [EXCHANGE, INTROSPECT, SPACES]) assert.equal(world.asked(path), 1, path);
  for (const { url, headers, body } of world.upstreamCalls) {
    const isSignIn = url.startsWith(SIGN_IN_URL);
    const isKeyed = isSignIn && !url.endsWith("/jwks");
    assert.equal(headers.get("x-service-key"), isKeyed ? SIGN_IN_KEY : null, url);
    // The app's token goes to the server that issued it, in a body, and nowhere else.
    const isForPerson = url.startsWith(SYNC_URL) || url.endsWith(VAULT_KEY);
    assert.equal(headers.get("authorization"), isForPerson ? `Bearer ${world.anna.token}` : null, url);
    assert.equal(body.includes(app), [EXCHANGE, INTROSPECT].some((path) => url === SIGN_IN_URL + path), url);
  }
  // Its own key set, for the exchanged token, and the person's key, to sign with, are all that the auth service is asked for.
  const toAuth = world.upstreamCalls.filter(({ url }) => url.startsWith(AUTH_URL)).map(({ url }) => url);
  assert.deepEqual(toAuth, [`${AUTH_URL}/api/auth/jwks`, AUTH_URL + VAULT_KEY]);
  await world.gateway.stop();
  assert.equal(world.asked(USE), 1);
  assert.equal(world.logLines.join().includes(SIGN_IN_KEY), false);
});

Deno.test("an app's spaces are those of its grant at the sign-in server, with names and types", async () => {
  await using world = await createSignInWorld();
  const team = await makeTeam(world, world.anna);
  const ben = await world.person("ben");
  const app = await world.appToken();
  assert.equal((await world.call(app, "habits_list", {}, team)).status, 200);
  const listed = JSON.parse((await world.call(app, "spaces_list")).text).result.structuredContent;
  assert.equal(listed.activeSpaceId, world.anna.personalSpace);
  assert.deepEqual(
    listed.spaces.map((space: { id: string; type: string }) => [space.id, space.type]).sort(),
    [[team, "team"], [world.anna.personalSpace, "personal"]].sort(),
  );
  assert.equal((await world.call(app, "habits_list", {}, ben.personalSpace)).status, 403);
  const narrow = await world.appToken({ scope: `mana:read space:${team}` });
  assert.equal((await world.call(narrow, "habits_list", {}, world.anna.personalSpace)).status, 403);
});

Deno.test("a person's own token goes on asking the auth service, and what it is told is not told to apps", async () => {
  await using world = await createSignInWorld({ MANA_SERVICE_KEY: SERVICE_KEY });
  const signIn = world.intercept;
  world.intercept = (request) =>
    request.url.endsWith("/organization/list") ? new Response("", { status: 401 }) : signIn?.(request);
  world.upstreamCalls.length = 0;
  const { spaces } = await callOk(world, world.anna, "spaces_list");
  assert.deepEqual(spaces, [{ id: world.anna.personalSpace, role: "owner" }]);
  assert.deepEqual(world.upstreamCalls.map(({ url, headers }) => [url, headers.get("x-service-key")]), [
    [`${AUTH_URL}/api/auth/jwks`, null],
    [`${AUTH_URL}/api/auth/organization/list`, null],
    [`${AUTH_URL}/api/v1/internal/users/${world.anna.id}/memberships`, SERVICE_KEY],
  ]);
  // Both at once, and with the very token that the app's was exchanged for.
  world.clock.now += 61_000;
  const app = await world.appToken();
  const [own, answer] = await Promise.all([
    callOk(world, world.anna, "spaces_list"),
    world.call(app, "spaces_list"),
  ]);
  const listed = JSON.parse(answer.text).result.structuredContent;
  assert.deepEqual(listed.spaces.map(({ type }: { type: string }) => type), ["personal"]);
  assert.deepEqual(own.spaces, [{ id: world.anna.personalSpace, role: "owner" }]);
});

Deno.test("without the auth service's key a person's own token is refused in words, while apps work", async () => {
  await using world = await createSignInWorld();
  const signIn = world.intercept;
  world.intercept = (request) =>
    request.url.endsWith("/organization/list") ? new Response("", { status: 401 }) : signIn?.(request);
  assert.match(
    await callRefused(world, world.anna, "habits_list"),
    /does not tell this gateway which spaces/,
  );
  assert.match((await get(world, "/ready")).text, /"spaces":/);
  assert.equal((await world.call(await world.appToken(), "habits_list")).status, 200);
  // What an app is told says nothing of what the auth service tells.
  assert.match((await get(world, "/ready")).text, /"spaces":/);
});

for (
  const [name, path, response] of [
    ["whose grant is over", SPACES, () => Response.json({ statusCode: 404, message: "x" }, { status: 404 })],
    [
      "that is no good any more",
      EXCHANGE,
      () => Response.json({ error: "invalid_request" }, { status: 400 }),
    ],
    [
      "of a grant that is no good any more",
      EXCHANGE,
      () => Response.json({ error: "invalid_grant" }, { status: 400 }),
    ],
  ] as const
) {
  Deno.test(`a token ${name} is refused as taken back, and what was kept of it is forgotten`, async () => {
    await using world = await createSignInWorld();
    const app = await world.appToken();
    answering(world, path, response);
    for (let round = 1; round <= 2; round++) {
      const refused = await world.call(app, "habits_list");
      assert.equal(refused.status, 401, refused.text);
      assert.match(refused.text, /Access was taken back or has ended: connect again/);
      assert.match(refused.challenge ?? "", /error="invalid_token".*resource_metadata=/);
      // That access stands was found out just now, and is asked again all the same.
      assert.equal(world.asked(INTROSPECT), round);
    }
    // The same where the space is looked up before the call, since a header names it.
    for (let round = 3; round <= 4; round++) {
      const named = await world.call(app, "habits_list", {}, world.anna.personalSpace);
      assert.equal(named.status, 401);
      assert.equal(world.asked(INTROSPECT), round);
    }
    world.instead = () => undefined;
    assert.equal((await world.call(app, "habits_list")).status, 200);
  });
}

Deno.test("access that the sign-in server says is over ends within five seconds", async () => {
  await using world = await createSignInWorld();
  const app = await world.appToken();
  assert.equal((await world.call(app, "habits_list")).status, 200);
  answering(world, INTROSPECT, () => Response.json({ active: false }));
  world.clock.now += INTROSPECTION_CACHE_MS;
  assert.equal((await world.call(app, "habits_list")).status, 401);
});

Deno.test("a sign-in server that fails is named as what fails, and never the auth service", async () => {
  await using world = await createSignInWorld();
  const app = await world.appToken();
  const faults: (() => Response)[] = [
    () => Response.json({ error: "temporarily_unavailable" }, { status: 503 }),
    () => Response.json({ statusCode: 401, message: "wrong key" }, { status: 401 }),
    () => new Response("<html>", { status: 200 }),
    () => Response.json({ nothing: true }),
    () => new Response(null, { status: 302, headers: { location: "http://elsewhere.test" } }),
  ];
  for (const path of [INTROSPECT, EXCHANGE, SPACES]) {
    for (const fault of faults) {
      answering(world, path, fault);
      const { text } = await world.call(app, "habits_list");
      assert.match(text, /The sign-in server is not available: try again later/, path);
    }
  }
  const metrics = (await get(world, "/metrics")).text;
  assert.match(metrics, /mana_mcp_upstream_requests_total\{[^}]*upstream="sign-in",outcome="rejected"/);
  assert.match(world.logLines.join("\n"), /"upstream":"sign-in","fault":"failed"/);
  world.instead = () => undefined;
  assert.equal((await world.call(app, "habits_list")).status, 200);
});

Deno.test("keys that the sign-in server does not give are its failure, and a person's own token works on", async () => {
  await using world = await createSignInWorld();
  answering(world, "/api/auth/jwks", () => new Response("", { status: 500 }));
  const refused = await world.call(await world.appToken(), "habits_list");
  assert.equal(refused.status, 503);
  assert.match(refused.text, /The sign-in server is not available/);
  await callOk(world, world.anna, "habits_list");
});

Deno.test("an exchanged token of another person, or of another kind, is not used", async () => {
  await using world = await createSignInWorld();
  const ben = await world.person("ben");
  for (const wrong of [ben.token, await world.appToken(), "no token", `${world.anna.token}x`]) {
    world.exchanged = wrong;
    world.upstreamCalls.length = 0;
    const refused = await world.call(await world.appToken(), "habits_list");
    assert.equal(refused.status, 503);
    assert.match(refused.text, /The sign-in server is not available/);
    assert.equal(world.upstreamCalls.some(({ url }) => url.startsWith(SYNC_URL)), false);
  }
});

Deno.test("a sign-in server without an exchange is told as that, and no token of an app is forwarded", async () => {
  await using world = await createSignInWorld({ TOKEN_FORWARDING: "allow" });
  answering(world, EXCHANGE, () => new Response("", { status: 404 }));
  const app = await world.appToken();
  const refused = await world.call(app, "habits_list");
  assert.equal(refused.status, 503);
  assert.match(refused.text, /the sign-in server offers no token exchange/);
  assert.equal(
    world.upstreamCalls.some(({ headers }) => headers.get("authorization") === `Bearer ${app}`),
    false,
  );
});

const Metadata = z.looseObject({ authorization_servers: z.array(z.string()).optional() });

/** What clients are told: in the metadata, in the challenge, on the page, by `/ready`. */
async function told(world: SignInWorld) {
  const metadata = await get(world, "/.well-known/oauth-protected-resource/mcp");
  const challenged = await world.gateway.fetch(new Request("http://gateway.test/mcp", { method: "POST" }));
  await challenged.body?.cancel();
  return {
    servers: Metadata.parse(JSON.parse(metadata.text)).authorization_servers,
    challenge: challenged.headers.get("www-authenticate") ?? "",
    ready: z.looseObject({ signIn: z.string().optional() }).parse(
      JSON.parse((await get(world, "/ready")).text),
    ),
  };
}

Deno.test("the sign-in server is named where it calls itself by its issuer, and the auth service is not even asked", async () => {
  await using world = await createSignInWorld();
  world.upstreamCalls.length = 0;
  const { servers, challenge, ready } = await told(world);
  assert.deepEqual(servers, [SIGN_IN_ISSUER]);
  assert.match(challenge, /resource_metadata=/);
  assert.deepEqual(ready, { status: "ready", upstreams: { auth: "ok", sync: "ok", "sign-in": "ok" } });
  assert.deepEqual(
    world.upstreamCalls.filter(({ url }) => url.includes("/.well-known/")).map(({ url }) => url),
    [SIGN_IN_URL + METADATA],
  );
  answering(world, "/health", () => new Response("", { status: 503 }));
  world.clock.now += 3_000;
  assert.equal((await get(world, "/ready")).status, 503);
});

Deno.test("a sign-in server that calls itself by another issuer is named nowhere, and whoever runs the gateway is told", async () => {
  const other = () =>
    Response.json({
      issuer: "https://evil.test",
      authorization_endpoint: "https://evil.test/authorize",
      token_endpoint: "https://evil.test/token",
    });
  await checkNamedNowhere(
    other,
    // That another place cannot be looked at makes nothing better.
    () => new Response("", { status: 503 }),
    "The sign-in server calls itself by another issuer than SIGN_IN_ISSUER, so no assistant is sent there: set both to the same.",
  );
});

Deno.test("a server at MANA_SIGN_IN_URL that is no sign-in server is named nowhere, and whoever runs the gateway is told", async () => {
  await checkNamedNowhere(
    () => new Response("", { status: 404 }),
    () => new Response("", { status: 404 }),
    "What answers at MANA_SIGN_IN_URL is no sign-in server, so no assistant is sent there: check the address, or give your client the person's own token.",
  );
});

/** Checks what is told of a sign-in server that answers `metadata` in place of its own, and that it is named again afterwards. */
async function checkNamedNowhere(
  metadata: () => Response,
  openid: () => Response,
  words: string,
): Promise<void> {
  await using world = await createSignInWorld();
  world.instead = (path) =>
    path === METADATA ? metadata() : path.endsWith("openid-configuration") ? openid() : undefined;
  const { servers, challenge, ready } = await told(world);
  assert.equal(servers, undefined);
  assert.equal(challenge, 'Bearer realm="mana"');
  assert.equal(ready.signIn, words);
  assert.equal(ready.status, "ready");
  assert.equal(world.logLines.filter((line) => line.includes(JSON.stringify(words))).length, 1);
  assert.equal(world.logLines.join().includes("evil.test"), false);
  // Said once, until it changes.
  world.clock.now += 61_000;
  await told(world);
  assert.equal(world.logLines.filter((line) => line.includes('"sign-in"')).length, 1);
  world.instead = () => undefined;
  world.clock.now += 61_000;
  assert.deepEqual((await told(world)).servers, [SIGN_IN_ISSUER]);
}
