import assert from "node:assert/strict";
import { createFlow } from "../_support/flow.ts";
import {
  connect,
  decode,
  form,
  getCode,
  introspect,
  redeem,
  REDIRECT,
  refresh,
  refusalOf,
  register,
  RESOURCE,
  tokensOf,
  VERIFIER,
} from "../_support/oauth_flow.ts";

const TOKEN = "/api/auth/oauth2/token";

Deno.test("code: used twice, it takes back what it gave", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { clientId, code, access, refresh: token } = await connect(flow, anna);
  assert.equal((await introspect(flow, access)).active, true);
  assert.equal(await refusalOf(await redeem(flow, clientId, code)), "400 invalid_grant");
  assert.deepEqual(await introspect(flow, access), { active: false });
  assert.equal(await refusalOf(await refresh(flow, clientId, token)), "400 invalid_grant");
});

Deno.test("code: of two redemptions at once none keeps anything", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const code = await getCode(anna, client_id);
  const answers = await Promise.all([redeem(flow, client_id, code), redeem(flow, client_id, code)]);
  for (const answer of answers) {
    if (answer.status !== 200) {
      assert.equal(await refusalOf(answer), "400 invalid_grant");
      continue;
    }
    assert.deepEqual(await introspect(flow, (await tokensOf(answer)).access), { active: false });
  }
});

Deno.test("code: wrong verifier, none, another address, another client, another resource, too late", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const { client_id: other } = await register(flow);
  const cases: [Record<string, string>, string][] = [
    [{ code_verifier: "a".repeat(43) }, "400 invalid_grant"],
    [{ code_verifier: "" }, "400 invalid_request"],
    [{ redirect_uri: `${REDIRECT}/other` }, "400 invalid_grant"],
    [{ redirect_uri: "http://127.0.0.1:1/callback" }, "400 invalid_grant"],
    [{ client_id: other }, "400 invalid_grant"],
    [{ client_id: "nobody" }, "401 invalid_client"],
    [{ resource: "https://elsewhere.test/mcp" }, "400 invalid_target"],
    [{ resource: "http://localhost:3069/mcp" }, "400 invalid_target"], // ours, but not what was asked for
    [{ code: "nonsense" }, "400 invalid_grant"],
    [{ code: "" }, "400 invalid_request"],
    [{ grant_type: "password" }, "400 unsupported_grant_type"],
    [{ grant_type: "client_credentials" }, "400 unsupported_grant_type"],
    [{ grant_type: "" }, "400 unsupported_grant_type"],
  ];
  for (const [changes, expected] of cases) {
    const code = await getCode(anna, client_id);
    assert.equal(
      await refusalOf(await redeem(flow, client_id, code, changes)),
      expected,
      JSON.stringify(changes),
    );
  }
  const code = await getCode(anna, client_id);
  flow.clock.now += 121_000;
  assert.equal(await refusalOf(await redeem(flow, client_id, code)), "400 invalid_grant");
});

Deno.test("code: after a wrong verifier the right one comes too late", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const code = await getCode(anna, client_id);
  await refusalOf(await redeem(flow, client_id, code, { code_verifier: "b".repeat(43) }));
  assert.equal(await refusalOf(await redeem(flow, client_id, code)), "400 invalid_grant");
});

Deno.test("token: a form with each parameter once, or nothing", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const code = await getCode(anna, client_id);
  const fields = {
    grant_type: "authorization_code",
    code,
    client_id,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
  };
  const body = `${new URLSearchParams(fields)}&code_verifier=${VERIFIER}`;
  const type = "application/x-www-form-urlencoded";
  for (
    const init of [
      { method: "POST", body, headers: { "content-type": type } },
      { method: "POST", body: JSON.stringify(fields), headers: { "content-type": "application/json" } },
      { method: "POST" },
    ]
  ) assert.equal(await refusalOf(await flow.auth(TOKEN, init)), "400 invalid_request");
  assert.equal((await flow.auth(TOKEN)).status, 404);
});

