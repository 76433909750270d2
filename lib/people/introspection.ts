// Whether the person has taken a client's access back since its token was signed (RFC 7662). Believed for two seconds.
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { ACCESS_NEWS_MS, INTROSPECTION_CACHE_MS, INTROSPECTION_ENTRIES } from "../kit/limits.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";
import { createBoundedCache } from "../kit/bounded_cache.ts";
import { createExpiringCache } from "../kit/expiring_cache.ts";
import { createSingleFlight } from "../kit/shared_work.ts";
import { isTimeZone } from "../kit/is_time_zone.ts";
import type { AccessKnowledge } from "./access_knowledge.ts";
import { narrowingMembers } from "./narrowing_members.ts";
import type { ConnectedClient } from "./principal.ts";

/** What the server that issued a live access token knows of it beyond what the token says. */
export type LiveGrant =
  & Pick<ConnectedClient, "name" | "spaceCount" | "timeZone" | "toolProfile" | "askFirst">
  & Pick<ConnectedClient, "recordsDocument" | "readBudget" | "ledger">
  & Partial<Pick<ConnectedClient, "appKey">>;

/** Asks whether a client's access still stands. */
export interface Introspection {
  /**
   * For a verified access token, `tokenId` being its issuer and `jti`; believed for {@link INTROSPECTION_CACHE_MS}. Throws
   * Refused `token-revoked`, or `upstream-failed` when it cannot be known: never a guess.
   */
  check(accessToken: Secret<string>, tokenId: string, tally: RequestTally): Promise<LiveGrant>;
  /** Forgets that access stands, because another answer said that it does not. That it was taken back is kept. */
  forget(tokenId: string): void;
  /** There is news of this token's person: what was found longer ago than {@link ACCESS_NEWS_MS} is asked for again. */
  doubt(tokenId: string): void;
  /** What `check` last found, however long ago; undefined where it found nothing yet. Asks nobody, and allows nothing. */
  lastFound(tokenId: string): LiveGrant | undefined;
}

const Answer = z.discriminatedUnion("active", [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    client_name: z.string().max(256).optional(),
    // None of these decides whether the access stands, so a value that is none is passed over.
    app_key: z.string().regex(/^[A-Za-z0-9_-]{43}$/).optional().catch(undefined),
    space_count: z.int().min(0).optional().catch(undefined),
    zoneinfo: z.string().max(64).refine(isTimeZone).optional().catch(undefined),
    tool_profile: z.string().max(40).optional().catch(undefined),
    // Whatever else is asked for is more than nothing: the person is asked before each change.
    ask_first: z.unknown().optional(),
    // These three narrow what the client may do, so a value that cannot be read is never passed over: narrowing_members.ts.
    authorization_details: z.unknown().optional(),
    read_budget: z.unknown().optional(),
    ledger: z.unknown().optional(),
  }),
]);
type Active = Extract<z.infer<typeof Answer>, { active: true }>;

function liveGrant(
  {
    client_name: name = "",
    app_key: appKey,
    space_count: spaceCount,
    zoneinfo: timeZone,
    tool_profile: toolProfile,
    ask_first: askFirst,
    ...narrowing
  }: Active,
): LiveGrant {
  return {
    name,
    ...(appKey === undefined ? {} : { appKey }),
    ...(spaceCount === undefined ? {} : { spaceCount }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(toolProfile === undefined ? {} : { toolProfile }),
    ...(askFirst === undefined || askFirst === null ? {} : { askFirst: "write" as const }),
    ...narrowingMembers(narrowing),
  };
}

/**
 * Creates the check (RFC 7662). A signature says who issued a token, not whether the person has taken it back since. `knowledge` is told
 * of each question.
 */
export function createIntrospection(
  deps: KeyedService,
  knowledge: Pick<AccessKnowledge, "asked">,
): Introspection {
  /** Null: it was taken back. */
  const grants = createExpiringCache<LiveGrant | null>({
    clock: deps.clock,
    maxEntries: INTROSPECTION_ENTRIES,
  });
  const lastFound = createBoundedCache<LiveGrant>(INTROSPECTION_ENTRIES);
  const singleFlight = createSingleFlight<LiveGrant | null>();
  /** Questions under way, and whether there was news since they were asked: the answer may be older. */
  const asking = new Map<string, { isDoubted: boolean }>();

  const ask = async (
    accessToken: Secret<string>,
    tokenId: string,
    tally: RequestTally,
  ): Promise<LiveGrant | null> => {
    if (deps.serviceKey === null) throw new Refused({ reason: "exchange-unavailable", upstream: deps.name });
    const question = { isDoubted: false };
    asking.set(tokenId, question);
    const grant = await answerFor(accessToken, deps.serviceKey, tally).then((found) => {
      knowledge.asked(found === null ? "over" : "active");
      return found;
    }, (error: unknown) => {
      knowledge.asked("failed");
      throw error;
    }).finally(() => asking.delete(tokenId));
    if (grant !== null) lastFound.set(tokenId, grant);
    const lifeMs = question.isDoubted && grant !== null ? ACCESS_NEWS_MS : INTROSPECTION_CACHE_MS;
    grants.set(tokenId, grant, deps.clock.calendar() + lifeMs);
    return grant;
  };

  const answerFor = async (
    accessToken: Secret<string>,
    serviceKey: Secret<string>,
    tally: RequestTally,
  ): Promise<LiveGrant | null> => {
    const answer = await deps.services.send({
      service: deps.name,
      method: "POST",
      tally,
      url: `${deps.url}/api/v1/oauth/introspect`,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-service-key": serviceKey.reveal(),
      },
      body: new URLSearchParams({ token: accessToken.reveal() }).toString(),
      isRepeatable: true,
    });
    if (answer.status === 404) throw new Refused({ reason: "exchange-unavailable", upstream: deps.name });
    const parsed = Answer.safeParse(answer.json);
    if (answer.status !== 200 || !parsed.success) throw new Refused(unusableAnswer(deps.name, answer));
    return parsed.data.active ? liveGrant(parsed.data) : null;
  };

  return Object.freeze({
    lastFound: (tokenId: string) => lastFound.peek(tokenId),
    async check(accessToken: Secret<string>, tokenId: string, tally: RequestTally): Promise<LiveGrant> {
      let grant = grants.get(tokenId);
      if (grant === undefined) {
        grant = await singleFlight(tokenId, () => ask(accessToken, tokenId, tally));
      }
      if (grant === null) throw new Refused({ reason: "token-revoked" });
      return grant;
    },
    doubt(tokenId: string): void {
      const question = asking.get(tokenId);
      if (question !== undefined) question.isDoubted = true;
      if (grants.get(tokenId) !== null) grants.shorten(tokenId, ACCESS_NEWS_MS);
    },
    forget(tokenId: string): void {
      if (grants.get(tokenId) !== null) grants.delete(tokenId);
    },
  });
}
