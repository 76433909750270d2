// A world with a sign-in server in front of its auth service: a small server of the test with a real key, which answers what
// "Between the gateway and the sign-in server" says (docs/contracts/auth-vault.md). It counts and can be told to answer otherwise.
import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import { MCP_URL, modernRequest } from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

export const SIGN_IN_URL = "http://sign-in.test";
export const SIGN_IN_ISSUER = "https://sign-in.mana.test";
export const SIGN_IN_KEY = "k".repeat(32);

/** A world with Anna, whose app signed in at the sign-in server. */
export interface SignInWorld extends World {
  readonly anna: Person;
  /** An app's access token. */
  appToken(claims?: Record<string, unknown>): Promise<string>;
  /** A tool call of an app: HTTP status and body. */
  call(
    token: string,
    name: string,
    args?: Record<string, unknown>,
    space?: string,
  ): Promise<{ status: number; text: string; challenge: string | null }>;
  /** What the sign-in server answers instead, by path; undefined for its usual answer. */
  instead: (path: string, request: Request) => Response | undefined;
  /** Requests to the sign-in server by path. */
  asked(path: string): number;
  /** Whose token the sign-in server hands out in the exchange. */
  exchanged: string;
}

/** Creates it. `env` are settings on top of those of a sign-in server. */
export async function createSignInWorld(env: Record<string, string> = {}): Promise<SignInWorld> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid: "s1", alg: "EdDSA" };
  const base = await createWorld({
    env: {
      MANA_SIGN_IN_URL: SIGN_IN_URL,
      SIGN_IN_ISSUER,
      SIGN_IN_SERVICE_KEY: SIGN_IN_KEY,
      ...env,
    },
    isStill: true,
  });
  const anna = await base.person("anna");
  const spacesOf = async () =>
    await base.auth("/api/auth/organization/list", { headers: { cookie: anna.cookie } });

  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const other = world.instead(pathname, request);
    if (other !== undefined) return other;
    if (pathname === "/api/auth/jwks") return Response.json({ keys: [jwk] });
    if (pathname === "/health") return Response.json({ status: "ok" });
    if (pathname === "/.well-known/oauth-authorization-server") {
      return Response.json({
        issuer: SIGN_IN_ISSUER,
        authorization_endpoint: `${SIGN_IN_ISSUER}/api/auth/oauth2/authorize`,
        token_endpoint: `${SIGN_IN_ISSUER}/api/auth/oauth2/token`,
      });
    }
    if (pathname.startsWith("/.well-known/")) return new Response("", { status: 404 });
    if (request.headers.get("x-service-key") !== SIGN_IN_KEY) {
      return Response.json({ statusCode: 401, message: "no" }, { status: 401 });
    }
    switch (pathname) {
      case "/api/v1/oauth/introspect":
        return Response.json({ active: true, client_name: "Test app" });
      case "/api/auth/oauth2/token":
        return Response.json({ access_token: world.exchanged, token_type: "Bearer", expires_in: 900 });
      case "/api/v1/internal/grants/g%2F1/spaces":
        return await spacesOf();
      case "/api/v1/internal/grants/g%2F1/use":
        return Response.json({ ok: true });
      default:
        return new Response("", { status: 404 });
    }
  };

  const world: SignInWorld = Object.assign(base, {
    anna,
    instead: () => undefined,
    exchanged: anna.token,
    asked: (path: string) => base.upstreamCalls.filter(({ url }) => url === SIGN_IN_URL + path).length,
    appToken(claims: Record<string, unknown> = {}) {
      const seconds = Math.floor(base.clock.now / 1000);
      return new SignJWT({
        iss: SIGN_IN_ISSUER,
        sub: anna.id,
        aud: MCP_URL,
        client_id: "app",
        jti: crypto.randomUUID(),
        // An id of which a path can hold no part as it is.
        gid: "g/1",
        scope: "mana:read mana:write",
        iat: seconds,
        exp: seconds + 900,
        ...claims,
      }).setProtectedHeader({ alg: "EdDSA", kid: "s1", typ: "at+jwt" }).sign(privateKey);
    },
    async call(token: string, name: string, args: Record<string, unknown> = {}, space?: string) {
      const headers: Record<string, string> = space === undefined ? {} : { "x-mana-space": space };
      const request = modernRequest(token, "tools/call", { name, arguments: args }, {
        headers,
        url: MCP_URL,
      });
      const response = await base.gateway.fetch(request);
      return {
        status: response.status,
        text: await response.text(),
        challenge: response.headers.get("www-authenticate"),
      };
    },
  });
  world.intercept = (request) => new URL(request.url).origin === SIGN_IN_URL ? answer(request) : undefined;
  return world;
}
