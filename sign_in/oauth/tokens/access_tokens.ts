// Access tokens of connected apps (RFC 9068): the one place that writes and reads them. The grant decides what they say.
import { errors, jwtVerify, type JWTVerifyGetKey } from "@panva/jose";
import { z } from "zod";
import { SIGNING_KEY } from "../../identity/signing_keys.ts";
import { ACCESS_TOKEN_SECONDS } from "../../kit/limits.ts";
import type { Grant } from "../grants/grant.ts";
import type { GrantStore } from "../grants/grant_store.ts";
import { isWithin, type ScopeList, type Scopes } from "../grants/scopes.ts";
import { tokenTimes } from "./token_times.ts";

/** Access tokens of connected apps. */
export interface AccessTokens {
  /**
   * Makes a token that carries the version of the given grant. `undefined` when the grant ends before a token could be
   * used.
   */
  mint(grant: Grant, scopes: Scopes, gatewayAddresses: readonly string[]): Promise<MintedToken | undefined>;
  /** The grant of a genuine token, live or not, expired or not: an app must not have to hurry to give a token back. */
  grantOf(token: string): Promise<{ readonly grantId: string; readonly clientId: string } | undefined>;
  /** The token if it is genuine and not expired, and its grant is live and still allows everything that it says. */
  verify(token: string): Promise<LiveToken | undefined>;
}

/** Creates the reader and writer. Caches nothing: a change of a grant holds for the next token that is verified. */
export function createAccessTokens(deps: AccessTokensDeps): AccessTokens {
  const read = async (token: string, currentDate: Date) => {
    try {
      const { payload } = await jwtVerify(token, deps.keys, {
        algorithms: [SIGNING_KEY.alg],
        typ: "at+jwt", // the person's own token has another type and must not pass for an app's (RFC 9068, section 4)
        issuer: deps.issuer,
        audience: [...deps.gatewayAddresses],
        currentDate,
      });
      return Claims.safeParse(payload).data;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
  return {
    async mint(grant, scopes, gatewayAddresses) {
      const times = tokenTimes(grant, deps.now(), ACCESS_TOKEN_SECONDS);
      if (times === undefined) return undefined;
      const scope = deps.scopeList.format(scopes);
      const token = await deps.sign({
        iss: deps.issuer,
        aud: gatewayAddresses.length === 1 ? gatewayAddresses[0] : [...gatewayAddresses],
        sub: grant.userId,
        client_id: grant.clientId,
        gid: grant.id,
        gv: grant.version,
        scope,
        ...times,
        jti: deps.randomUUID(),
      });
      return { token, expiresIn: times.exp - times.iat, scope };
    },

    async grantOf(token) {
      const claims = await read(token, new Date(0));
      return claims && { grantId: claims.gid, clientId: claims.client_id };
    },

    async verify(token) {
      const claims = await read(token, new Date(deps.now()));
      const grant = claims && await deps.grants.findLive(claims.gid);
      if (grant === undefined || grant.userId !== claims?.sub || grant.clientId !== claims.client_id) {
        return undefined;
      }
      const scopes = deps.scopeList.parse(claims.scope);
      // The grant was narrowed since: the app has to fetch a token that says so.
      if (!isWithin(scopes, grant)) return undefined;
      // The grant was widened since: the app has to fetch a token too, or the addition would wait for the token's end. An
      // app that cannot refresh keeps what it has.
      if (grant.offline && claims.gv !== grant.version) return undefined;
      return { grant, scopes, scope: claims.scope, exp: claims.exp };
    },
  };
}

/** What access tokens need. */
export interface AccessTokensDeps {
  readonly grants: GrantStore;
  readonly scopeList: ScopeList;
  /** Signs with the installation's key and `typ: at+jwt`. */
  readonly sign: (payload: Record<string, unknown>) => Promise<string>;
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  /** Audiences that tokens may have. */
  readonly gatewayAddresses: readonly string[];
  readonly now: () => number;
  readonly randomUUID: () => string;
}

/** A new access token. */
export interface MintedToken {
  readonly token: string;
  readonly expiresIn: number;
  readonly scope: string;
}

/** A valid access token, and the grant behind it. */
export interface LiveToken {
  readonly grant: Grant;
  readonly scopes: Scopes;
  readonly scope: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

const Claims = z.object({
  sub: z.string().min(1),
  client_id: z.string(),
  gid: z.string(),
  gv: z.number().default(0),
  scope: z.string(),
  exp: z.number(),
});
