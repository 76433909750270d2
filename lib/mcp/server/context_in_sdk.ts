// What the SDK is given of a request, and how its handlers find the request context again. The SDK sees neither token nor
// cookie; the only way to the token is the request context.
import type { RequestContext } from "../../people/request_context.ts";
import { ANSWER_TYPES, takesStreams } from "../../http/media_guard.ts";
import { MODERN_REVISION } from "../fast/fast_request.ts";
import { type AuthInfo, type ServerContext, SUPPORTED_PROTOCOL_VERSIONS } from "../sdk.ts";

/**
 * What the SDK hands to the handlers of one request. It carries the {@link RequestContext} of that very request: a session
 * outlives many tokens, and a handler that used the first token would fail after 15 minutes or act in the wrong space.
 * `token` stays empty, since the SDK needs none.
 */
export function toAuthInfo(requestContext: RequestContext, request: Request): AuthInfo {
  return { token: "", clientId: "", scopes: [], extra: { carried: new Carried(requestContext, request) } };
}

/**
 * The request as the SDK sees it: without its body, which has been read, and without the caller's credentials, so that
 * no handler can read a header where it should use the request context. The SDK demands both answer types by name, while
 * `mediaGuard` has accepted wildcards too.
 */
export function requestForSdk(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete("authorization");
  headers.delete("cookie");
  headers.set("accept", ANSWER_TYPES);
  return new Request(request.url, { method: request.method, headers, signal: request.signal });
}

/**
 * The request context of the request that `context` belongs to. Throws TypeError outside of a request served by the
 * protocol, which is a mistake in the wiring.
 */
export function requestContextOf(context: Pick<ServerContext, "http">): RequestContext {
  return carriedBy(context).requestContext;
}

/** Whether the client that sent this request takes a stream as answer. Throws as {@link requestContextOf} does. */
export function streamsTo(context: Pick<ServerContext, "http">): boolean {
  return carriedBy(context).takesStreams;
}

/** The revision that the header of this request names, of those that are spoken here. Throws as {@link requestContextOf} does. */
export function namedRevision(context: Pick<ServerContext, "http">): string | undefined {
  return carriedBy(context).revision;
}

/** Marks our own value in the SDK's untyped `extra`, so that it is recognised by a check instead of a cast. */
class Carried {
  readonly requestContext: RequestContext;
  /** Whether the client takes a stream as answer, without which a legacy client cannot be asked anything. */
  readonly takesStreams: boolean;
  readonly revision: string | undefined;
  constructor(requestContext: RequestContext, request: Request) {
    this.requestContext = requestContext;
    this.takesStreams = takesStreams(request);
    const named = request.headers.get("mcp-protocol-version") ?? "";
    this.revision = named === MODERN_REVISION || SUPPORTED_PROTOCOL_VERSIONS.includes(named)
      ? named
      : undefined;
  }
}

function carriedBy(context: Pick<ServerContext, "http">): Carried {
  const carried = context.http?.authInfo?.extra?.["carried"];
  if (carried instanceof Carried) return carried;
  throw new TypeError("Cannot read the request context: this context was not made by the protocol");
}
