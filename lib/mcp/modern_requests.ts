// Requests of MCP 2026-07-28 that are left to the SDK: a fresh server answers each, and nothing is kept between two requests.
// Streams of `subscriptions/listen` get this caller's notifications added.
import { Refused } from "../kit/errors.ts";
import { isJsonObject, type JsonObject } from "../kit/json.ts";
import { streamNotAcceptable, takesStreams } from "../http/media_guard.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Subscriptions } from "../resources/subscriptions.ts";
import type { Inspect } from "./inbound.ts";
import { createMcpHandler, type McpServerFactory, type ServerEventBus } from "./sdk.ts";
import { requestForSdk, toAuthInfo } from "./server/context_in_sdk.ts";

/** Modern requests. */
export interface ModernRequests {
  /**
   * Answers one POST. Throws Refused `cancelled` or `interrupted` where the SDK gave up before its answer, and what
   * `inspect` throws.
   */
  post(
    request: Request,
    body: JsonObject | readonly unknown[],
    requestContext: RequestContext,
  ): Promise<Response>;
  /** Ends every stream and call in flight. */
  close(): Promise<void>;
}

/** Dependencies of {@link createModernRequests}. */
export interface ModernRequestsDeps {
  readonly factory: McpServerFactory;
  readonly onError: (error: unknown) => void;
  readonly keepAliveMs: number;
  /** Whether the protocol is being closed: then an answer that is missing was interrupted, not cancelled. */
  readonly isStopping: () => boolean;
  readonly bus?: ServerEventBus;
  readonly subscriptions?: Subscriptions;
  readonly inspect?: Inspect;
}

/** Wraps the SDK's stateless handler. */
export function createModernRequests(deps: ModernRequestsDeps): ModernRequests {
  const handler = createMcpHandler(deps.factory, {
    legacy: "reject",
    onerror: deps.onError,
    keepAliveMs: deps.keepAliveMs,
    ...(deps.bus === undefined ? {} : { bus: deps.bus }),
  });
  const answer = async (
    request: Request,
    parsedBody: JsonObject | readonly unknown[],
    requestContext: RequestContext,
  ): Promise<Response> => {
    const authInfo = toAuthInfo(requestContext, request);
    const response = await handler.fetch(requestForSdk(request), { authInfo, parsedBody });
    // 499 is the SDK's word for a request that ended before its answer: the client left, or we are stopping. Then nothing
    // may be said of what was done: a write may be on its way.
    if (response.status === 499) {
      throw new Refused({ reason: deps.isStopping() ? "interrupted" : "cancelled" });
    }
    return response;
  };
  return {
    async post(request, body, requestContext) {
      if (isJsonObject(body)) {
        deps.inspect?.({ request, message: body, requestContext }, "modern");
        if (body["method"] === "subscriptions/listen") {
          return await listen(deps.subscriptions, request, body, requestContext, answer);
        }
      }
      return await answer(request, body, requestContext);
    },
    close: () => handler.close(),
  };
}

async function listen(
  subscriptions: Subscriptions | undefined,
  request: Request,
  message: JsonObject,
  requestContext: RequestContext,
  answer: ModernRequests["post"],
): Promise<Response> {
  if (!takesStreams(request)) return streamNotAcceptable();
  if (subscriptions === undefined) return await answer(request, message, requestContext);
  const narrowed = await subscriptions.narrowListen(message, requestContext);
  if (narrowed instanceof Response) return narrowed;
  const response = await answer(request, narrowed, requestContext);
  return subscriptions.listen(response, narrowed, requestContext);
}
