import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { z } from "zod";
import {
  createAuthorizationServer,
  metadataAddresses,
  signInProblem,
} from "../../lib/people/authorization_server.ts";
import { createLog } from "../../lib/observe/log.ts";
import { homePage } from "../../lib/web/home_page.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { message, post, postHeaders } from "../_support/mcp_request.ts";
import { createWorld, type World } from "../_support/world.ts";

/** Whether apps can sign in, found out by asking, and said nowhere where they cannot. */

const Metadata = z.looseObject({ authorization_servers: z.array(z.string()).optional() });

async function metadata(world: World) {
  const url = "http://gateway.test/.well-known/oauth-protected-resource/mcp";
  const response = await world.gateway.fetch(new Request(url));
  assert.equal(response.status, 200);
  const { authorization_servers } = Metadata.parse(await response.json());
  return { servers: authorization_servers, control: response.headers.get("cache-control") };
}

async function refusedWithoutToken(world: World) {
  const response = await world.gateway.fetch(post("{}"));
  assert.equal(response.status, 401);
  const { error } = z.object({ error: z.object({ message: z.string() }) }).parse(await response.json());
  return { challenge: response.headers.get("www-authenticate"), message: error.message };
}

/** The auth service as deployed: none of the addresses is there. */
const isSignIn = (url: string) =>
  /\/\.well-known\/(oauth-authorization-server|openid-configuration)/.test(url);
const absent = ({ url }: Request) => isSignIn(url) ? new Response("404", { status: 404 }) : undefined;

