import { isTimeZone } from "../day.ts";
import { Refused } from "../errors.ts";
import type { Exchange } from "../mcp/exchange.ts";
import type { Hide } from "../secret.ts";
import type { Trail } from "../trail.ts";
import type { ClientAccess } from "./client_access.ts";
import { bearerToken } from "./bearer.ts";
import type { Spaces } from "./spaces.ts";
import type { Verifier } from "./verifier.ts";

/** Dependencies of {@link createAuthenticator}. */
export interface AuthenticatorDeps {
  readonly verifier: Verifier;
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
  const authenticate = async (
    { headers, traceId, trail: around }: Arrival,
    trail: Trail,
  ): Promise<Exchange> => {
    const presented = bearerToken(headers, deps.hide);
    const verified = await deps.verifier.verify(presented, trail);
    const { principal, token } = await deps.access.admit(verified, presented, trail);
    const space = headers.get("x-mana-space");
    if (space !== null && !SPACE_ID.test(space)) {
      throw new Refused({
        reason: "header-invalid",
        header: "X-Mana-Space",
        expected: "the id of one space",
      });
    }
    const timeZone = headers.get("x-mana-time-zone");
    if (timeZone !== null && !isTimeZone(timeZone)) {
      throw new Refused({
        reason: "header-invalid",
        header: "X-Mana-Time-Zone",
        expected: "an IANA time zone such as Europe/Berlin",
      });
    }
    const fresh = headers.get("x-mana-fresh");
    if (fresh !== null && fresh !== "strict") {
      throw new Refused({ reason: "header-invalid", header: "X-Mana-Fresh", expected: "the word strict" });
    }
    if (space !== null) {
      const { choice } = await deps.spaces.resolve({ principal, token, trail }, space);
      if (!choice.ok) throw new Refused(choice.refusal);
    }
    const caller = Object.freeze({ principal, token, trail: around });
    const stands = () => deps.access.stands(principal, presented, around);
    const again = async () =>
      Object.freeze({ ...caller, token: (await deps.access.admit(principal, presented, around)).token });
    return Object.freeze({ caller, space, timeZone, isStrict: fresh === "strict", traceId, stands, again });
  };
  return async (arrival) => {
    const trail = arrival.trail.child("auth", "internal");
    try {
      const exchange = await authenticate(arrival, trail);
      trail.span.end();
      return exchange;
    } catch (error) {
      trail.span.end(error instanceof Refused ? error.refusal.reason : "internal");
      throw error;
    }
  };
}
