// better-auth's OAuth provider, as it is configured here, and the calls of better-auth that only this process makes.
import { mcp } from "@better-auth/mcp";
import { getOAuthProviderState } from "@better-auth/oauth-provider";
import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { type JwtOptions, signJWT } from "better-auth/plugins/jwt";
import { z } from "zod";
import {
  ACCESS_TOKEN_SECONDS,
  AUTHORIZATION_SECONDS,
  REFRESH_ANSWER_SECONDS,
  REFRESH_TOKEN_SECONDS,
} from "../kit/limits.ts";
import { sha256 } from "../kit/sha256.ts";

/**
 * better-auth's MCP authorization server. It checks authorization requests, makes and consumes codes, and rotates
 * refresh tokens. Access tokens are ours: the grant decides what they say, access_tokens.ts writes them.
 */
export function createProviderPlugin(deps: ProviderDeps): BetterAuthPlugin {
  const [resource, ...others] = deps.gatewayAddresses;
  return Plugin.parse(mcp({
    resource,
    resources: others,
    scopes: [...deps.scopeList.supported],
    loginPage: `${deps.issuer}/sign-in`,
    signup: { page: `${deps.issuer}/sign-up` },
    consentPage: `${deps.issuer}/consent`,
    grantTypes: ["authorization_code", "refresh_token"],
    // Registration is ours (register_client.ts); there every client may ask for every resource there is.
    allowDynamicClientRegistration: false,
    enforcePerClientResources: false,
    codeExpiresIn: AUTHORIZATION_SECONDS, // also the life of the signed request; codes end earlier (authorization_codes.ts)
    accessTokenExpiresIn: ACCESS_TOKEN_SECONDS,
    refreshTokenExpiresIn: REFRESH_TOKEN_SECONDS,
    // Two windows refresh at once, and answers get lost: for this long the same answer is given again. A used token that
    // comes later, or a token before the last, ends the grant (RFC 9700, section 4.14.2; token_endpoint.ts).
    refreshTokenReuseInterval: REFRESH_ANSWER_SECONDS,
    storeTokens: { hash: sha256 },
    storeClientSecret: { hash: sha256 },
    postLogin: {
      page: `${deps.issuer}/consent`, // never used: nothing comes between sign-in and consent
      shouldRedirect: () => false,
      // A consent counts for the grant it is given for. Every later request finds no consent and has to ask again: a
      // public client cannot prove that it is the app that was allowed (RFC 8252, section 8.6).
      consentReferenceId: () => deps.grantInConsent() ?? deps.randomUUID(),
    },
  }));
}

/** What the provider needs. */
export interface ProviderDeps {
  readonly issuer: string;
  /** The scopes that have a fixed name (oauth/grants/scopes.ts). */
  readonly scopeList: { readonly supported: readonly string[] };
  /** Audiences that tokens may be asked for; at least one. */
  readonly gatewayAddresses: readonly [string, ...string[]];
  /** The grant of the consent that is being given now; `undefined` outside a consent. */
  readonly grantInConsent: () => string | undefined;
  readonly randomUUID: () => string;
}

/**
 * The plugin's own type has members that are `undefined` where exactOptionalPropertyTypes wants them absent. Its endpoints
 * are called by HTTP only, so that their types are not missed.
 */
const Plugin = z.custom<BetterAuthPlugin>((value) =>
  z.object({ id: z.string(), endpoints: z.looseObject({}) }).safeParse(value).success
);

/** Functions of better-auth that it offers to no caller, as endpoints that only this process can call. */
export function createManaPlugin(jwtOptions: JwtOptions) {
  return {
    id: "mana",
    endpoints: {
      /** Signs an access token of an app: with the key of session tokens and another `typ` (RFC 9068). */
      signAccessToken: createAuthEndpoint.serverOnly(
        { method: "POST", body: z.object({ payload: z.record(z.string(), z.unknown()) }) },
        async (c) => ({
          token: await signJWT(c, {
            options: jwtOptions,
            header: { typ: "at+jwt" },
            payload: c.body.payload,
          }),
        }),
      ),
      /** Signs a page token (gateway/page_tokens.ts): with the same key, and a `typ` that no other token has. */
      signPageToken: createAuthEndpoint.serverOnly(
        {
          method: "POST",
          body: z.object({
            typ: z.enum(["mana-page+jwt", "mana-decision+jwt"]),
            payload: z.record(z.string(), z.unknown()),
          }),
        },
        async (c) => ({
          token: await signJWT(c, {
            options: jwtOptions,
            header: { typ: c.body.typ },
            payload: c.body.payload,
          }),
        }),
      ),
      /** Reads an authorization request that better-auth signed. @throws {APIError} when its signature is wrong or old */
      readAuthorization: createAuthEndpoint.serverOnly(
        { method: "POST", body: z.object({ oauth_query: z.string() }) },
        async () => await getOAuthProviderState(),
      ),
      /**
       * Opens a session for somebody whom the source of people has let in, with a new id each time. As after a sign-in of
       * better-auth's own, the provider goes on with the app's request in `oauth_query`: it takes the session's cookie in
       * the answer for the sign. It needs a `request` for that, and looks at its headers. The answer is `{url?}`.
       *
       * @throws {APIError} when the request of the app is not signed by this server, or is too old
       */
      openSession: createAuthEndpoint.serverOnly(
        { method: "POST", body: z.object({ userId: z.string(), oauth_query: z.string().optional() }) },
        async (c) => {
          const user = await c.context.internalAdapter.findUserById(c.body.userId);
          if (user === null) throw new APIError("NOT_FOUND");
          const session = await c.context.internalAdapter.createSession(user.id);
          await setSessionCookie(c, { session, user });
          return c.json({});
        },
      ),
    },
  };
}
