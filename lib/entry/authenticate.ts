// Who calls: token, headers, membership of the space that is named, once per request. What it finds is handed on as a value
// (RequestContext), and nothing below reads a header or a token again.
import { isTimeZone } from "../kit/is_time_zone.ts";
import { Refused } from "../kit/errors.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Hide, Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { Admitted, ClientAccess } from "../people/client_access.ts";
import { bearerToken, demandCompactJws } from "../http/bearer.ts";
import type { Principal } from "../people/principal.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { ToolProfiles } from "../tool/profiles/tool_profiles.ts";
import type { VerifiedTokens } from "../people/verified_tokens.ts";
import { TokenRefusal } from "../people/token_refusal.ts";

/** One request on its way in. */
export interface Arrival {
  /** Absolute, as the server makes it. */
  readonly url: string;
  readonly headers: Headers;
  readonly tally: RequestTally;
  /** 32 hex digits. */
  readonly traceId: string;
}

/**
 * Establishes who calls. Returns without a promise when nothing has to be asked or computed: the person's own token, verified
 * a moment ago, and no space named. Throws or rejects with Refused `token-*`,
 * `header-invalid`, `profile-unknown`, `space-not-member`, or `upstream-failed` when any of it cannot be known.
 */
export type Authenticator = (arrival: Arrival) => RequestContext | Promise<RequestContext>;

const SPACE_HEADER = "x-mana-space";
/** Visible ASCII, so that an id can neither break a header nor a log line. */
const SPACE_ID = /^[\x21-\x7e]{1,256}$/;

/** What headers and address say beside the token. */
interface Wishes {
  readonly space: string | null;
  readonly timeZone: string | null;
  readonly isStrict: boolean;
  readonly profile: string | null;
}

/** Dependencies of {@link createAuthenticator}. */
export interface AuthenticatorDeps {
  readonly tokens: VerifiedTokens;
  readonly spaces: Spaces;
  readonly access: ClientAccess;
  readonly profiles: Pick<ToolProfiles, "has" | "names">;
  readonly hide: Hide;
}

/** Creates the authenticator: token, then headers, then membership of the space that is named. */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  return (arrival: Arrival): RequestContext | Promise<RequestContext> => {
    const tally = arrival.tally.child("auth", "internal");
    try {
      const presented = bearerToken(arrival.headers, deps.hide);
      const known = deps.tokens.known(presented);
      if (known === undefined || known.client !== null) {
        return establish(deps, arrival, tally, presented, known);
      }
      const wishes = wishesOf(deps, arrival);
      if (wishes.space !== null) return establish(deps, arrival, tally, presented, known);
      tally.span.end();
      return requestContextOf(deps, arrival, { principal: known, token: presented }, presented, wishes);
    } catch (error) {
      tally.span.end(reasonOf(error));
      throw error;
    }
  };
}

/** The way of a caller of whom something has to be verified, asked or looked up. */
async function establish(
  deps: AuthenticatorDeps,
  arrival: Arrival,
  tally: RequestTally,
  presented: Secret<string>,
  known: Principal | undefined,
): Promise<RequestContext> {
  let verified = known;
  try {
    if (verified === undefined) {
      demandCompactJws(presented);
      verified = await deps.tokens.verify(presented, tally);
    }
    const admitted = verified.client === null
      ? { principal: verified, token: presented }
      : await deps.access.admit(verified, presented, tally);
    const wishes = wishesOf(deps, arrival);
    if (wishes.space !== null) {
      const { choice } = await deps.spaces.resolve({ ...admitted, tally }, wishes.space);
      if (!choice.ok) throw new Refused(choice.refusal);
    }
    tally.span.end();
    return requestContextOf(deps, arrival, admitted, presented, wishes);
  } catch (error) {
    // A client's access may have been taken back since its token was verified.
    if (verified !== undefined && reasonOf(error) === "token-revoked") {
      deps.tokens.forget(presented);
      deps.access.forget(verified);
    }
    tally.span.end(reasonOf(error));
    throw error;
  }
}

function requestContextOf(
  { access, tokens }: AuthenticatorDeps,
  { tally, traceId }: Arrival,
  { principal, token }: Admitted,
  presented: Secret<string>,
  wishes: Wishes,
): RequestContext {
  const caller = Object.freeze({ principal, token, tally });
  return Object.freeze({
    caller,
    space: wishes.space,
    timeZone: wishes.timeZone ?? principal.client?.timeZone ?? null,
    profile: wishes.profile,
    isStrict: wishes.isStrict,
    traceId,
    tokenRefusal: new TokenRefusal(() => {
      tokens.forget(presented);
      access.forget(principal);
    }),
    stands: () => access.stands(principal, presented, tally),
    onAccessNews: (look: () => void) => access.onNews(principal, look),
    current: () => access.current(principal),
    again: async () =>
      Object.freeze({ ...caller, token: (await access.admit(principal, presented, tally)).token }),
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Refused ? error.refusal.reason : "internal";
}

function wishesOf({ profiles }: AuthenticatorDeps, { headers, url }: Arrival): Wishes {
  return {
    space: spaceNamed(headers),
    timeZone: timeZoneNamed(headers),
    isStrict: isFreshStrict(headers),
    profile: url.includes("?") ? profileNamed(profiles, url) : null,
  };
}

/** Throws Refused `profile-unknown`: a misspelt name must not end in another list than was asked for. */
function profileNamed(profiles: AuthenticatorDeps["profiles"], url: string): string | null {
  const query = url.indexOf("?");
  // The usual query is this one argument as it is: reading the whole address costs as much as a tenth of a listing.
  const usual = url.startsWith("profile=", query + 1) ? url.slice(query + 9) : "";
  if (profiles.has(usual)) return usual;
  const name = new URL(url).searchParams.get("profile");
  if (name === null || profiles.has(name)) return name;
  throw new Refused({ reason: "profile-unknown", profiles: profiles.names });
}

function spaceNamed(headers: Headers): string | null {
  const space = headers.get(SPACE_HEADER);
  if (space === null || SPACE_ID.test(space)) return space;
  throw new Refused({ reason: "header-invalid", header: "X-Mana-Space", expected: "the id of one space" });
}

function timeZoneNamed(headers: Headers): string | null {
  const timeZone = headers.get("x-mana-time-zone");
  if (timeZone === null || isTimeZone(timeZone)) return timeZone;
  throw new Refused({
    reason: "header-invalid",
    header: "X-Mana-Time-Zone",
    expected: "an IANA time zone such as Europe/Berlin",
  });
}

function isFreshStrict(headers: Headers): boolean {
  const fresh = headers.get("x-mana-fresh");
  if (fresh === null || fresh === "strict") return fresh !== null;
  throw new Refused({ reason: "header-invalid", header: "X-Mana-Fresh", expected: "the word strict" });
}