Deno.test("an authorization server is named, in metadata and in the challenge", async () => {
  await using world = await createWorld();
  assert.deepEqual(await metadata(world), { servers: ["http://auth.test"], control: "max-age=300" });
  const { challenge, message } = await refusedWithoutToken(world);
  assert.match(challenge ?? "", /resource_metadata="/);
  assert.equal(message, "A bearer token is missing: send `Authorization: Bearer <token>`.");
});

Deno.test("an auth service that is none is named nowhere, and clients are told that they need the person's own token", async () => {
  await using world = await createWorld();
  world.intercept = absent;
  assert.deepEqual(await metadata(world), { servers: undefined, control: "no-store" });
  assert.deepEqual(await refusedWithoutToken(world), {
    challenge: 'Bearer realm="mana"',
    message:
      "A bearer token is missing, and no app can sign in here: send your own token as `Authorization: Bearer <token>`.",
  });
  const ready = await world.gateway.fetch(new Request("http://gateway.test/ready"));
  assert.deepEqual([ready.status, z.looseObject({ signIn: z.string() }).parse(await ready.json()).signIn], [
    200,
    "The auth service signs no assistants in: start a sign-in server and set MANA_SIGN_IN_URL, or give your client the person's own token.",
  ]);
  // A person's own token works as before.
  const anna = await world.person("anna");
  const call = message("tools/call", { name: "habits_list", arguments: {} });
  const response = await world.gateway.fetch(post(call, postHeaders(anna.token)));
  assert.equal(response.status, 200);
  await response.body?.cancel();
  // Once it has become one, the next minute says so.
  world.intercept = null;
  world.clock.now += 61_000;
  assert.deepEqual((await metadata(world)).servers, ["http://auth.test"]);
});

Deno.test("an auth service that calls itself by another issuer than JWT_ISSUER is not named, and /ready says what to do", async () => {
  await using world = await createWorld({ env: { JWT_ISSUER: "https://auth.mana.test" } });
  assert.deepEqual(await metadata(world), { servers: undefined, control: "no-store" });
  const ready = await (await world.gateway.fetch(new Request("http://gateway.test/ready"))).json();
  assert.equal(
    ready.signIn,
    "The auth service calls itself by another issuer than JWT_ISSUER, so no assistant is sent there: set both to the same.",
  );
});

Deno.test("of several issuers only the one that the server calls itself is named", async () => {
  await using world = await createWorld({ env: { JWT_ISSUER: "https://before.mana.test,http://auth.test" } });
  assert.deepEqual((await metadata(world)).servers, ["http://auth.test"]);
});

for (
  const [name, answer] of [
    [
      "a page in answer to everything",
      () => new Response("<html></html>", { headers: { "content-type": "text/html" } }),
    ],
    ["JSON that is no metadata", () => Response.json({ ok: true })],
  ] as const
) {
  Deno.test(`${name} is no authorization server`, async () => {
    await using world = await createWorld();
    world.intercept = ({ url }) => isSignIn(url) ? answer() : undefined;
    assert.equal((await metadata(world)).servers, undefined);
  });
}

for (
  const [name, answer] of [
    ["down", () => Promise.reject(new TypeError("unreachable"))],
    ["failing", () => new Response("", { status: 503 })],
    ["behind a limit", () => new Response("", { status: 429 })],
    // A proxy whose service is not there yet says 404 to everything, the keys included.
    ["not there yet", () => new Response("", { status: 404 })],
  ] as const
) {
  Deno.test(`an auth service that is ${name} changes nothing: at first it is named, later what was known stays`, async () => {
    await using world = await createWorld();
    const anything = () => answer();
    world.intercept = anything;
    assert.deepEqual(await metadata(world), { servers: ["http://auth.test"], control: "no-store" });
    assert.match((await refusedWithoutToken(world)).challenge ?? "", /resource_metadata="/);

    world.intercept = absent;
    world.clock.now += 61_000;
    assert.equal((await metadata(world)).servers, undefined);
    world.intercept = anything;
    world.clock.now += 61_000;
    assert.equal((await metadata(world)).servers, undefined);
  });
}

Deno.test("nobody waits for a slow auth service, many who ask are one look, and its late answer counts", async () => {
  const asked: string[] = [];
  const answered = Promise.withResolvers<Response>();
  const late: (() => void)[] = [];
  const server = createAuthorizationServer({
    services: createServiceClient({
      fetch: (input) => {
        asked.push(String(input));
        return answered.promise.then((response) => response.clone());
      },
      clock: clockOf(() => 0),
    }),
    name: "auth",
    url: "http://auth.test",
    issuers: ["http://auth.test"],
    log: createLog({ level: "info", clock: clockOf(() => 0), write: () => {} }),
    clock: clockOf(() => 0, {
      after: (_, run) => {
        late.push(run);
        return () => {};
      },
    }),
  });
  const hurried = Promise.all([server.ask(), server.ask()]);
  for (const run of late) run();
  assert.deepEqual(await hurried, ["unknown", "unknown"]);
  const patient = server.ask();
  assert.equal(asked.length, 1);
  answered.resolve(Response.json({
    issuer: "http://auth.test",
    authorization_endpoint: "http://auth.test/authorize",
    token_endpoint: "http://auth.test/token",
  }));
  assert.equal(await patient, "yes");
  assert.equal(server.known(), "yes");
  assert.equal(await server.ask(), "yes");
  assert.equal(asked.length, 1);
});

Deno.test("metadataAddresses(): all at the address that may be reached, with each issuer's path", () => {
  assert.deepEqual(
    metadataAddresses("http://10.0.0.1:3001", ["https://auth.mana.test", "https://mana.test/auth/"]),
    [
      "http://10.0.0.1:3001/.well-known/oauth-authorization-server",
      "http://10.0.0.1:3001/.well-known/oauth-authorization-server/auth",
      "http://10.0.0.1:3001/.well-known/openid-configuration",
    ],
  );
});

Deno.test("the page says how to connect with and without a sign-in", async () => {
  const data = {
    version: "1",
    mcpUrl: "http://gateway.test/mcp",
    readiness: { ready: true, upstreams: { auth: "ok", sync: "ok" } },
    modules: [],
    prompts: [],
    registry: createToolRegistry([], "underscore"),
    confinement: {
      confined: true,
      allowed: { net: [], read: [], write: [], run: [], ffi: [], sys: [], env: [], import: [] },
      excesses: [],
      missing: [],
    },
  } as const;
  const without = await homePage({ ...data, signInProblem: signInProblem("no", "auth") }, "n");
  assert.match(
    without,
    /The auth service signs no assistants in: start a sign-in server and set MANA_SIGN_IN_URL, or give your client the person&#39;s own token\. Below, your own token stands in place of TOKEN/,
  );
  assert.match(without, /--header &quot;Authorization: Bearer TOKEN&quot;/);
  assert.equal(/Add custom connector|opens a browser window where/.test(without), false);
  const usual = await homePage({ ...data, signInProblem: null }, "n");
  assert.match(usual, /opens a browser window where you sign in/);
  assert.equal(usual.includes("TOKEN"), false);
});
