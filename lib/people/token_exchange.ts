// Exchanges a connected client's token for one that the services take (RFC 8693), since the client's own never leaves the gateway.
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { ACCESS_NEWS_MS, EXCHANGED_TOKEN_ENTRIES, EXCHANGED_TOKEN_MARGIN_MS } from "../kit/limits.ts";
import type { Hide, Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";
import { createExpiringCache } from "../kit/expiring_cache.ts";
import { createSingleFlight } from "../kit/shared_work.ts";
import type { Verifier } from "./verifier.ts";

/** Exchanges a client's access token for one that the services take. */
export interface TokenExchange {
  /**
   * The exchanged token for a verified access token. Throws Refused `exchange-unavailable` when the server offers none,
   * `token-revoked` when it refuses this token, `upstream-failed` when nothing usable came.
   */
  exchange(accessToken: Secret<string>, of: ExchangedFor, tally: RequestTally): Promise<ExchangedToken>;
  /** Forgets what was exchanged for this token. */
  forget(tokenId: string): void;
  /** There is news of this token's person: what was exchanged longer ago than {@link ACCESS_NEWS_MS} is exchanged again. */
  doubt(tokenId: string): void;
}

/** A token that the services take. */
export interface ExchangedToken {
  readonly token: Secret<string>;
  /** Seconds since the epoch at which it ends. */
  readonly until: number;
}

/** What a verified access token says of itself. */
export interface ExchangedFor {
  /** Issuer and `jti`. */
  readonly tokenId: string;
  /** `sub`: the person's id. */
  readonly subject: string;
}

const Answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Dependencies of {@link createTokenExchange}. */
export interface TokenExchangeDeps extends KeyedService {
  /** Audience of the token that the services take. */
  readonly audience: string;
  /** Checks what a sign-in server hands out; null where the auth service itself makes the exchange. */
  readonly verifier: Verifier | null;
  readonly hide: Hide;
}

/**
 * Creates the exchange (RFC 8693). A client's token is meant for this gateway alone and never leaves it: a service that
 * got it could use it here (token passthrough, MCP authorization "access token privilege restriction").
 */
export function createTokenExchange(deps: TokenExchangeDeps): TokenExchange {
  const exchanged = createExpiringCache<ExchangedToken>({
    clock: deps.clock,
    maxEntries: EXCHANGED_TOKEN_ENTRIES,
  });
  const singleFlight = createSingleFlight<ExchangedToken>();

  const fetchToken = async (
    accessToken: Secret<string>,
    { tokenId, subject }: ExchangedFor,
    tally: RequestTally,
  ): Promise<ExchangedToken> => {
    if (deps.serviceKey === null) throw new Refused({ reason: "exchange-unavailable", upstream: deps.name });
    const answer = await deps.services.send({
      service: deps.name,
      method: "POST",
      tally,
      url: `${deps.url}/api/auth/oauth2/token`,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-service-key": deps.serviceKey.reveal(),
      },
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: accessToken.reveal(),
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: deps.audience,
      }).toString(),
      // An exchange uses nothing up: the token of a lost answer is one more that nobody has.
      isRepeatable: true,
    });
    // RFC 8693 section 2.2.2 says `invalid_request` of a token that is not acceptable, others say `invalid_grant`.
    if (answer.status === 400 && ["invalid_request", "invalid_grant"].includes(answer.code ?? "")) {
      throw new Refused({ reason: "token-revoked" });
    }
    if (answer.status === 404 || answer.code === "unsupported_grant_type") {
      throw new Refused({ reason: "exchange-unavailable", upstream: deps.name });
    }
    const parsed = Answer.safeParse(answer.json);
    if (answer.status !== 200 || !parsed.success) throw new Refused(unusableAnswer(deps.name, answer));
    const endsAt = deps.clock.calendar() + parsed.data.expires_in * 1000;
    const token = deps.hide(parsed.data.access_token);
    if (deps.verifier !== null && !(await isOwnToken(deps.verifier, token, subject, tally))) {
      throw new Refused(unusableAnswer(deps.name, answer));
    }
    const found: ExchangedToken = Object.freeze({ token, until: endsAt / 1000 });
    exchanged.set(tokenId, found, endsAt - EXCHANGED_TOKEN_MARGIN_MS);
    return found;
  };

  return Object.freeze({
    async exchange(
      accessToken: Secret<string>,
      of: ExchangedFor,
      tally: RequestTally,
    ): Promise<ExchangedToken> {
      return exchanged.get(of.tokenId) ??
        await singleFlight(of.tokenId, () => fetchToken(accessToken, of, tally));
    },
    forget: (tokenId: string) => exchanged.delete(tokenId),
    doubt: (tokenId: string) => exchanged.shorten(tokenId, ACCESS_NEWS_MS),
  });
}

/**
 * Whether a token is the auth service's own, of this person. A sign-in server that mixes up two sessions would otherwise have
 * one person's client read and write the data of another.
 */
async function isOwnToken(
  verifier: Verifier,
  token: Secret<string>,
  subject: string,
  tally: RequestTally,
): Promise<boolean> {
  try {
    const principal = await verifier.verify(token, tally);
    return principal.client === null && principal.subject === subject;
  } catch (error) {
    // An auth service that cannot be asked says nothing of the token.
    if (error instanceof Refused && error.refusal.reason.startsWith("token-")) return false;
    throw error;
  }
}
