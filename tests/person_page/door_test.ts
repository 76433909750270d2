// The door for the sign-in server's pages: only a page of that server gets in, with one question, for the person who looks at it.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { ISSUER, RESOURCE } from "../_support/oauth_flow.ts";
import { AUTH_URL } from "../_support/test_backend.ts";
import { GATEWAY_URL } from "../_support/world.ts";
import {
  asker,
  BODY,
  createConnectedPages,
  createPages,
  DECIDE,
  isNothing,
  pageClaims,
  publishKey,
  send,
  sentForm,
  SHOW,
} from "./_pages.ts";

const PAGE = { typ: "mana-page+jwt" };
const DECISION = { typ: "mana-decision+jwt" };

Deno.test("a page is answered, for the person who looks at it, with what it asked for", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const person = { userId: anna.id, sessionId: "hers" };
  const shown = await asker(world).show(person, SHOW, { word: "hello" });
  assert.deepEqual(shown, { ok: true, answer: { word: "hello", now: world.clock.now } });
  const decided = await asker(world).decide(person, DECIDE, { word: "yes" }, await sentForm());
  assert.equal(decided.ok, true);
  assert.deepEqual(world.played.asked, [
    { word: "hello", subject: anna.id },
    { word: "yes", subject: anna.id },
  ]);
  assert.deepEqual(world.pageCalls.map(({ method, url }) => [method, url]), [
    ["POST", `${GATEWAY_URL}/person/activity/call`],
    ["POST", `${GATEWAY_URL}/person/undo/apply`],
  ]);
});

Deno.test("a page token of the test's own key opens the door: the refusals below are about what they name", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  const shown = await send(world, { person: anna, pageToken: await sign(pageClaims(world, anna), PAGE) });
  assert.equal(shown.status, 200, shown.text);
  assert.equal(shown.headers.get("cache-control"), "no-store");
  const claims = pageClaims(world, anna, { action: "undo/apply" });
  const decided = await send(world, {
    action: "undo/apply",
    person: anna,
    pageToken: await sign(claims, DECISION),
  });
  assert.equal(decided.status, 200, decided.text);
});

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Claims or a header that make a good page token a bad one, and what the log says. */
const BAD: readonly (readonly [
  what: string,
  fault: string,
  claims: (now: number, bens: string) => Record<string, unknown>,
  header?: Record<string, unknown>,
])[] = [
  ["for another action", "token-malformed", () => ({ action: "undo/apply" })],
  ["for no action", "token-malformed", () => ({ action: undefined })],
  ["for another body", "body-other", () => ({ body: hash("sha256", `${BODY} `, "base64url") })],
  ["for no body", "token-malformed", () => ({ body: undefined })],
  ["of another person", "person-other", (_now, bens) => ({ sub: bens })],
  ["of nobody", "token-malformed", () => ({ sub: undefined })],
  ["for another gateway", "token-audience", () => ({ aud: "https://mcp.other.test/mcp/person" })],
  ["for the gateway's own address, as an app's", "token-audience", () => ({ aud: RESOURCE })],
  ["for the services", "token-audience", () => ({ aud: "mana" })],
  [
    "for two gateways",
    "token-malformed",
    () => ({ aud: [`${RESOURCE}/person`, "https://x.test/mcp/person"] }),
  ],
  ["for an address that only begins alike", "token-audience", () => ({ aud: `${RESOURCE}/x/person` })],
  ["for an address with another ending as long", "token-audience", () => ({ aud: `${RESOURCE}/others` })],
  ["of another issuer", "token-issuer", () => ({ iss: "https://sign-in.other.test" })],
  ["that has ended", "token-expired", (now) => ({ iat: seconds(now) - 60, exp: seconds(now) })],
  ["without an end", "token-expired", () => ({ exp: undefined })],
  ["that lives too long", "token-expired", (now) => ({ exp: seconds(now) + 61 })],
  ["of the future", "token-not-yet-valid", (now) => ({ iat: seconds(now) + 31, exp: seconds(now) + 91 })],
  ["without a start", "token-malformed", () => ({ iat: undefined })],
  ["without an id", "token-malformed", () => ({ jti: undefined })],
  ["of the type of decisions", "token-malformed", () => ({}), DECISION],
  ["of the type of apps' tokens", "token-malformed", () => ({}), { typ: "at+jwt" }],
  ["of the type of a person's own tokens", "token-malformed", () => ({}), { typ: "JWT" }],
  ["of no type", "token-malformed", () => ({}), { typ: undefined }],
  ["with a type in other letters", "token-malformed", () => ({}), { typ: "MANA-PAGE+JWT" }],
  ["of a key that nobody publishes", "token-key-unknown", () => ({}), { kid: "another" }],
];

