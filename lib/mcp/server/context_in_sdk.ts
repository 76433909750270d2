import type { RequestContext } from "../../people/request_context.ts";
import { takesStreams } from "../../http/media_guard.ts";
import type { AuthInfo, ServerContext } from "../sdk.ts";

/** Marks our own value in the SDK's untyped `extra`, so that it is recognised by a check instead of a cast. */
class Carried {
  readonly requestContext: RequestContext;
  /** Whether the client takes a stream as answer, without which a legacy client cannot be asked anything. */
  readonly takesStreams: boolean;
  constructor(requestContext: RequestContext, request: Request) {
    this.requestContext = requestContext;
    this.takesStreams = takesStreams(request);
  }
}

/**
 * What the SDK hands to the handlers of one request. It carries the {@link RequestContext} of that very request: a session
 * outlives many tokens, and a handler that used the first one would fail after 15 minutes or act in the wrong space.
 * `token` stays empty, since the SDK needs none: the one way to the token is the request context.
 */
export function toAuthInfo(requestContext: RequestContext, request: Request): AuthInfo {
  return { token: "", clientId: "", scopes: [], extra: { carried: new Carried(requestContext, request) } };
}

/**
 * The request context of the request that `ctx` belongs to. Throws TypeError outside of a request served by the protocol,
 * which is a mistake in the wiring.
 */
export function requestContextOf(ctx: Pick<ServerContext, "http">): RequestContext {
  return carriedBy(ctx).requestContext;
}

/** Whether the client that sent this request takes a stream as answer. Throws as {@link requestContextOf} does. */
export function streamsTo(ctx: Pick<ServerContext, "http">): boolean {
  return carriedBy(ctx).takesStreams;
}

function carriedBy(ctx: Pick<ServerContext, "http">): Carried {
  const carried = ctx.http?.authInfo?.extra?.["carried"];
  if (carried instanceof Carried) return carried;
  throw new TypeError("Cannot read the request context: this context was not made by the protocol");
}
