import { isTimeZone } from "../day.ts";
import { Refused } from "../errors.ts";
import type { Exchange } from "../mcp/exchange.ts";
import { bearerToken } from "./bearer.ts";
import type { Spaces } from "./spaces.ts";
import type { Verifier } from "./verifier.ts";

/** Dependencies of {@link createAuthenticator}. */
export interface AuthenticatorDeps {
  readonly verifier: Verifier;
  readonly spaces: Spaces;
  /** Random 32 hex digits. */
  readonly newTraceId: () => string;
}

/** Establishes who calls, once; what it returns is passed on as a value. */
export type Authenticator = (headers: Headers) => Promise<Exchange>;

/** Visible ASCII, so that an id can neither break a header nor a log line. */
const SPACE_ID = /^[\x21-\x7e]{1,256}$/;
/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = "0".repeat(32);

/**
 * Creates the authenticator: token, then headers, then membership of the space that is named. Throws Refused `token-*`,
 * `header-invalid`, `space-not-member`, or `upstream-failed` when any of it cannot be known.
 */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  return async (headers) => {
    const token = bearerToken(headers);
    const principal = await deps.verifier.verify(token);
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
    const caller = { principal, token };
    if (space !== null) {
      const { choice } = await deps.spaces.resolve(caller, space);
      if (!choice.ok) throw new Refused(choice.refusal);
    }
    const parent = TRACEPARENT.exec(headers.get("traceparent") ?? "")?.[1];
    return Object.freeze({
      caller: Object.freeze(caller),
      space,
      timeZone,
      traceId: parent === undefined || parent === NO_TRACE ? deps.newTraceId() : parent,
    });
  };
}
