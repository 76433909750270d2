import { auth, type OAuthClientProvider } from "@modelcontextprotocol/client";
import { auth as authV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import assert from "node:assert/strict";
import { createFlow, type Flow } from "../_support/flow.ts";
import { allow, decode, introspect, ISSUER, REDIRECT, RESOURCE, returned } from "../_support/oauth_flow.ts";

type Provider = Required<
  Pick<
    OAuthClientProvider,
    | "redirectUrl"
    | "clientMetadata"
    | "state"
    | "clientInformation"
    | "saveClientInformation"
    | "tokens"
    | "saveTokens"
    | "redirectToAuthorization"
    | "saveCodeVerifier"
    | "codeVerifier"
    | "invalidateCredentials"
    | "saveDiscoveryState"
    | "discoveryState"
  >
>;
type Information = NonNullable<Awaited<ReturnType<Provider["clientInformation"]>>>;
type Tokens = NonNullable<Awaited<ReturnType<Provider["tokens"]>>>;

type Discovery = Parameters<Provider["saveDiscoveryState"]>[0];

/** What a client keeps, in memory; `opened` is where it sent the browser. */
function createProvider() {
  const kept: {
    information?: Information;
    tokens?: Tokens;
    verifier?: string;
    opened?: URL;
    discovery?: Discovery;
  } = {};
  const provider: Provider = {
    redirectUrl: REDIRECT,
    // As old clients do it: no application_type, no scope.
    clientMetadata: {
      client_name: "A real client",
      redirect_uris: [REDIRECT],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    state: () => "the state of a client",
    clientInformation: () => kept.information,
    saveClientInformation: (information) => void (kept.information = information),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => void (kept.tokens = tokens),
    redirectToAuthorization: (url) => void (kept.opened = url),
    saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
    codeVerifier: () => kept.verifier ?? "",
    invalidateCredentials(scope) {
      if (scope === "tokens" || scope === "all") delete kept.tokens;
      if (scope === "client" || scope === "all") delete kept.information;
    },
    saveDiscoveryState: (state) => void (kept.discovery = state),
    discoveryState: () => kept.discovery,
  };
  return { provider, kept };
}

/** The network of a client: the gateway says where its authorization server is, and that answers. */
function networkOf(flow: Flow) {
  return async (input: string | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    if (origin === ISSUER) return await flow.auth(request.url, request);
    if (pathname !== "/.well-known/oauth-protected-resource/mcp") return new Response(null, { status: 404 });
    return Response.json({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
      scopes_supported: ["mana:read", "mana:write", "offline_access"],
    });
  };
}

const CLIENTS = {
  "v2 (2026-07-28)": async (provider: Provider, flow: Flow, back?: URLSearchParams) => {
    const callback = back && { authorizationCode: back.get("code") ?? "", iss: back.get("iss") ?? "" };
    return await auth(provider, { serverUrl: RESOURCE, fetchFn: networkOf(flow), ...callback });
  },
  "v1": async (provider: Provider, flow: Flow, back?: URLSearchParams) => {
    const callback = back && { authorizationCode: back.get("code") ?? "" };
    return await authV1(provider, { serverUrl: RESOURCE, fetchFn: networkOf(flow), ...callback });
  },
};

for (const [name, run] of Object.entries(CLIENTS)) {
  Deno.test(`client ${name}: connects by itself, refreshes by itself, and asks again after a revocation`, async () => {
    await using flow = await createFlow();
    const anna = await flow.personWithBrowser("anna");
    const { provider, kept } = createProvider();

    assert.equal(await run(provider, flow), "REDIRECT");
    const page = await anna.open(kept.opened?.href ?? "");
    const back = returned(await allow(anna, page, { allow: ["notes:read", "todo:read"] }));
    assert.equal(back.get("state"), "the state of a client");
    assert.equal(await run(provider, flow, back), "AUTHORIZED");
    const first = kept.tokens?.access_token ?? "";
    assert.equal(decode(first).claims.aud, RESOURCE);
    assert.equal(kept.tokens?.scope, "todo:read notes:read offline_access");
    assert.equal((await introspect(flow, first)).active, true);

    flow.clock.now += 900_000;
    assert.equal(await run(provider, flow), "AUTHORIZED");
    const second = kept.tokens?.access_token ?? "";
    assert.notEqual(second, first);
    assert.equal((await introspect(flow, second)).active, true);

    await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" });
    delete kept.opened;
    assert.equal(await run(provider, flow), "REDIRECT");
    assert.ok(kept.opened);
    assert.ok(returned(await allow(anna, await anna.open(String(kept.opened)))).get("code"));
  });
}

Deno.test("client v2: an answer in the name of another issuer is not taken (mix-up)", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  const { provider, kept } = createProvider();
  await CLIENTS["v2 (2026-07-28)"](provider, flow);
  const back = returned(await allow(anna, await anna.open(kept.opened?.href ?? "")));
  for (const iss of ["https://evil.test", ""]) {
    const mixed = new URLSearchParams(back);
    mixed.set("iss", iss);
    await assert.rejects(CLIENTS["v2 (2026-07-28)"](provider, flow, mixed), iss);
  }
  assert.equal(kept.tokens, undefined);
});
