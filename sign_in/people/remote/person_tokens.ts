// JWTs of people, as the auth service signs them: fetched by a session, verified, and kept until shortly before their end.
// No other person's token is ever handed out.
import { errors, jwtVerify } from "@panva/jose";
import { z } from "zod";
import { PERSON_TOKEN_MARGIN_MS } from "../../kit/limits.ts";
import type { ServiceLog } from "../../kit/service_log.ts";
import { createSigningKeys, SIGNING_KEY } from "../../identity/signing_keys.ts";
import { PeopleFault, type PersonToken } from "../people.ts";
import type { AuthService } from "./auth_service.ts";
import type { AuthSession, AuthSessions } from "./auth_sessions.ts";
import { createKeptAnswers } from "./kept_answers.ts";

/** Tokens of people. Each method throws {@link PeopleFault}. */
export interface PersonTokens {
  /** A token of the session's person. */
  mint(session: AuthSession): Promise<PersonToken>;
  /** Whose cookie this is, by a token that the auth service signed for it. */
  identify(cookie: string): Promise<TokenClaims>;
}

/** The part of a person's token that is read here (auth-vault, section 1). */
export type TokenClaims = z.infer<typeof TokenClaims>;
const TokenClaims = z.object({
  sub: z.string().min(1).max(255),
  /** Seconds since 1970. */
  exp: z.number(),
  email: z.string().min(3).max(320).optional().catch(undefined),
});

/** Creates the tokens. */
export function createPersonTokens(deps: PersonTokensDeps): PersonTokens {
  const { service, sessions, now } = deps;
  const verify = createVerifier(deps);
  const kept = createKeptAnswers<{ readonly token: string; readonly exp: number }>(now);
  return {
    async mint(session) {
      const { cookie, fingerprint, userId } = session;
      const { token, exp } = await kept.get(JSON.stringify([fingerprint, userId]), async () => {
        const token = await service.readToken(cookie);
        const { sub, exp } = await verify(token);
        if (sub !== userId) {
          deps.log({ event: "auth-session-of-another-person" });
          throw new PeopleFault("gone");
        }
        await sessions.noteUse(session);
        return { value: { token, exp }, until: exp * 1000 - PERSON_TOKEN_MARGIN_MS };
      });
      return { token, expiresIn: Math.floor(exp - now() / 1000) };
    },
    identify: async (cookie) => await verify(await service.readToken(cookie)),
  };
}

/** What the tokens are made of. */
export interface PersonTokensDeps {
  readonly service: Pick<AuthService, "readToken" | "readKeys">;
  readonly sessions: Pick<AuthSessions, "noteUse">;
  /** The `iss` of the auth service's JWTs. */
  readonly authIssuer: string;
  /** Their `aud`. */
  readonly audience: string;
  readonly now: () => number;
  readonly log: ServiceLog;
}

/** A token that is not the auth service's own is an answer of somebody else: the person's session may well be alive. */
function createVerifier(deps: PersonTokensDeps): (token: string) => Promise<TokenClaims> {
  const keys = createSigningKeys(() => deps.service.readKeys(), deps.now);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: [SIGNING_KEY.alg],
        issuer: deps.authIssuer,
        audience: deps.audience,
        requiredClaims: ["sub", "exp"],
        currentDate: new Date(deps.now()),
      });
      return TokenClaims.parse(payload);
    } catch (error) {
      if (error instanceof PeopleFault) throw error;
      // The code and the claim's name: an operator who spelled JWT_ISSUER wrong has to find out.
      const reason = error instanceof errors.JOSEError ? error.code : "claims";
      const claim = error instanceof errors.JWTClaimValidationFailed ? { claim: error.claim } : {};
      deps.log({ event: "auth-token-refused", reason, ...claim });
      throw new PeopleFault("unavailable");
    }
  };
}
