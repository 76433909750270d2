import assert from "node:assert/strict";
import { openTestDatabase } from "../_support/test_database.ts";
import { z } from "zod";
import {
  REGISTRATION_WINDOW_MS,
  REGISTRATIONS_PER_ADDRESS,
  UNUSED_CLIENTS,
  UNUSED_CLIENTS_PER_ADDRESS,
} from "../../sign_in/kit/limits.ts";
import { makeFolder } from "../backend/_folder.ts";
import { post } from "../_support/test_backend.ts";
import { createFlow, type Flow } from "../_support/flow.ts";
import {
  authorizeUrl,
  connect,
  getCode,
  redeem,
  REDIRECT,
  refusalOf,
  register,
  tokensOf,
} from "../_support/oauth_flow.ts";

const REGISTER = "/api/auth/oauth2/register";

Deno.test("register: where codes may be sent", async () => {
  await using flow = await createFlow();
  const good = [
    "https://claude.ai/api/mcp/auth_callback",
    "https://app.test:8443/cb?x=1",
    "http://127.0.0.1/cb",
    "http://127.0.0.1:33418/cb",
    "http://[::1]:3000/cb",
    "http://localhost:6274/oauth/callback",
    "cursor://anysphere.cursor-retrieval/oauth/user-mana/callback",
    "vscode://dynamicauthprovider/1/authorize",
    "vscode-insiders://saoudrizwan.claude-dev/mcp-auth",
    "windsurf://saoudrizwan.claude-dev/mcp-auth",
    "claude://claude.ai/mcp-auth-callback/sdk",
    "warp://mcp/oauth2callback",
    "raycast://oauth?package_name=Extension",
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
    "shell:startup",
    "ms-word:ofe|u|https://a.test/x",
    "ms-settings:x",
    "steam://run/1",
    "ssh://a.test",
    "myapp://cb",
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
    const answer = await flow.auth(REGISTER, post({ redirect_uris: ["https://a.test/cb", uri] }));
    assert.equal(await refusalOf(answer), "400 invalid_redirect_uri", uri);
  }
});

Deno.test("register: what an old client leaves out, and what nobody may ask", async () => {
  await using flow = await createFlow();
  const answer = await flow.auth(
    REGISTER,
    post({ redirect_uris: ["http://127.0.0.1:1/cb"], token_endpoint_auth_method: "none" }),
  );
  assert.equal(answer.status, 201);
  const { client_id, client_id_issued_at, ...rest } = await answer.json();
  assert.match(client_id, /^[\w-]{22}$/);
  assert.equal(client_id_issued_at, Math.floor(flow.clock.now / 1000));
  assert.deepEqual(rest, {
    client_name: "127.0.0.1:1",
    redirect_uris: ["http://127.0.0.1:1/cb"],
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  });
  const redirect_uris = ["https://a.test/cb"];
  const refused: readonly (readonly [unknown, string])[] = [
    [{}, "redirect_uris must be a list of 1 to 10 addresses"],
    [{ redirect_uris: null }, "redirect_uris must be a list of 1 to 10 addresses"],
    [{ redirect_uris: [] }, "redirect_uris must be a list of 1 to 10 addresses"],
    [{ redirect_uris: [null] }, "redirect_uris must be a list of 1 to 10 addresses"],
    [{ redirect_uris: "https://a.test" }, "redirect_uris must be a list of 1 to 10 addresses"],
    [
      { redirect_uris: Array(11).fill("https://a.test/cb") },
      "redirect_uris must be a list of 1 to 10 addresses",
    ],
    [{ redirect_uris, client_name: 7 }, "client_name must be text"],
    [{ redirect_uris, token_endpoint_auth_method: [] }, "token_endpoint_auth_method must be text"],
    [{ redirect_uris, grant_types: "authorization_code" }, "grant_types must be a list of words"],
    [{ redirect_uris, response_types: {} }, "response_types must be a list of words"],
    [{ redirect_uris, grant_types: ["client_credentials"] }, "grant_types must include authorization_code"],
    [{ redirect_uris, response_types: ["token"] }, "response_types must include code"],
    [
      { redirect_uris, token_endpoint_auth_method: "private_key_jwt" },
      "token_endpoint_auth_method must be one of none, client_secret_basic, client_secret_post",
    ],
    [[], "A JSON object is required"],
    [null, "A JSON object is required"],
    ["x".repeat(70_000), "A JSON object is required"],
  ];
  for (const [body, error_description] of refused) {
    const refusal = await flow.auth(REGISTER, post(body));
    assert.equal(refusal.status, 400);
    assert.deepEqual(await refusal.json(), { error: "invalid_client_metadata", error_description });
  }
  const headers = { "content-type": "application/json" };
  assert.equal((await flow.auth(REGISTER, { method: "POST", headers, body: "no json" })).status, 400);
});

