// Bearer tokens at the HTTP edge (RFC 6750): reading one from a request, and the challenge in a refusal. Verifies nothing.
import { type Refusal, Refused } from "../kit/errors.ts";
import { MAX_TOKEN_CHARS } from "../kit/limits.ts";
import { type Hide, hide, type Secret } from "../kit/secret.ts";

/**
 * The bearer token of a request (RFC 6750 section 2.1; the scheme is case-insensitive, RFC 9110 section 11.1).
 * Throws Refused `token-missing`, or `token-malformed` where the header holds no single token; {@link demandCompactJws} looks
 * at the form of the token.
 */
export function bearerToken(headers: Headers, hidden: Hide = hide): Secret<string> {
  const header = headers.get("authorization");
  if (header === null || header.trim() === "") throw new Refused({ reason: "token-missing" });
  // The spelling of nearly all clients needs no splitting.
  const [scheme, token, ...rest] =
    header.startsWith(USUAL_SCHEME) && !header.includes(" ", USUAL_SCHEME.length)
      ? ["bearer", header.slice(USUAL_SCHEME.length)]
      : header.trim().split(/ +/);
  if (scheme?.toLowerCase() !== "bearer") throw new Refused({ reason: "token-missing" });
  // Two Authorization headers arrive joined by a comma: refused, so that no proxy and we pick different ones.
  if (token === undefined || rest.length > 0 || token.length > MAX_TOKEN_CHARS) {
    throw new Refused({ reason: "token-malformed" });
  }
  return hidden(token);
}

/** Three non-empty base64url parts (RFC 7515 section 7.1). */
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

const USUAL_SCHEME = "Bearer ";

/**
 * Throws Refused `token-malformed` where a token has not the form of a JWT. To be called before anything parses the token; a
 * token that was verified before needs no second look.
 */
export function demandCompactJws(token: Secret<string>): void {
  if (!COMPACT_JWS.test(token.reveal())) throw new Refused({ reason: "token-malformed" });
}

/** Where a client that was refused finds out how to sign in, and what to ask for at first. */
export interface ChallengeHints {
  /** Address of the protected resource metadata (RFC 9728 section 5.1). */
  readonly metadataUrl: string;
  readonly scope: string;
}

/** The `WWW-Authenticate` challenge for a refusal (RFC 6750 section 3): fixed words only, nothing of the token. */
export function bearerChallenge(refusal: Refusal, message: string, hints: ChallengeHints | null): string {
  const scope = refusal.reason === "scope-missing" ? refusal.challenge : hints?.scope;
  const parameters: Record<string, string | undefined> = {
    realm: "mana",
    error: refusal.reason === "token-missing"
      ? undefined
      : refusal.reason === "scope-missing"
      ? "insufficient_scope"
      : "invalid_token",
    error_description: refusal.reason === "token-missing" ? undefined : message,
    scope,
    resource_metadata: hints?.metadataUrl,
  };
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    // A quote would end the value early and let what follows pass for another parameter.
    value === undefined ? [] : [`${name}="${value.replace(/["\\`]/g, "'")}"`]
  );
  return `Bearer ${written.join(", ")}`;
}
