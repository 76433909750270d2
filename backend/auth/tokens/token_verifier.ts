// The one check of session tokens: of a person's own, and of those that the gateway got in exchange. An app's token
// (RFC 9068) does not pass here; it is checked in oauth/tokens/access_tokens.ts.
import { SIGNING_KEY } from "../../../sign_in/identity/signing_keys.ts";
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "@panva/jose";

/** Answers with the token's person, or `undefined` for any token that is not valid here and now. */
export type VerifyToken = (token: string) => Promise<VerifiedToken | undefined>;

/**
 * Creates the check: this service's algorithm, issuer and audience, not expired, with a subject. (The reference sync
 * service checks neither issuer nor audience; a token minted for another service works there.)
 */
export function createTokenVerifier(deps: TokenVerifierDeps): VerifyToken {
  const isThere = createPresence(deps);
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, deps.keys, {
        // Pinned: the header must not choose the algorithm ("alg":"none", or HMAC under a public key).
        algorithms: [SIGNING_KEY.alg],
        issuer: deps.issuer,
        audience: deps.audience,
        requiredClaims: ["sub", "exp"],
        currentDate: new Date(deps.now()),
      });
      // An app's token is signed by the same key; it must not pass for the person's own (RFC 9068, section 5).
      if (protectedHeader.typ?.toLowerCase() === "at+jwt") return undefined;
      if (typeof payload.sub !== "string" || payload.sub === "" || payload.exp === undefined) {
        return undefined;
      }
      const { sub } = payload;
      if (!await isThere(sub)) return undefined;
      const isGone = () => deps.gone?.has(sub) === true;
      return isGone() ? undefined : { sub, expiresAt: payload.exp * 1000, payload, isGone };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
}

/** What the verifier needs. */
export interface TokenVerifierDeps {
  /** The public keys, read in process. */
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  /** People whose accounts were deleted in this process: their tokens live on and must open nothing. */
  readonly gone?: ReadonlySet<string>;
  /** Whether there is an account of this id; everybody has one by default. */
  readonly hasAccount?: (userId: string) => Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A valid token. */
export interface VerifiedToken {
  /** User id, never empty. */
  readonly sub: string;
  /** End of the token's life, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly payload: JWTPayload;
  /** Whether the account has been deleted since; for whoever waited between the check and the work. */
  isGone(): boolean;
}

/**
 * Whether a token's person exists: a token outlives an account that was deleted, and a process that knew of the deletion. Each person is
 * looked up once, since an account ends in this process alone, which then stands in `gone`.
 */
function createPresence({ hasAccount }: TokenVerifierDeps): (userId: string) => Promise<boolean> {
  const seen = new Set<string>();
  return async (userId) => {
    if (hasAccount === undefined || seen.has(userId)) return true;
    if (!await hasAccount(userId)) return false;
    seen.add(userId);
    return true;
  };
}