Deno.test("refresh: works on, and each token once; used again it ends the grant", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const first = await connect(flow, anna);
  let last = first;
  for (let turn = 0; turn < 5; turn += 1) {
    flow.clock.now += 800_000;
    last = { ...last, ...await tokensOf(await refresh(flow, first.clientId, last.refresh)) };
    assert.equal(last.scope, first.scope);
    assert.equal(decode(last.access).claims.gid, decode(first.access).claims.gid);
  }
  assert.equal((await introspect(flow, last.access)).active, true);
  assert.equal(await refusalOf(await refresh(flow, first.clientId, first.refresh)), "400 invalid_grant");
  assert.deepEqual(await introspect(flow, last.access), { active: false });
  assert.equal(await refusalOf(await refresh(flow, first.clientId, last.refresh)), "400 invalid_grant");
});

Deno.test("refresh: not for another client, not for another resource, not without the token", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const mine = await connect(flow, anna);
  const other = await register(flow);
  assert.equal(await refusalOf(await refresh(flow, other.client_id, mine.refresh)), "400 invalid_grant");
  assert.equal(await refusalOf(await refresh(flow, "nobody", mine.refresh)), "401 invalid_client");
  const elsewhere = { resource: "https://elsewhere.test/mcp" };
  assert.equal(
    await refusalOf(await refresh(flow, mine.clientId, mine.refresh, elsewhere)),
    "400 invalid_target",
  );
  assert.equal(await refusalOf(await refresh(flow, mine.clientId, mine.access)), "400 invalid_grant");
  const next = await tokensOf(await refresh(flow, mine.clientId, mine.refresh, { resource: RESOURCE }));
  // Another client that shows a used token of mine ends nothing of mine.
  assert.equal(await refusalOf(await refresh(flow, other.client_id, mine.refresh)), "400 invalid_grant");
  assert.equal((await introspect(flow, next.access)).active, true);
});

Deno.test("refresh: never more than the app asked for, never more than the person allowed", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const asked = { scope: "mana:read notes:write offline_access" };
  const granted = await connect(flow, anna, { allow: ["notes:read", "notes:write", "todo:read"] }, asked);
  let token = granted.refresh;
  for (
    const scope of [
      "notes:destructive",
      "mana:write",
      "mana:read mana:destructive",
      "todo:write notes:read",
      "",
    ]
  ) {
    const answer = await refresh(flow, granted.clientId, token, { scope });
    assert.equal(await refusalOf(answer), "400 invalid_scope", scope);
  }
  const cases: [string, string][] = [
    ["notes:read", "notes:read offline_access"],
    ["mana:read notes:write offline_access", "todo:read notes:read notes:write offline_access"], // its first words
    ["journal:read notes:read", "notes:read offline_access"], // asked for once, never allowed
    ["notes:read space:abc", "notes:read space:abc offline_access"],
  ];
  for (const [scope, expected] of cases) {
    const next = await tokensOf(await refresh(flow, granted.clientId, token, { scope }));
    assert.equal(next.scope, expected);
    token = next.refresh;
  }
  assert.equal(
    await refusalOf(await refresh(flow, granted.clientId, token, { scope: "journal:read" })),
    "400 invalid_scope",
  );
  // One narrow token does not narrow the grant (RFC 6749, section 6).
  const whole = await tokensOf(await refresh(flow, granted.clientId, token));
  assert.equal(whole.scope, granted.scope);
});

Deno.test("refresh: not beyond the end that the person chose, and the last token is short", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const granted = await connect(flow, anna, { until: "day" });
  flow.clock.now += 24 * 3600_000 - 100_000;
  const last = await tokensOf(await refresh(flow, granted.clientId, granted.refresh));
  assert.equal(last.expiresIn, 100);
  flow.clock.now += 100_000;
  assert.equal((await introspect(flow, last.access)).active, false);
  assert.match((await anna.open("/apps")).html, /No app is connected/);
  assert.equal(await refusalOf(await refresh(flow, granted.clientId, last.refresh)), "400 invalid_grant");
});

