// The way between pages and gateway in an operator's installation, with a sign-in server of its own, and what is announced of it.
import assert from "node:assert/strict";
import { z } from "zod";
import { createAuthorizationServer } from "../../lib/people/authorization_server.ts";
import { createLog } from "../../lib/observe/log.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { clockOf } from "../_support/fake_clock.ts";
import { createProductionWorld, type ProductionWorld } from "../_support/production_world.ts";
import { createTestBackend } from "../_support/test_backend.ts";
import { DECIDE, playedActions, sentForm, SHOW } from "./_pages.ts";

/** A production in which Anna is signed in at a browser. */
async function createSignedIn() {
  const { played, personActions } = playedActions();
  const world = await createProductionWorld({ hasPages: true, personActions });
  const anna = await world.services.people.make("anna");
  const browser = await world.signIn.signedIn(anna);
  return Object.assign(world, { played, anna, browser, person: await signedInPerson(world, anna.id) });
}

/** Whose browser it is, as a page finds it by the cookie. */
async function signedInPerson({ signIn }: ProductionWorld, userId: string) {
  const { holder } = await signIn.signIn.db.selectFrom("auth_sessions").select("holder")
    .where("holder", "like", "session:%").executeTakeFirstOrThrow();
  return { userId, sessionId: holder.slice("session:".length) };
}

function pagesOf({ signIn }: ProductionWorld) {
  const { gateway } = signIn.server;
  assert.ok(gateway);
  return gateway;
}

Deno.test("production: pages ask with the session's own token, which the auth service has signed", async () => {
  await using world = await createSignedIn();
  const { person, played } = world;
  assert.equal((await pagesOf(world).show(person, SHOW, { word: "hello" })).ok, true);
  assert.equal((await pagesOf(world).decide(person, DECIDE, { word: "yes" }, await sentForm())).ok, true);
  assert.deepEqual(played.asked.map(({ subject }) => subject), [world.anna.id, world.anna.id]);
  for (const line of [...world.logLines, ...world.signIn.log.map((entry) => JSON.stringify(entry))]) {
    assert.equal(line.includes("eyJ") || line.includes(world.anna.id), false, line);
  }
});

Deno.test("production: a person who signed out at the browser, or whose auth service is down, is told so", async () => {
  await using world = await createSignedIn();
  const { person, browser } = world;
  world.clock.now += 20 * 60_000; // the token of the page that came after signing in is over
  world.signInToAuth = () => Promise.reject(new TypeError("refused"));
  await assert.rejects(pagesOf(world).show(person, SHOW, { word: "a" }), { reason: "unavailable" });
  world.signInToAuth = null;
  await browser.submit(await browser.open("/apps"), "/sign-out");
  await assert.rejects(pagesOf(world).show(person, SHOW, { word: "a" }), { reason: "gone" });
  assert.deepEqual(world.played.asked, []);
});

Deno.test("production: where the gateway cannot ask the auth service for its keys, the page is told which service it is", async () => {
  await using world = await createSignedIn();
  world.clock.now += 20 * 60_000; // the keys that the page after signing in has needed are believed no more
  world.gatewayToServices = ({ url }) =>
    url.endsWith("/api/auth/jwks") ? Promise.reject(new TypeError("refused")) : undefined;
  assert.deepEqual(await pagesOf(world).show(world.person, SHOW, { word: "a" }), {
    ok: false,
    fault: "refused",
    code: "auth-down",
  });
});

const Metadata = z.looseObject({ mana_approvals_uri: z.string().optional(), mana_apps_uri: z.string() });

Deno.test("metadata: the page of approvals is announced only where the gateway is known", async () => {
  for (
    const [deps, uri] of [
      [{}, undefined],
      [
        { gatewayUrl: "http://127.0.0.1:3069", fetch: () => Promise.reject(new TypeError("not here")) },
        "http://auth.test/approvals",
      ],
    ] as const
  ) {
    await using services = await createTestBackend(deps);
    const answer = await services.auth("/.well-known/oauth-authorization-server");
    const metadata = Metadata.parse(await answer.json());
    assert.equal(metadata.mana_approvals_uri, uri);
    assert.equal(metadata.mana_apps_uri, "http://auth.test/apps", "the page of apps is always there");
  }
});

/** What a gateway makes of the metadata's member. */
async function approvalsOf(issuer: string, member: unknown): Promise<string | null> {
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    mana_approvals_uri: member,
    mana_apps_uri: member,
    mana_activity_uri: member,
  };
  const clock = clockOf(() => 0);
  const server = createAuthorizationServer({
    services: createServiceClient({ fetch: () => Promise.resolve(Response.json(metadata)), clock }),
    name: "sign-in",
    url: "http://10.0.0.1:3002",
    issuers: ["https://sign-in.test"],
    log: createLog({ level: "info", clock, write: () => {} }),
    clock,
  });
  const page = await server.approvals();
  assert.equal(await server.apps(), page, "all are believed alike");
  assert.equal(await server.activity(), page, "all are believed alike");
  return page;
}

Deno.test("metadata: people are sent to a page below the issuer that is believed, and nowhere else", async () => {
  const issuer = "https://sign-in.test";
  assert.equal(await approvalsOf(issuer, `${issuer}/approvals`), `${issuer}/approvals`);
  for (
    const member of [
      undefined,
      null,
      7,
      "",
      issuer,
      "/approvals",
      "https://sign-in.test.evil.test/approvals",
      "https://sign-in.test@evil.test/approvals",
      "https://evil.test/approvals",
      "http://sign-in.test/approvals",
      `${issuer}/../approvals`,
      `${issuer}/approvals?to=x`,
      `${issuer}/approvals#x`,
      `${issuer}/approvals `,
      "javascript:alert(1)",
    ]
  ) assert.equal(await approvalsOf(issuer, member), null, String(member));
  assert.equal(await approvalsOf("https://another.test", "https://another.test/approvals"), null);
});
