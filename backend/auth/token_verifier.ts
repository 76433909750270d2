import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "@panva/jose";
import { SIGNING_KEYS_MS } from "../limits.ts";

/** What the verifier needs. */
export interface TokenVerifierDeps {
  /** The public keys, read in process. */
  readonly signingKeys: () => Promise<JSONWebKeySet>;
  readonly issuer: string;
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who a token speaks for. */
export interface VerifiedToken {
  /** User id, never empty. */
  readonly sub: string;
  /** End of the token's life, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly payload: JWTPayload;
}

/** Answers with the token's person, or `undefined` for any token that is not valid here and now. */
export type VerifyToken = (token: string) => Promise<VerifiedToken | undefined>;

/**
 * Creates the one check of access tokens: EdDSA, this issuer, this audience, not expired, with a subject. The
 * reference sync service checks neither issuer nor audience; a token minted for another service works there.
 */
export function createTokenVerifier(deps: TokenVerifierDeps): VerifyToken {
  let cached: { readonly keys: ReturnType<typeof createLocalJWKSet>; readonly until: number } | undefined;

  const load = async () => {
    const keys = createLocalJWKSet(await deps.signingKeys());
    cached = { keys, until: deps.now() + SIGNING_KEYS_MS };
    return keys;
  };
  const check = (token: string, keys: ReturnType<typeof createLocalJWKSet>) =>
    jwtVerify(token, keys, {
      // Pinned: the header must not choose the algorithm ("alg":"none", or HMAC under a public key).
      algorithms: ["EdDSA"],
      issuer: deps.issuer,
      audience: deps.audience,
      requiredClaims: ["sub", "exp"],
      currentDate: new Date(deps.now()),
    });

  return async (token) => {
    try {
      const known = cached !== undefined && cached.until > deps.now() ? cached.keys : await load();
      const { payload } = await check(token, known).catch(async (error) => {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        return await check(token, await load()); // a key made since
      });
      if (typeof payload.sub !== "string" || payload.sub === "" || payload.exp === undefined) {
        return undefined;
      }
      return { sub: payload.sub, expiresAt: payload.exp * 1000, payload };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
}
