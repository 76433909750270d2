// Exchanges a connected client's token for one that the services take (RFC 8693), since the client's own never leaves the gateway.
import type { Clock } from "../kit/clock.ts";
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { EXCHANGED_TOKEN_ENTRIES, EXCHANGED_TOKEN_MARGIN_MS } from "../kit/limits.ts";
import type { Hide, Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { ServiceClient } from "../services/service_client.ts";
import { createExpiringCache } from "../kit/expiring_cache.ts";
import { createSingleFlight } from "../kit/shared_work.ts";

/** Exchanges a client's access token for one that the services take. */
export interface TokenExchange {
  /**
   * The exchanged token for a verified access token, `tokenId` being its issuer and `jti`. Throws Refused
   * `exchange-unavailable` when the auth service offers none, `token-revoked` when it refuses this token.
   */
  exchange(accessToken: Secret<string>, tokenId: string, tally: RequestTally): Promise<Secret<string>>;
  /** Forgets what was exchanged for this token. */
  forget(tokenId: string): void;
}

const Answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Dependencies of {@link createTokenExchange}. */
export interface TokenExchangeDeps {
  readonly services: ServiceClient;
  readonly authUrl: string;
  /** Authenticates the gateway; null when the operator set none, and nothing can be exchanged. */
  readonly serviceKey: Secret<string> | null;
  /** Audience of the token that the services take. */
  readonly audience: string;
  readonly hide: Hide;
  readonly clock: Clock;
}

/**
 * Creates the exchange (RFC 8693). A client's token is meant for this gateway alone and never leaves it: a service that
 * got it could use it here (token passthrough, MCP authorization "access token privilege restriction").
 */
export function createTokenExchange(deps: TokenExchangeDeps): TokenExchange {
  const exchanged = createExpiringCache<Secret<string>>({
    clock: deps.clock,
    maxEntries: EXCHANGED_TOKEN_ENTRIES,
  });
  const singleFlight = createSingleFlight<Secret<string>>();

  const fetchToken = async (
    accessToken: Secret<string>,
    tokenId: string,
    tally: RequestTally,
  ): Promise<Secret<string>> => {
    if (deps.serviceKey === null) throw new Refused({ reason: "exchange-unavailable" });
    const answer = await deps.services.send({
      service: "auth",
      method: "POST",
      tally,
      url: `${deps.authUrl}/api/auth/oauth2/token`,
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
    if (answer.status === 400 && answer.code === "invalid_grant") {
      throw new Refused({ reason: "token-revoked" });
    }
    if (answer.status === 404 || answer.code === "unsupported_grant_type") {
      throw new Refused({ reason: "exchange-unavailable" });
    }
    const parsed = Answer.safeParse(answer.json);
    if (answer.status !== 200 || !parsed.success) {
      throw new Refused({
        reason: "upstream-failed",
        upstream: "auth",
        fault: "rejected",
        status: answer.status,
      });
    }
    const until = deps.clock.calendar() + parsed.data.expires_in * 1000 - EXCHANGED_TOKEN_MARGIN_MS;
    const token = deps.hide(parsed.data.access_token);
    exchanged.set(tokenId, token, until);
    return token;
  };

  return Object.freeze({
    async exchange(
      accessToken: Secret<string>,
      tokenId: string,
      tally: RequestTally,
    ): Promise<Secret<string>> {
      return exchanged.get(tokenId) ??
        await singleFlight(tokenId, () => fetchToken(accessToken, tokenId, tally));
    },
    forget: (tokenId: string) => exchanged.delete(tokenId),
  });
}