Deno.test("refresh: none without offline_access", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const answer = await redeem(flow, client_id, await getCode(anna, client_id, {}, { scope: "notes:read" }));
  assert.deepEqual(Object.keys(await answer.json()).sort(), [
    "access_token",
    "expires_in",
    "scope",
    "token_type",
  ]);
});

Deno.test("client: a secret has to be right, and in its place", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  for (const method of ["client_secret_basic", "client_secret_post"]) {
    const { client_id, client_secret = "" } = await register(flow, { token_endpoint_auth_method: method });
    const basic = { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` };
    const isBasic = method === "client_secret_basic";
    const send = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
      const code = await getCode(anna, client_id);
      const body = {
        grant_type: "authorization_code",
        code,
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
        ...fields,
      };
      return await flow.auth(TOKEN, form(body, headers));
    };
    assert.equal(await refusalOf(await send({ client_id })), "401 invalid_client");
    assert.equal(await refusalOf(await send({ client_id, client_secret: "wrong" })), "401 invalid_client");
    const wrong = { authorization: `Basic ${btoa(`${client_id}:wrong`)}` };
    assert.equal(await refusalOf(await send({}, wrong)), "401 invalid_client");
    assert.equal(await refusalOf(await send({}, { authorization: "Basic %%%" })), "401 invalid_client");
    const { access } = await tokensOf(
      isBasic ? await send({}, basic) : await send({ client_id, client_secret }),
    );

    const revoke = async (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      (await flow.auth("/api/auth/oauth2/revoke", form({ token: access, ...fields }, headers))).status;
    assert.equal(await revoke({ client_id }), 401);
    assert.equal(await revoke({ client_id, client_secret: "wrong" }), 401);
    assert.equal((await introspect(flow, access)).active, true);
    assert.equal(isBasic ? await revoke({}, basic) : await revoke({ client_id, client_secret }), 200);
    assert.equal((await introspect(flow, access)).active, false);
  }
});

Deno.test("revoke: an app ends its own grant with either token, and nobody else's", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const other = await register(flow);
  const revoke = async (client_id: string, token: string) =>
    (await flow.auth("/api/auth/oauth2/revoke", form({ token, client_id }))).status;
  for (const kind of ["access", "refresh"] as const) {
    const mine = await connect(flow, anna);
    assert.equal(await revoke(other.client_id, mine[kind]), 200);
    assert.equal(await revoke(mine.clientId, "nonsense"), 200);
    assert.equal((await introspect(flow, mine.access)).active, true);
    assert.equal(await revoke("nobody", mine[kind]), 401);
    assert.equal(await revoke(mine.clientId, mine[kind]), 200);
    assert.deepEqual(await introspect(flow, mine.access), { active: false });
    assert.equal(await refusalOf(await refresh(flow, mine.clientId, mine.refresh)), "400 invalid_grant");
  }
  const late = await connect(flow, anna);
  flow.clock.now += 3600_000;
  assert.equal(await revoke(late.clientId, late.access), 200);
  assert.equal(await refusalOf(await refresh(flow, late.clientId, late.refresh)), "400 invalid_grant");
});

Deno.test("grant: connecting again replaces what one installation of an app had", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const ben = await flow.personWithBrowser("ben");
  const before = await connect(flow, anna);
  const bens = await tokensOf(await redeem(flow, before.clientId, await getCode(ben, before.clientId)));
  const after = await tokensOf(await redeem(flow, before.clientId, await getCode(anna, before.clientId)));
  assert.equal((await introspect(flow, before.access)).active, false);
  assert.equal((await introspect(flow, after.access)).active, true);
  assert.equal((await introspect(flow, bens.access)).active, true);
});