Deno.test("register: null is absent, as clients that send all members mean it", async () => {
  await using flow = await createFlow();
  const registered = await register(flow, {
    client_name: null,
    token_endpoint_auth_method: null,
    grant_types: null,
    response_types: null,
    scope: null,
    client_uri: null,
    contacts: null,
  });
  assert.deepEqual([registered.client_name, registered.token_endpoint_auth_method], [
    "127.0.0.1:33418",
    "client_secret_basic",
  ]);
});

Deno.test("register: nothing self-asserted raises a client's rights", async () => {
  await using flow = await createFlow();
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

/** Registers from somewhere; returns the status and, where it is refused, after how many seconds it may be tried again. */
async function registerFrom(flow: Flow, address: string) {
  const body = { redirect_uris: [REDIRECT], token_endpoint_auth_method: "none" };
  const answer = await flow.auth(REGISTER, post(body, { "x-forwarded-for": address }));
  const { client_id } = z.looseObject({ client_id: z.string().default("") }).parse(await answer.json());
  return { status: answer.status, after: answer.headers.get("retry-after"), id: client_id };
}

Deno.test("register: one address that floods locks nobody out but itself, and itself for a minute", async () => {
  await using flow = await createFlow();
  for (let n = 0; n < REGISTRATIONS_PER_ADDRESS; n += 1) {
    assert.equal((await registerFrom(flow, "203.0.113.7")).status, 201);
  }
  flow.clock.now += 20_000;
  assert.deepEqual(await registerFrom(flow, "203.0.113.7"), { status: 429, after: "40", id: "" });
  // What the sender wrote before the proxy did is no other address; nor is another of the same customer's in IPv6.
  assert.equal((await registerFrom(flow, "198.51.100.1, 203.0.113.7")).status, 429);
  assert.equal((await registerFrom(flow, "203.0.113.8")).status, 201);
  for (let n = 0; n < REGISTRATIONS_PER_ADDRESS; n += 1) await registerFrom(flow, `2001:db8:0:1::${n}`);
  assert.equal((await registerFrom(flow, "2001:DB8::1:ffff:0:0:1")).status, 429);
  assert.equal((await registerFrom(flow, "2001:db8:0:2::1")).status, 201);
  flow.clock.now += REGISTRATION_WINDOW_MS - 20_000;
  assert.equal((await registerFrom(flow, "203.0.113.7")).status, 201);
  // A clock that is set back neither opens nor closes it for longer.
  flow.clock.now -= 3600_000;
  assert.equal((await registerFrom(flow, "203.0.113.7")).status, 201);
});

Deno.test("register: an address keeps so many unused clients; its oldest goes, and those that somebody uses stay", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const used = await connect(flow, anna);
  const ids: string[] = [];
  for (let n = 0; n <= UNUSED_CLIENTS_PER_ADDRESS; n += 1) {
    if (n % REGISTRATIONS_PER_ADDRESS === 0) flow.clock.now += REGISTRATION_WINDOW_MS;
    ids.push((await registerFrom(flow, "127.0.0.1")).id);
  }
  const [first = "", second = ""] = ids;
  assert.match((await anna.open(authorizeUrl(first))).html, /not known here/);
  assert.equal(new URL((await anna.open(authorizeUrl(second))).url).pathname, "/consent");
  await tokensOf(await redeem(flow, used.clientId, await getCode(anna, used.clientId)));
});

Deno.test("register: when there is no room at all, the address with most unused clients loses its oldest", async () => {
  await using folder = await makeFolder();
  await using flow = await createFlow({ data: folder.path });
  const anna = await flow.personWithBrowser("anna");
  const waiting = await registerFrom(flow, "198.51.100.1"); // older than all of the flood's
  const { db, close } = await openTestDatabase(folder.path);
  const flood = Array.from({ length: UNUSED_CLIENTS - 1 }, (_, n) => ({
    client_id: `flood ${n + 1}`,
    registered_at: flow.clock.now - 1,
    address: `flooder ${(n + 1) % 20}`,
  }));
  await db.insertInto("client_registrations").values(flood).execute();
  assert.equal((await registerFrom(flow, "203.0.113.9")).status, 201);
  assert.equal((await registerFrom(flow, "203.0.113.10")).status, 201);
  const left = await db.selectFrom("client_registrations").select("client_id").execute();
  assert.equal(left.length, UNUSED_CLIENTS);
  await close();
  assert.equal(new URL((await anna.open(authorizeUrl(waiting.id))).url).pathname, "/consent");
});

Deno.test("register: a page on the web cannot do it, with or without a preflight; one on this computer can", async () => {
  await using flow = await createFlow({ origins: ["https://portal.test"] });
  const body = JSON.stringify({ redirect_uris: [REDIRECT] });
  const send = (headers: Record<string, string>) => flow.auth(REGISTER, { method: "POST", headers, body });
  const preflight = (origin: string) =>
    flow.auth(REGISTER, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  const json = { "content-type": "application/json" };
  for (
    const origin of [
      "https://evil.test",
      "http://evil.test:3001", // a name that was bound to this computer anew
      "http://localhost.evil.test",
      "http://127.0.0.1.evil.test:6274",
      "null",
      "file://",
    ]
  ) {
    assert.equal((await preflight(origin)).headers.get("access-control-allow-origin"), null, origin);
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
      const refused = await send({ origin, "content-type": type });
      assert.equal(await refusalOf(refused), "403 access_denied", origin);
      assert.equal(refused.headers.get("access-control-allow-origin"), null, origin);
    }
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "text/plain; x=application/json"]) {
    const refused = await send({ "content-type": type });
    assert.deepEqual([refused.status, await refused.json()], [400, {
      error: "invalid_client_metadata",
      error_description: "Send the body as Content-Type: application/json",
    }], type);
  }
  // The MCP Inspector in the browser, other tools served here, and a portal that the operator lists.
  for (
    const origin of [
      "http://localhost:6274",
      "http://127.0.0.1:8080",
      "http://[::1]:1",
      "https://portal.test",
    ]
  ) {
    const asked = await preflight(origin);
    assert.equal(asked.headers.get("access-control-allow-origin"), origin);
    assert.equal(asked.headers.get("access-control-allow-headers"), "Content-Type");
    const done = await send({ origin, ...json });
    assert.deepEqual([done.status, done.headers.get("access-control-allow-origin")], [201, origin]);
    assert.equal(done.headers.get("access-control-allow-credentials"), null);
  }
  assert.equal((await send({ "content-type": "Application/JSON; charset=utf-8" })).status, 201);
});