Deno.test("a page token that is wrong in one thing opens nothing, as at a path that is not there", async (t) => {
  for (const [what, fault, claims, header] of BAD) {
    await t.step(`a page token ${what}`, async () => {
      await using world = await createPages();
      const [anna, ben] = [await world.person("anna"), await world.person("ben")];
      const sign = await publishKey(world);
      const bad = await sign(pageClaims(world, anna, claims(world.clock.now, ben.id)), {
        ...PAGE,
        ...header,
      });
      await isNothing(world, { person: anna, pageToken: bad }, fault);
    });
  }
});

Deno.test("a page token that only shows decides nothing", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  const pageToken = await sign(pageClaims(world, anna, { action: "undo/apply" }), PAGE);
  await isNothing(world, { action: "undo/apply", person: anna, pageToken }, "token-malformed");
});

Deno.test("no token that an agent or a service may hold is a page token, nor does one open the door alone", async () => {
  await using world = await createConnectedPages();
  const { anna, app, exchanged } = world.tokens;
  for (const token of [anna, app, exchanged]) {
    for (const action of ["activity/call", "undo/apply"]) {
      await isNothing(world, { action, person: { token } }, "token-missing");
      await isNothing(world, { action, person: { token }, pageToken: token }, "token-malformed");
      await isNothing(world, { action, person: { token: anna }, pageToken: token }, "token-malformed");
    }
  }
  await isNothing(world, {}, "token-missing");
  await isNothing(world, { pageToken: "no.token.at-all" }, "token-malformed");
});

Deno.test("a good page token beside another token than the person's own: 401", async () => {
  await using world = await createConnectedPages();
  const { app, exchanged } = world.tokens;
  const sign = await publishKey(world);
  const claims = pageClaims(world, world.person, { iss: ISSUER });
  for (const token of [app, exchanged]) {
    const answer = await send(world, { person: { token }, pageToken: await sign(claims, PAGE) });
    assert.equal(answer.status, 401, answer.text);
    assert.deepEqual(JSON.parse(answer.text), {
      error: { code: "unauthorized", message: "Only the person's own token is good here." },
    });
  }
  assert.deepEqual(world.played.asked, []);
});

Deno.test("a good page token beside a token that an app acts with, or that has a scope: each sign alone is enough for 401", async () => {
  await using world = await createPages();
  const anna = await world.person("anna");
  const sign = await publishKey(world);
  const exp = Math.floor(world.clock.now / 1000) + 300;
  const own = { iss: AUTH_URL, aud: "mana", sub: anna.id, exp };
  const ask = async (claims: Record<string, unknown>) => {
    const token = await sign({ ...own, ...claims });
    return (await send(world, { person: { token }, pageToken: await sign(pageClaims(world, anna), PAGE) }))
      .status;
  };
  assert.equal(await ask({}), 200);
  assert.equal(await ask({ act: { sub: "an app" } }), 401);
  assert.equal(await ask({ act: null }), 401);
  assert.equal(await ask({ scope: "mana:read" }), 401);
  assert.equal(await ask({ scope: "" }), 401);
});
