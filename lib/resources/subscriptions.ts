// Subscriptions to resources and to the list of tools, in both eras: listen_streams.ts has the streams of 2026-07-28,
// session_subscriptions.ts those of 2025 sessions. Notifications are put into the SDK's streams from outside, each for its own
// caller: the SDK's event bus knows no people.
import type { JsonObject } from "../kit/json.ts";
import type { RequestContext } from "../people/request_context.ts";
import { narrowListen, openListen } from "./listen_streams.ts";
import { createOpenStreams } from "./open_streams.ts";
import {
  createSessionSubscriptions,
  type SessionSubscriptions,
  type SessionSubscriptionsDeps,
} from "./session_subscriptions.ts";

/** Subscriptions in both eras. */
export interface Subscriptions extends SessionSubscriptions {
  /**
   * A `subscriptions/listen` (2026-07-28) that names only what the caller may see, for the SDK to acknowledge. Returns a
   * complete error instead where as many streams are open as may be. Throws Refused where the spaces cannot be known.
   */
  narrowListen(message: JsonObject, requestContext: RequestContext): Promise<JsonObject | Response>;
  /** The stream that the SDK opened for a narrowed message, with this caller's notifications in it. */
  listen(response: Response, message: JsonObject, requestContext: RequestContext): Response;
  /** Open streams with subscriptions. */
  count(): number;
  /** Resolves when nothing goes on for a stream that has ended; for a stop. */
  settled(): Promise<void>;
}

/** What subscriptions need. */
export interface SubscriptionsDeps extends SessionSubscriptionsDeps {
  /** The key of a notification's `_meta` under which a `subscriptions/listen` finds its own. */
  readonly subscriptionIdKey: string;
}

/** Starts with no subscription. */
export function createSubscriptions(deps: SubscriptionsDeps): Subscriptions {
  const streams = createOpenStreams(deps);
  return Object.freeze({
    ...createSessionSubscriptions(deps, streams),
    narrowListen: (message: JsonObject, requestContext: RequestContext) =>
      narrowListen(deps, streams, message, requestContext),
    listen: (response: Response, message: JsonObject, requestContext: RequestContext) =>
      openListen(deps, streams, response, message, requestContext),
    count: streams.count,
    settled: streams.settled,
  });
}
