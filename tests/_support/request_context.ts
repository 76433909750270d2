// Who calls, for tests of a part alone: the values that authentication would hand on, made up. No token here is signed.
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createRequestTally } from "../../lib/observe/request_tally.ts";
import { createNoTrace } from "../../lib/observe/trace.ts";
import type { Caller } from "../../lib/people/principal.ts";
import type { RequestContext } from "../../lib/people/request_context.ts";
import { TokenRefusal } from "../../lib/people/token_refusal.ts";

/** What the entry would hand on for one request of `subject`. */
export function requestContextFor(
  subject: string,
  token = `${subject}-1`,
  space: string | null = null,
): RequestContext {
  const caller = callerFor(subject, token);
  return {
    caller,
    space,
    timeZone: null,
    profile: null,
    isStrict: false,
    tokenRefusal: new TokenRefusal(() => {}),
    stands: () => Promise.resolve(true),
    onAccessNews: () => () => {},
    current: () => caller.principal,
    again: () => Promise.resolve(caller),
    traceId: "0".repeat(32),
  };
}

/** A person with their own token, whose end is far away. */
export function callerFor(subject: string, token: string): Caller {
  return {
    principal: {
      issuer: "https://auth.test",
      subject,
      role: "user",
      scopes: null,
      client: null,
      expiresAt: 4_000_000_000,
    },
    token: hideStrictly(token),
    tally: createRequestTally(createNoTrace().start({ name: "test", kind: "internal", parent: null }), {
      elapsed: () => 0,
    }),
  };
}
