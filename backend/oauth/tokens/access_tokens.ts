import { SIGNING_KEY } from "../../auth/tokens/signing_keys.ts";
import { errors, jwtVerify, type JWTVerifyGetKey } from "@panva/jose";
import { z } from "zod";
import { ACCESS_TOKEN_SECONDS } from "../../kit/limits.ts";
import type { Grant } from "../grants/grant.ts";
import type { GrantStore } from "../grants/grant_store.ts";
import { isWithin, type ScopeList, type Scopes } from "../grants/scopes.ts";

/** Access tokens of connected apps (RFC 9068). */
export interface AccessTokens {
  /** Under the version of the grant that is given. `undefined` when the grant ends before a token could be used. */
  mint(grant: Grant, scopes: Scopes, gatewayAddresses: readonly string[]): Promise<MintedToken | undefined>;
  /** The grant of a genuine token, live or not, expired or not: to take it back one must not have to hurry. */
  grantOf(token: string): Promise<{ readonly grantId: string; readonly clientId: string } | undefined>;
  /** The token if it is genuine, not expired, and its grant stands and still allows all that it says. */
  verify(token: string): Promise<LiveToken | undefined>;
}

/** Creates the one place that writes and reads them. */
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
      const iat = Math.floor(deps.now() / 1000);
      const end = grant.expiresAt === undefined ? Infinity : Math.floor(grant.expiresAt / 1000);
      const exp = Math.min(iat + ACCESS_TOKEN_SECONDS, end);
      if (exp <= iat) return undefined;
      const scope = deps.scopeList.format(scopes);
      const token = await deps.sign({
        iss: deps.issuer,
        aud: gatewayAddresses.length === 1 ? gatewayAddresses[0] : [...gatewayAddresses],
        sub: grant.userId,
        client_id: grant.clientId,
        gid: grant.id,
        gv: grant.version,
        scope,
        iat,
        exp,
        jti: deps.randomUUID(),
      });
      return { token, expiresIn: exp - iat, scope };
    },

    async grantOf(token) {
      const claims = await read(token, new Date(0));
      return claims && { grantId: claims.gid, clientId: claims.client_id };
    },

    async verify(token) {
      const claims = await read(token, new Date(deps.now()));
      const grant = claims && deps.grants.findLive(claims.gid);
      if (grant === undefined || grant.userId !== claims?.sub || grant.clientId !== claims.client_id) {
        return undefined;
      }
      const scopes = deps.scopeList.parse(claims.scope);
      // Narrowed since: the app has to fetch a token that says so.
      if (!isWithin(scopes, grant)) return undefined;
      // Widened since: likewise, or what was added would wait for the token's end. One that cannot fetch keeps what it has.
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

/** An access token that holds here and now, and the grant behind it. */
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
