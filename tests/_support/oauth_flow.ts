// The way of an app to its tokens, step by step, as clients and browsers go it: register, ask, consent, redeem, refresh.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Browser, Changes, Page } from "./browser.ts";
import { type AuthDoor, post, SERVICE_KEY } from "./test_backend.ts";

/** OAuth needs https, or http on this computer. */
export const ISSUER = "http://localhost:3001";
export const RESOURCE = "http://127.0.0.1:3069/mcp";
export const REDIRECT = "http://127.0.0.1:33418/callback";
/** A verifier and its challenge (RFC 7636, appendix B). */
export const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
export const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const Registered = z.looseObject({ client_id: z.string(), client_secret: z.string().optional() });
/** Registers a public client. */
export async function register(services: AuthDoor, metadata: Record<string, unknown> = {}) {
  const body = {
    client_name: "Test app",
    redirect_uris: [REDIRECT],
    token_endpoint_auth_method: "none",
    ...metadata,
  };
  const answer = await services.auth("/api/auth/oauth2/register", post(body));
  assert.equal(answer.status, 201, await answer.clone().text());
  return Registered.parse(await answer.json());
}

/** The address that an app opens. `undefined` leaves a parameter out. */
export function authorizeUrl(
  clientId: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const params = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT,
    state: "a state",
    scope: "mana:read mana:write mana:destructive offline_access",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    resource: RESOURCE,
    ...changes,
  };
  const given = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/api/auth/oauth2/authorize?${new URLSearchParams(given)}`;
}

/** Answers the consent page with yes. Whoever ticks single things has chosen to. */
export async function allow(browser: Browser, page: Page, changes: Changes = {}): Promise<Page> {
  const preset = "allow" in changes ? { preset: "choose" } : {};
  return await browser.submit(page, "/consent", { answer: "yes", ...preset, ...changes });
}

/** The parameters with which the browser comes back to the app. */
export function returned(page: Page): URLSearchParams {
  assert.ok(page.leaves, page.html);
  return new URL(page.leaves).searchParams;
}

/** Connects and returns the code. */
export async function getCode(
  browser: Browser,
  clientId: string,
  choice: Changes = {},
  request: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const code = returned(await allow(browser, await browser.open(authorizeUrl(clientId, request)), choice))
    .get("code");
  assert.ok(code);
  return code;
}

/** A POST of a form. */
export function form(fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body: new URLSearchParams(fields), headers };
}

/** The token endpoint's answer, of either kind. */
export const Tokens = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.number(),
  scope: z.string(),
  refresh_token: z.string().optional(),
});
const Refusal = z.object({ error: z.string(), error_description: z.string() });

/** Redeems a code. */
export async function redeem(
  services: AuthDoor,
  clientId: string,
  code: string,
  changes: Record<string, string> = {},
) {
  return await services.auth(
    "/api/auth/oauth2/token",
    form({
      grant_type: "authorization_code",
      code,
      client_id: clientId,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
      ...changes,
    }),
  );
}

/** Uses a refresh token. */
export async function refresh(
  services: AuthDoor,
  clientId: string,
  token: string,
  changes: Record<string, string> = {},
) {
  return await services.auth(
    "/api/auth/oauth2/token",
    form({ grant_type: "refresh_token", refresh_token: token, client_id: clientId, ...changes }),
  );
}

/** Tokens out of an answer that has to have some. */
export async function tokensOf(answer: Response) {
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const tokens = Tokens.parse(await answer.json());
  assert.ok(tokens.refresh_token);
  return {
    access: tokens.access_token,
    refresh: tokens.refresh_token,
    scope: tokens.scope,
    expiresIn: tokens.expires_in,
  };
}

/** Status and code of a refusal. */
export async function refusalOf(answer: Response): Promise<string> {
  return `${answer.status} ${Refusal.parse(await answer.json()).error}`;
}

/** Connects an app of its own for a person. */
export async function connect(
  services: AuthDoor,
  browser: Browser,
  choice: Changes = {},
  request: Readonly<Record<string, string | undefined>> = {},
) {
  const { client_id: clientId } = await register(services);
  const code = await getCode(browser, clientId, choice, request);
  return { clientId, code, ...await tokensOf(await redeem(services, clientId, code)) };
}

/** Asks about a token as the gateway does. */
export async function introspect(services: AuthDoor, token: string) {
  const answer = await services.auth(
    "/api/v1/oauth/introspect",
    form({ token }, { "x-service-key": SERVICE_KEY }),
  );
  assert.equal(answer.status, 200);
  return z.looseObject({ active: z.boolean() }).parse(await answer.json());
}

/** Exchanges a token as the gateway does. */
export async function exchange(
  services: AuthDoor,
  token: string,
  changes: Record<string, string> = {},
  headers: Record<string, string> = { "x-service-key": SERVICE_KEY },
) {
  return await services.auth(
    "/api/auth/oauth2/token",
    form({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      audience: "mana",
      ...changes,
    }, headers),
  );
}

/** The two readable parts of a token. */
export function decode(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = token.split(".").slice(0, 2).map((part) =>
    z.record(z.string(), z.unknown()).parse(
      JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" }))),
    )
  );
  assert.ok(header && claims);
  return { header, claims };
}
