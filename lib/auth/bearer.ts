import { type Refusal, Refused } from "../errors.ts";
import { MAX_TOKEN_CHARS } from "../limits.ts";

/** Three non-empty base64url parts (RFC 7515 section 7.1); checked before anything parses the token. */
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * The bearer token of a request (RFC 6750 section 2.1; the scheme is case-insensitive, RFC 9110 section 11.1).
 * Throws Refused `token-missing` or `token-malformed`.
 */
export function bearerToken(headers: Headers): string {
  const header = headers.get("authorization");
  if (header === null || header.trim() === "") throw new Refused({ reason: "token-missing" });
  const [scheme, token, ...rest] = header.trim().split(/ +/);
  if (scheme?.toLowerCase() !== "bearer") throw new Refused({ reason: "token-missing" });
  // Two Authorization headers arrive joined by a comma: refused, so that no proxy and we pick different ones.
  if (token === undefined || rest.length > 0 || token.length > MAX_TOKEN_CHARS || !COMPACT_JWS.test(token)) {
    throw new Refused({ reason: "token-malformed" });
  }
  return token;
}

/** The `WWW-Authenticate` challenge for a refusal (RFC 6750 section 3): fixed words only, nothing of the token. */
export function bearerChallenge(refusal: Refusal, message: string): string {
  const error = (code: string) => `error="${code}", error_description="${message.replace(/["\\`]/g, "'")}"`;
  switch (refusal.reason) {
    case "token-missing":
      return 'Bearer realm="mana"';
    case "scope-missing":
      return `Bearer realm="mana", ${error("insufficient_scope")}, scope="${
        refusal.scope.replace(/["\\]/g, "")
      }"`;
    default:
      return `Bearer realm="mana", ${error("invalid_token")}`;
  }
}
