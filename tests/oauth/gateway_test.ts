import assert from "node:assert/strict";
import { z } from "zod";
import { post, SERVICE_KEY, signIn } from "../_support/test_backend.ts";
import { createFlow, type Flow, onlyEmbedded } from "../_support/flow.ts";
import {
  connect,
  decode,
  exchange,
  form,
  introspect,
  ISSUER,
  refresh,
  refusalOf,
  register,
  RESOURCE,
  tokensOf,
} from "../_support/oauth_flow.ts";

const KEY = { "x-service-key": SERVICE_KEY };
const INTROSPECT = "/api/v1/oauth/introspect";
const Gid = z.string();

Deno.test("introspect: only with the service key", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { access } = await connect(flow, anna);
  for (
    const headers of [{}, { "x-service-key": "" }, { "x-service-key": "wrong" }, {
      "x-service-key": `${SERVICE_KEY} x`,
    }]
  ) {
    assert.equal((await flow.auth(INTROSPECT, form({ token: access }, headers))).status, 401);
  }
  assert.equal(await refusalOf(await flow.auth(INTROSPECT, form({}, KEY))), "400 invalid_request");
  await using closed = await createFlow({ serviceKey: undefined });
  assert.equal(
    (await closed.auth(INTROSPECT, form({ token: access }, { "x-service-key": "" }))).status,
    401,
  );
});

Deno.test("introspect: whatever is not an app's live token is inactive, without a reason", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { access, refresh: unused } = await connect(flow, anna);
  const session = (await signIn(flow, "anna@mana.test")).token;
  const exchanged = await exchangedToken(flow, access);
  const [head = "", body = "", signature = ""] = access.split(".");
  const other = btoa(JSON.stringify({ ...decode(access).claims, scope: "notes:destructive" }));
  const forged = `${head}.${other.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_")}.${signature}`;
  const none = `${btoa('{"typ":"at+jwt","alg":"none"}').replace(/=+$/, "")}.${body}.`;
  for (const token of [session, exchanged, unused, forged, none, `${access}x`, "nonsense"]) {
    assert.deepEqual(await introspect(flow, token), { active: false });
  }
});

Deno.test("introspect: a token for another resource, or of another installation, is inactive", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const mine = await connect(flow, anna);
  await using elsewhere = await createFlow({ gatewayAddresses: ["https://elsewhere.test/mcp"] });
  const ben = await elsewhere.personWithBrowser("ben");
  const theirs = await connect(elsewhere, ben, {}, { resource: "https://elsewhere.test/mcp" });
  assert.equal((await introspect(elsewhere, theirs.access)).active, true);
  assert.equal((await introspect(flow, theirs.access)).active, false);
  assert.equal((await introspect(elsewhere, mine.access)).active, false);
});

Deno.test("exchange: for the gateway and nobody else", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { access, clientId } = await connect(flow, anna);
  for (const headers of [{}, { "x-service-key": "" }, { "x-service-key": "wrong" }]) {
    assert.equal(
      await refusalOf(await exchange(flow, access, { client_id: clientId }, headers)),
      "401 invalid_client",
    );
  }
  await using closed = await createFlow({ serviceKey: undefined });
  const ben = await closed.personWithBrowser("ben");
  const his = await connect(closed, ben);
  for (const headers of [{}, KEY, { "x-service-key": "" }]) {
    assert.equal(
      await refusalOf(await exchange(closed, his.access, {}, headers)),
      "400 unsupported_grant_type",
    );
  }
  const grants = async (one: Flow) =>
    (await (await one.auth("/.well-known/oauth-authorization-server")).json()).grant_types_supported.length;
  assert.deepEqual([await grants(flow), await grants(closed)], [3, 2]);
});

Deno.test("exchange: an app's live token, for the audience of the services, and nothing else", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { access, refresh: unused } = await connect(flow, anna);
  const session = (await signIn(flow, "anna@mana.test")).token;
  const exchanged = await exchangedToken(flow, access);
  for (const token of [session, exchanged, unused, "nonsense"]) {
    assert.equal(await refusalOf(await exchange(flow, token)), "400 invalid_request");
  }
  const cases: [Record<string, string>, string][] = [
    [{ audience: "billing" }, "400 invalid_target"],
    [{ audience: RESOURCE }, "400 invalid_target"],
    [{ resource: RESOURCE }, "400 invalid_target"],
    [{ audience: "" }, "400 invalid_target"],
    [{ subject_token_type: "urn:ietf:params:oauth:token-type:jwt" }, "400 invalid_request"],
    [{ requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" }, "400 invalid_request"],
    [{ subject_token: "" }, "400 invalid_request"],
  ];
  for (const [changes, expected] of cases) {
    assert.equal(await refusalOf(await exchange(flow, access, changes)), expected, JSON.stringify(changes));
  }
});

Deno.test("exchange: never past the end of the grant, never after it", {
  ignore: onlyEmbedded("the exchanged token is the auth service's own, with its own life and rights"),
}, async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const granted = await connect(flow, anna, { until: "day" });
  flow.clock.now += 24 * 3600_000 - 100_000;
  const { access } = await tokensOf(await refresh(flow, granted.clientId, granted.refresh));
  const { exp, iat } = z.looseObject({ exp: z.number(), iat: z.number() }).parse(
    decode(await exchangedToken(flow, access)).claims,
  );
  assert.equal(exp - iat, 100);
  flow.clock.now += 100_000;
  assert.equal(await refusalOf(await exchange(flow, access)), "400 invalid_request");
});

