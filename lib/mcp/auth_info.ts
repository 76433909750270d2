import type { Exchange } from "./exchange.ts";
import type { AuthInfo, ServerContext } from "./sdk.ts";

/** Marks our own value in the SDK's untyped `extra`, so that it is recognised by a check instead of a cast. */
class Carried {
  readonly exchange: Exchange;
  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }
}

/**
 * What the SDK hands to the handlers of one request. It carries the {@link Exchange} of that very request: a session
 * outlives many tokens, and a handler that used the first one would fail after 15 minutes or act in the wrong space.
 * `token` stays empty, since the SDK needs none: the one way to the token is the exchange.
 */
export function toAuthInfo(exchange: Exchange): AuthInfo {
  return { token: "", clientId: "", scopes: [], extra: { carried: new Carried(exchange) } };
}

/**
 * The exchange of the request that `ctx` belongs to. Throws TypeError outside of a request served by the protocol,
 * which is a mistake in the wiring.
 */
export function exchangeOf(ctx: Pick<ServerContext, "http">): Exchange {
  const carried = ctx.http?.authInfo?.extra?.["carried"];
  if (carried instanceof Carried) return carried.exchange;
  throw new TypeError("Cannot read the exchange: this context was not made by the protocol");
}
