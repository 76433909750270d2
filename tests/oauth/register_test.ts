import assert from "node:assert/strict";
import { UNUSED_CLIENT_MS, UNUSED_CLIENTS } from "../../backend/limits.ts";
import { post } from "../backend/_test_backend.ts";
import {
  authorizeUrl,
  connect,
  createFlow,
  getCode,
  redeem,
  refusalOf,
  register,
  tokensOf,
} from "./_flow.ts";

const REGISTER = "/api/auth/oauth2/register";

Deno.test("register: where codes may be sent", async () => {
  using flow = await createFlow();
  const good = [
    "https://claude.ai/api/mcp/auth_callback",
    "https://app.test:8443/cb?x=1",
    "http://127.0.0.1/cb",
    "http://127.0.0.1:33418/cb",
    "http://[::1]:3000/cb",
    "http://localhost:6274/oauth/callback",
    "cursor://anysphere.cursor-retrieval/oauth/user-mana/callback",
    "vscode://dynamicauthprovider/1/authorize",
    "com.example.app:/cb",
  ];
  for (const uri of good) await register(flow, { redirect_uris: [uri] });
  const bad = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "about:blank",
    "blob:https://a.test/x",
    "intent://x#Intent;end",
    "ms-msdt:/id",
    "view-source:https://a.test",
    "http://app.test/cb",
    "http://127.0.0.2/cb",
    "http://127.0.0.1.evil.test/cb",
    "http://localhost.evil.test/cb",
    "https://localhost/cb",
    "https://a.test/cb#x",
    "https://user:pass@a.test/cb",
    "https://a.test/c b",
    "https://a.test/\\evil",
    ' https://a.test/"onload=x',
    "https://a.test/ü",
    "/cb",
    "",
    `https://a.test/${"x".repeat(600)}`,
  ];
  for (const uri of bad) {
    const answer = await flow.fetch(REGISTER, post({ redirect_uris: ["https://a.test/cb", uri] }));
    assert.equal(await refusalOf(answer), "400 invalid_redirect_uri", uri);
  }
});

Deno.test("register: what an old client leaves out, and what nobody may ask", async () => {
  using flow = await createFlow();
  const answer = await flow.fetch(
    REGISTER,
    post({ redirect_uris: ["http://127.0.0.1:1/cb"], token_endpoint_auth_method: "none" }),
  );
  assert.equal(answer.status, 201);
  const { client_id, client_id_issued_at, ...rest } = await answer.json();
  assert.match(client_id, /^[\w-]{22}$/);
  assert.equal(client_id_issued_at, Math.floor(flow.test.clock.now / 1000));
  assert.deepEqual(rest, {
    client_name: "127.0.0.1:1",
    redirect_uris: ["http://127.0.0.1:1/cb"],
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  });
  const refused = [
    {},
    { redirect_uris: [] },
    { redirect_uris: "https://a.test" },
    { redirect_uris: Array(11).fill("https://a.test/cb") },
    { redirect_uris: ["https://a.test/cb"], grant_types: ["client_credentials"] },
    { redirect_uris: ["https://a.test/cb"], response_types: ["token"] },
    { redirect_uris: ["https://a.test/cb"], token_endpoint_auth_method: "private_key_jwt" },
  ];
  for (const body of refused) {
    assert.equal(await refusalOf(await flow.fetch(REGISTER, post(body))), "400 invalid_client_metadata");
  }
  for (const init of [{ method: "POST", body: "no json" }, post("x".repeat(70_000))]) {
    assert.equal((await flow.fetch(REGISTER, init)).status, 400);
  }
});

Deno.test("register: nothing self-asserted raises a client's rights", async () => {
  using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow, {
    skip_consent: true,
    require_pkce: false,
    scope: "admin",
    client_id: "chosen",
    disabled: false,
    type: "native",
    user_id: "x",
  });
  assert.notEqual(client_id, "chosen");
  assert.equal(new URL((await anna.open(authorizeUrl(client_id))).url).pathname, "/consent");
  const bare = await anna.open(
    authorizeUrl(client_id, { code_challenge: undefined, code_challenge_method: undefined }),
  );
  assert.match(bare.leaves ?? "", /error=invalid_request/);
});

Deno.test("register: a flood is bounded, and clients that somebody uses survive it", async () => {
  using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const used = await connect(flow, anna);
  const started = await register(flow);
  flow.test.clock.now += 1;
  for (let n = 1; n < UNUSED_CLIENTS; n += 1) await register(flow);
  const refused = await flow.fetch(REGISTER, post({ redirect_uris: ["https://a.test/cb"] }));
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), String(UNUSED_CLIENT_MS / 1000));
  assert.equal(await refusalOf(refused), "429 temporarily_unavailable");

  flow.test.clock.now += UNUSED_CLIENT_MS - 1;
  await register(flow);
  assert.match((await anna.open(authorizeUrl(started.client_id))).html, /not known here/); // the oldest made room
  await tokensOf(await redeem(flow, used.clientId, await getCode(anna, used.clientId)));
});

Deno.test("register: a web page may do it, without anybody's cookies", async () => {
  using flow = await createFlow();
  for (const path of [REGISTER, "/api/auth/oauth2/token", "/.well-known/oauth-authorization-server"]) {
    const preflight = await flow.fetch(path, {
      method: "OPTIONS",
      headers: { origin: "https://inspector.test", "access-control-request-method": "POST" },
    });
    assert.equal(preflight.status, 204, path);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*", path);
    assert.equal(preflight.headers.get("access-control-allow-credentials"), null, path);
  }
  for (const path of ["/api/auth/oauth2/authorize", "/consent", "/apps", "/api/v1/oauth/introspect"]) {
    const answer = await flow.fetch(path, { headers: { origin: "https://inspector.test" } });
    await answer.body?.cancel();
    assert.equal(answer.headers.get("access-control-allow-origin"), null, path);
  }
});

Deno.test("metadata: what there is, and nothing that is switched off", async () => {
  using flow = await createFlow();
  const answer = await flow.fetch("/.well-known/oauth-authorization-server");
  assert.equal(answer.headers.get("content-type"), "application/json");
  const oauth = "http://localhost:3001/api/auth/oauth2";
  const { scopes_supported, ...rest } = await answer.json();
  assert.ok(scopes_supported.includes("offline_access") && scopes_supported.includes("mana:read"));
  assert.equal(scopes_supported.length, 16);
  assert.deepEqual(rest, {
    issuer: "http://localhost:3001",
    authorization_endpoint: `${oauth}/authorize`,
    token_endpoint: `${oauth}/token`,
    registration_endpoint: `${oauth}/register`,
    revocation_endpoint: `${oauth}/revoke`,
    jwks_uri: "http://localhost:3001/api/auth/jwks",
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:token-exchange",
    ],
    token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
    revocation_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  });
  assert.equal((await flow.fetch("/.well-known/openid-configuration")).status, 404);
});