Deno.test("exchange: the token opens what is there, and changes nothing about the key", {
  ignore: onlyEmbedded("the exchanged token is the auth service's own, with its own life and rights"),
}, async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { access, clientId } = await connect(flow, anna);
  const token = await exchangedToken(flow, access);
  const { claims, header } = decode(token);
  assert.equal(header.typ, undefined);
  assert.deepEqual(claims.act, { sub: clientId });
  assert.equal(claims.sid, undefined);
  const authorization = `Bearer ${token}`;
  const vault = "/api/v1/me/encryption-vault";
  assert.equal((await flow.auth(`${vault}/key`, { headers: { authorization } })).status, 200);
  for (const path of ["/rotate", "/init", "/zero-knowledge", "/recovery-wrap"]) {
    assert.equal(
      (await flow.auth(vault + path, post({ enable: true }, { authorization }))).status,
      403,
      path,
    );
  }
  const list = await flow.auth("/api/auth/organization/list", { headers: { authorization } });
  assert.equal(list.status, 200);
  const session = (await signIn(flow, "anna@mana.test")).token;
  assert.equal(
    (await flow.auth(`${vault}/rotate`, post({}, { authorization: `Bearer ${session}` }))).status,
    200,
  );
});

Deno.test("an app's token never passes for the person's own, not even where both have one audience", async () => {
  await using flow = await createFlow({ audience: RESOURCE });
  const anna = await flow.personWithBrowser("anna");
  const { access } = await connect(flow, anna);
  assert.equal((await introspect(flow, access)).active, true);
  const headers = { authorization: `Bearer ${access}` };
  for (const path of ["/api/v1/me/encryption-vault/key", "/api/auth/organization/list"]) {
    assert.equal((await flow.auth(path, { headers })).status, 401, path);
  }
  const session = (await signIn(flow, "anna@mana.test")).token;
  assert.deepEqual(await introspect(flow, session), { active: false });
});

Deno.test("use: counts by permission and last time, for grants that exist", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { access } = await connect(flow, anna);
  const gid = Gid.parse(decode(access).claims.gid);
  const use = async (body: unknown, id = gid, headers: Record<string, string> = KEY) =>
    (await flow.auth(`/api/v1/internal/grants/${id}/use`, post(body, headers))).status;
  const read = { module: "notes", access: "read", count: 2 };
  assert.equal(await use(read, gid, {}), 401);
  assert.equal(await use(read, "nobody"), 404);
  for (
    const bad of [{}, { ...read, count: 0 }, { ...read, count: 1.5 }, { ...read, module: "secret title" }, {
      ...read,
      access: "all",
    }, "x"]
  ) assert.equal(await use(bad), 400);
  assert.equal(await use(read), 200);
  flow.clock.now += 3 * 24 * 3600_000;
  assert.equal(await use(read), 200);
  assert.equal(await use({ module: "todo", access: "write", count: 1 }), 200);
  const { html } = await anna.open("/apps");
  assert.match(html, /looked at Notes 4 times/);
  assert.match(html, /wrote to To-dos once/);
  assert.match(html, /4 May 2026/);
});

Deno.test("the provider's own endpoints: nobody gets past what guards them", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(`/api/auth/oauth2/authorize?client_id=${client_id}`);
  assert.equal(page.status, 400);
  const cookie = [...anna.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { cookie, origin: ISSUER };
  const posts = [
    "/oauth2/consent",
    "/oauth2/continue",
    "/oauth2/introspect",
    "/oauth2/create-client",
    "/oauth2/update-client",
    "/oauth2/delete-client",
    "/oauth2/update-consent",
    "/oauth2/delete-consent",
    "/oauth2/authorize",
    "/admin/oauth2/create-client",
    "/admin/oauth2/resources",
    "/oauth2//token",
    "/%6fauth2/consent",
    "/oauth2/register/",
  ];
  for (const path of posts) {
    const url = `/api/auth${path}`;
    const answers = [
      await flow.auth(url, post({ accept: true, token: "x" }, headers)),
      await flow.auth(url, form({ accept: "true", token: "x", client_id }, headers)),
    ];
    const statuses = answers.map(({ status }) => status).sort();
    // One encoding may be refused before the path is; the right one finds nothing.
    assert.ok(statuses[0] === 404 && (statuses[1] === 404 || statuses[1] === 415), `${path}: ${statuses}`);
  }
  for (
    const path of ["/oauth2/userinfo", "/oauth2/get-clients", "/oauth2/get-consents", "/oauth2/end-session"]
  ) {
    assert.equal((await flow.auth(`/api/auth${path}`, { headers })).status, 404, path);
  }
  for (const path of ["/sign-access-token", "/read-authorization", "/signAccessToken", "/sign-jwt"]) {
    assert.equal(
      (await flow.auth(`/api/auth${path}`, post({ payload: { sub: "x" } }, headers))).status,
      404,
      path,
    );
  }
});

async function exchangedToken(flow: Flow, token: string): Promise<string> {
  const answer = await exchange(flow, token);
  assert.equal(answer.status, 200, await answer.clone().text());
  return z.looseObject({ access_token: z.string() }).parse(await answer.json()).access_token;
}
