// Page tokens: by these the sign-in server's pages, and nobody else, reach the person's own records here. A token is good for one
// action with one body, for a minute. An app's token, its exchanged token and the person's own are none. Contract: auth-vault 13.
import { hash } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { CLOCK_TOLERANCE_SECONDS, PAGE_TOKEN_SECONDS } from "../kit/limits.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { createAcceptedSigningKeys } from "./accepted_signing_keys.ts";
import { readSignedPayload, readTokenHeader } from "./signed_token.ts";
import type { TokenIssuer } from "./verifier.ts";

/** What a page asks for: it shows something, or the person has decided something by a form with a token against CSRF. */
export type PageKind = "page" | "decision";

/** Verifies page tokens. */
export interface PageTokens {
  /**
   * Whose page asks, and with which body. Throws Refused `token-*` for a token that is not good for this action, and
   * `upstream-failed` when no keys can be had.
   */
  verify(presented: Secret<string>, of: PageRequest, tally: RequestTally): Promise<PageClaims>;
}

/** What a token has to be for. */
export interface PageRequest {
  readonly kind: PageKind;
  readonly action: string;
}

/** What a verified page token says. */
export interface PageClaims {
  /** The person's id. */
  readonly subject: string;
  /** Whether these bytes are the body that the token was made for. */
  isFor(body: Uint8Array): boolean;
}

/** Dependencies of {@link createPageTokens}. */
export interface PageTokensDeps {
  /** The server whose pages ask. */
  readonly pages: TokenIssuer;
  /** Whether an address is this gateway's. */
  readonly isOurs: (address: string) => boolean;
  readonly clock: Clock;
}

/** Ends the audience of a page token, behind the gateway's address: no token for apps has such an audience. */
const AUDIENCE_END = "/person";

/** `typ` of each kind. A token that only shows must not decide (cross-JWT confusion, RFC 8725 section 3.11). */
const TYPES: Readonly<Record<PageKind, string>> = { page: "mana-page+jwt", decision: "mana-decision+jwt" };

/**
 * Creates the verifier. An agent may hold a token of the person, and the services see exchanged ones; with any of these an agent
 * could decide in the person's place. So only the sign-in server's key opens the door, and only with the types above.
 */
export function createPageTokens({ pages, isOurs, clock }: PageTokensDeps): PageTokens {
  const keys = createAcceptedSigningKeys(pages.server);
  return Object.freeze({
    async verify(presented: Secret<string>, { kind, action }: PageRequest, tally: RequestTally) {
      const token = presented.reveal();
      const { kid, typ } = readTokenHeader(token);
      if (typ !== TYPES[kind]) throw new Refused({ reason: "token-malformed" });
      const key = await keys.keyFor(kid, tally);
      if (key === undefined) throw new Refused({ reason: "token-key-unknown", publisher: pages.server.name });
      const now = clock.calendar();
      const claims = Claims.safeParse(await readSignedPayload(token, key, { issuers: pages.issuers, now }));
      if (!claims.success) throw new Refused({ reason: "token-malformed" });
      const { aud, sub, iat, exp, action: named, body } = claims.data;
      if (!aud.endsWith(AUDIENCE_END) || !isOurs(aud.slice(0, -AUDIENCE_END.length))) {
        throw new Refused({ reason: "token-audience" });
      }
      if (named !== action) throw new Refused({ reason: "token-malformed" });
      // An end that was reached gets no tolerance, and no server may give a token a longer life.
      if (exp * 1000 <= now || exp - iat > PAGE_TOKEN_SECONDS) throw new Refused({ reason: "token-expired" });
      if (iat > now / 1000 + CLOCK_TOLERANCE_SECONDS) throw new Refused({ reason: "token-not-yet-valid" });
      return Object.freeze({
        subject: sub,
        isFor: (bytes: Uint8Array) => hash("sha256", bytes, "base64url") === body,
      });
    },
  });
}

const Claims = z.object({
  /** One address: a token for several audiences would be good at each of them. */
  aud: z.string(),
  sub: z.string().min(1).max(256),
  action: z.string(),
  /** SHA-256 in base64url, without padding. */
  body: z.string().length(43),
  iat: z.number(),
  exp: z.number(),
  jti: z.string().min(1),
});
