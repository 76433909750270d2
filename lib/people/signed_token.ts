// Signed tokens as text (RFC 7515, RFC 7519): the header before anything is believed, the payload once signature, issuer and times
// hold. The only importer of jose. What a token is good for is verifier.ts and page_tokens.ts.
import { decodeProtectedHeader, errors, jwtVerify } from "@panva/jose";
import { type Refusal, Refused } from "../kit/errors.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../kit/limits.ts";
import { TOKEN_ALGORITHMS } from "./accepted_signing_keys.ts";

/** The header of a token, not believed yet. */
export interface TokenHeader {
  readonly kid: string;
  readonly typ: unknown;
}

/**
 * Reads the header. Throws Refused `token-malformed` or `token-algorithm`: before any key is looked up, so that `none` and HS256
 * with the public key as secret end here (RFC 8725 section 3.1).
 */
export function readTokenHeader(token: string): TokenHeader {
  const { alg, kid, typ } = protectedHeader(token);
  if (typeof alg !== "string" || !TOKEN_ALGORITHMS.includes(alg)) {
    throw new Refused({ reason: "token-algorithm" });
  }
  if (typeof kid !== "string") throw new Refused({ reason: "token-malformed" });
  return { kid, typ };
}

/** What a token has to say besides its signature. */
export interface ExpectedClaims {
  readonly issuers: readonly string[];
  /** Absent where the caller looks at the audience itself. */
  readonly audience?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The payload of a token whose signature, issuer, audience and times hold. Throws Refused `token-*`. A caller has to look at `exp`
 * once more: the tolerance, which is for clocks that are behind, lengthens the life of the token here.
 */
export async function readSignedPayload(
  token: string,
  key: CryptoKey,
  { issuers, audience, now }: ExpectedClaims,
): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [...TOKEN_ALGORITHMS],
      issuer: [...issuers],
      ...(audience === undefined ? {} : { audience }),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ["exp"],
    });
    return payload;
  } catch (error) {
    throw new Refused(tokenRefusal(error), { cause: error });
  }
}

function protectedHeader(token: string): {
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly typ?: unknown;
} {
  try {
    return decodeProtectedHeader(token);
  } catch (error) {
    throw new Refused({ reason: "token-malformed" }, { cause: error });
  }
}

/** jose's error to our reason; its text stays inside. */
function tokenRefusal(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return { reason: "token-expired" };
  if (error instanceof errors.JWSSignatureVerificationFailed) return { reason: "token-signature" };
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case "iss":
        return { reason: "token-issuer" };
      case "aud":
        return { reason: "token-audience" };
      case "nbf":
        return { reason: "token-not-yet-valid" };
      case "exp":
        return { reason: "token-expired" };
    }
  }
  return { reason: "token-malformed" };
}
