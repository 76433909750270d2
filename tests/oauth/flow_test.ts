import assert from "node:assert/strict";
import { z } from "zod";
import { PASSWORD, SERVICE_KEY } from "../_support/test_backend.ts";
import { createFlow, onlyEmbedded } from "../_support/flow.ts";
import {
  allow,
  authorizeUrl,
  decode,
  exchange,
  form,
  introspect,
  ISSUER,
  redeem,
  refresh,
  refusalOf,
  register,
  RESOURCE,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";

Deno.test("flow: register, sign up, consent, code, token, refresh, introspect, exchange, revoke", {
  ignore: onlyEmbedded("accounts are made at the auth service"),
}, async () => {
  await using flow = await createFlow();
  const { client_id: clientId } = await register(flow);
  const browser = flow.browser();

  const signIn = await browser.open(authorizeUrl(clientId));
  assert.equal(new URL(signIn.url).pathname, "/sign-in");
  const signUp = await browser.open(`/sign-up${new URL(signIn.url).search}`);
  const consent = await browser.submit(signUp, "/sign-up", {
    name: "Anna",
    email: "anna@mana.test",
    password: PASSWORD,
  });
  assert.equal(new URL(consent.url).pathname, "/consent", JSON.stringify(flow.backendLog));
  assert.match(consent.html, /Connect “Test app” to Mana\?/);
  const done = await allow(browser, consent, {
    allow: ["notes:read", "notes:write", "todo:read"],
    until: "week",
  });
  assert.equal(done.status, 200);
  const back = returned(done);
  assert.equal(back.get("state"), "a state");
  assert.equal(back.get("iss"), ISSUER);
  const code = back.get("code") ?? "";

  const first = await tokensOf(await redeem(flow, clientId, code));
  assert.equal(first.scope, "todo:read notes:read notes:write offline_access");
  assert.equal(first.expiresIn, 900);
  const { header, claims } = decode(first.access);
  const iat = Math.floor(flow.clock.now / 1000);
  assert.deepEqual({ ...header, kid: "" }, { typ: "at+jwt", alg: "EdDSA", kid: "" });
  const person = z.string().parse(claims.sub);
  const gid = z.string().parse(claims.gid);
  assert.deepEqual({ ...claims, jti: "" }, {
    iss: ISSUER,
    aud: RESOURCE,
    sub: person,
    client_id: clientId,
    gid,
    gv: 0,
    scope: "todo:read notes:read notes:write offline_access",
    iat,
    exp: iat + 900,
    jti: "",
  });

  const { app_key: appKey, ...active } = await introspect(flow, first.access);
  assert.match(String(appKey), /^[A-Za-z0-9_-]{43}$/);
  assert.equal(active.active, true);

  const second = await tokensOf(await refresh(flow, clientId, first.refresh));
  assert.notEqual(second.refresh, first.refresh);
  assert.equal(second.scope, first.scope);
  assert.deepEqual(await introspect(flow, second.access), {
    active: true,
    sub: person,
    client_id: clientId,
    client_name: "Test app",
    app_key: appKey,
    scope: second.scope,
    exp: iat + 900,
    gid,
    space_count: 1,
  });

  const exchanged = z.object({ access_token: z.string() }).loose().parse(
    await (await exchange(flow, second.access)).json(),
  );
  assert.deepEqual({ ...exchanged, access_token: "" }, {
    access_token: "",
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: 300,
    scope: second.scope,
  });
  assert.deepEqual(decode(exchanged.access_token).claims, {
    sub: person,
    email: "anna@mana.test",
    role: "user",
    tier: "public",
    act: { sub: clientId },
    scope: second.scope,
    iat,
    exp: iat + 300,
    iss: ISSUER,
    aud: "mana",
  });
  const key = await flow.auth("/api/v1/me/encryption-vault/key", {
    headers: { authorization: `Bearer ${exchanged.access_token}` },
  });
  assert.equal(key.status, 200, await key.text());
  const notForIt = await flow.auth("/api/v1/me/encryption-vault/key", {
    headers: { authorization: `Bearer ${second.access}` },
  });
  assert.equal(notForIt.status, 401, await notForIt.text());

  const used = await flow.auth(`/api/v1/internal/grants/${gid}/use`, {
    method: "POST",
    headers: { "x-service-key": SERVICE_KEY, "content-type": "application/json" },
    body: JSON.stringify({ module: "notes", access: "read", count: 3 }),
  });
  assert.equal(used.status, 200, await used.text());
  assert.match((await browser.open("/apps")).html, /looked at Notes 3 times/);

  const revoked = await flow.auth(
    "/api/auth/oauth2/revoke",
    form({ token: second.refresh, client_id: clientId }),
  );
  assert.equal(revoked.status, 200, await revoked.text());
  assert.deepEqual(await introspect(flow, second.access), { active: false });
  assert.equal(await refusalOf(await refresh(flow, clientId, second.refresh)), "400 invalid_grant");
  assert.equal(await refusalOf(await exchange(flow, second.access)), "400 invalid_request");
  assert.deepEqual(flow.backendLog, []);
});