Deno.test("oauth: tokens and metadata are for pages of any origin, without anybody's cookies", async () => {
  await using flow = await createFlow();
  for (const path of ["/api/auth/oauth2/token", "/.well-known/oauth-authorization-server"]) {
    const preflight = await flow.auth(path, {
      method: "OPTIONS",
      headers: { origin: "https://inspector.test", "access-control-request-method": "POST" },
    });
    assert.equal(preflight.status, 204, path);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*", path);
    assert.equal(preflight.headers.get("access-control-allow-credentials"), null, path);
  }
  for (const path of ["/api/auth/oauth2/authorize", "/consent", "/apps", "/api/v1/oauth/introspect"]) {
    const answer = await flow.auth(path, { headers: { origin: "https://inspector.test" } });
    await answer.body?.cancel();
    assert.equal(answer.headers.get("access-control-allow-origin"), null, path);
  }
});

Deno.test("metadata: what there is, and nothing that is switched off", async () => {
  await using flow = await createFlow();
  const answer = await flow.auth("/.well-known/oauth-authorization-server");
  assert.equal(answer.headers.get("content-type"), "application/json");
  const oauth = "http://localhost:3001/api/auth/oauth2";
  const { scopes_supported, ...rest } = await answer.json();
  assert.ok(scopes_supported.includes("offline_access") && scopes_supported.includes("mana:read"));
  assert.ok(scopes_supported.includes("notes:destructive") && !scopes_supported.includes("spaces:write"));
  assert.deepEqual(rest, {
    issuer: "http://localhost:3001",
    authorization_endpoint: `${oauth}/authorize`,
    token_endpoint: `${oauth}/token`,
    registration_endpoint: `${oauth}/register`,
    revocation_endpoint: `${oauth}/revoke`,
    jwks_uri: "http://localhost:3001/api/auth/jwks",
    mana_apps_uri: "http://localhost:3001/apps",
    op_policy_uri: "http://localhost:3001/privacy",
    op_tos_uri: "http://localhost:3001/terms",
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
  assert.equal((await flow.auth("/.well-known/openid-configuration")).status, 404);
});
