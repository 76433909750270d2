// Whether the person has taken a client's access back since its token was signed (RFC 7662). Believed for two seconds.
import type { Clock } from "../kit/clock.ts";
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { INTROSPECTION_CACHE_MS, INTROSPECTION_ENTRIES } from "../kit/limits.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { ServiceClient } from "../services/service_client.ts";
import { createExpiringCache } from "../kit/expiring_cache.ts";
import { createSingleFlight } from "../kit/shared_work.ts";
import { isTimeZone } from "../kit/is_time_zone.ts";
import type { ConnectedClient } from "./principal.ts";

/** What the auth service knows of a live access token beyond what it says itself. */
export type LiveGrant = Pick<ConnectedClient, "name" | "spaceCount" | "timeZone">;

/** Asks whether a client's access still stands. */
export interface Introspection {
  /**
   * For a verified access token, `tokenId` being its issuer and `jti`; believed for {@link INTROSPECTION_CACHE_MS}. Throws
   * Refused `token-revoked`, or `upstream-failed` when it cannot be known: never a guess.
   */
  check(accessToken: Secret<string>, tokenId: string, tally: RequestTally): Promise<LiveGrant>;
}

const Answer = z.discriminatedUnion("active", [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    client_name: z.string().max(256).optional(),
    // Neither decides whether the access stands, so a value that is none is passed over.
    space_count: z.int().min(0).optional().catch(undefined),
    zoneinfo: z.string().max(64).refine(isTimeZone).optional().catch(undefined),
  }),
]);
type Active = Extract<z.infer<typeof Answer>, { active: true }>;

function liveGrant(
  { client_name: name = "", space_count: spaceCount, zoneinfo: timeZone }: Active,
): LiveGrant {
  return {
    name,
    ...(spaceCount === undefined ? {} : { spaceCount }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** Creates the check (RFC 7662). A signature says who issued a token, not whether the person has taken it back since. */
export function createIntrospection(deps: {
  readonly services: ServiceClient;
  readonly authUrl: string;
  /** Authenticates the gateway; null when the operator set none, and nothing can be asked. */
  readonly serviceKey: Secret<string> | null;
  readonly clock: Clock;
}): Introspection {
  /** Null: it was taken back. */
  const grants = createExpiringCache<LiveGrant | null>({
    clock: deps.clock,
    maxEntries: INTROSPECTION_ENTRIES,
  });
  const singleFlight = createSingleFlight<LiveGrant | null>();

  const ask = async (
    accessToken: Secret<string>,
    tokenId: string,
    tally: RequestTally,
  ): Promise<LiveGrant | null> => {
    if (deps.serviceKey === null) throw new Refused({ reason: "exchange-unavailable" });
    const answer = await deps.services.send({
      service: "auth",
      method: "POST",
      tally,
      url: `${deps.authUrl}/api/v1/oauth/introspect`,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-service-key": deps.serviceKey.reveal(),
      },
      body: new URLSearchParams({ token: accessToken.reveal() }).toString(),
      isRepeatable: true,
    });
    if (answer.status === 404) throw new Refused({ reason: "exchange-unavailable" });
    const parsed = Answer.safeParse(answer.json);
    if (answer.status !== 200 || !parsed.success) {
      throw new Refused({
        reason: "upstream-failed",
        upstream: "auth",
        fault: "rejected",
        status: answer.status,
      });
    }
    const grant = parsed.data.active ? liveGrant(parsed.data) : null;
    grants.set(tokenId, grant, deps.clock.calendar() + INTROSPECTION_CACHE_MS);
    return grant;
  };

  return Object.freeze({
    async check(accessToken: Secret<string>, tokenId: string, tally: RequestTally): Promise<LiveGrant> {
      let grant = grants.get(tokenId);
      if (grant === undefined) {
        grant = await singleFlight(tokenId, () => ask(accessToken, tokenId, tally));
      }
      if (grant === null) throw new Refused({ reason: "token-revoked" });
      return grant;
    },
  });
}
