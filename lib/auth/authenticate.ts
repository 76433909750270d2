import { isTimeZone } from "../day.ts";
import { Refused } from "../errors.ts";
import type { Exchange } from "../mcp/exchange.ts";
import type { Hide, Secret } from "../secret.ts";
import type { Trail } from "../trail.ts";
import type { ClientAccess } from "./client_access.ts";
import { bearerToken } from "./bearer.ts";
import type { Principal } from "./principal.ts";
import type { Spaces } from "./spaces.ts";
import type { TokenCache } from "./token_cache.ts";

/** Dependencies of {@link createAuthenticator}. */
export interface AuthenticatorDeps {
  readonly tokens: TokenCache;
  readonly spaces: Spaces;
  readonly access: ClientAccess;
  readonly hide: Hide;
}

/** One request on its way in. */
export interface Arrival {
  readonly headers: Headers;
  readonly trail: Trail;
  /** 32 hex digits. */
  readonly traceId: string;
}

/** Establishes who calls, once; what it returns is passed on as a value. */
export type Authenticator = (arrival: Arrival) => Promise<Exchange>;

/** Visible ASCII, so that an id can neither break a header nor a log line. */
const SPACE_ID = /^[\x21-\x7e]{1,256}$/;

/**
 * Creates the authenticator: token, then headers, then membership of the space that is named. Throws Refused `token-*`,
 * `header-invalid`, `space-not-member`, or `upstream-failed` when any of it cannot be known.
 */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { tokens } = deps;

  /** A connected client, whose access may have been taken back since its token was verified. */
  const admitClient = async (principal: Principal, presented: Secret<string>, trail: Trail) => {
    try {
      return await deps.access.admit(principal, presented, trail);
    } catch (error) {
      if (error instanceof Refused && error.refusal.reason === "token-revoked") tokens.forget(presented);
      throw error;
    }
  };

  return async ({ headers, traceId, trail: around }: Arrival): Promise<Exchange> => {
    const trail = around.child("auth", "internal");
    try {
      const presented = bearerToken(headers, deps.hide);
      const verified = tokens.known(presented) ?? await tokens.verify(presented, trail);
      const { principal, token } = verified.client === null
        ? { principal: verified, token: presented }
        : await admitClient(verified, presented, trail);
      const space = spaceNamed(headers);
      const timeZone = timeZoneNamed(headers);
      const isStrict = isFreshStrict(headers);
      if (space !== null) {
        const { choice } = await deps.spaces.resolve({ principal, token, trail }, space);
        if (!choice.ok) throw new Refused(choice.refusal);
      }
      const caller = Object.freeze({ principal, token, trail: around });
      const stands = () => deps.access.stands(principal, presented, around);
      const again = async () =>
        Object.freeze({ ...caller, token: (await deps.access.admit(principal, presented, around)).token });
      trail.span.end();
      return Object.freeze({ caller, space, timeZone, isStrict, traceId, stands, again });
    } catch (error) {
      trail.span.end(error instanceof Refused ? error.refusal.reason : "internal");
      throw error;
    }
  };
}

function spaceNamed(headers: Headers): string | null {
  const space = headers.get("x-mana-space");
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
