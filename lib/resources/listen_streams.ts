// Streams of `subscriptions/listen` (MCP 2026-07-28): the SDK opens and acknowledges them, the notifications are added here.
import { z } from "zod";
import { isEventStream } from "../http/is_event_stream.ts";
import { addEvents, type EventSink, messageEvent } from "../http/streams/add_events.ts";
import type { JsonObject } from "../kit/json.ts";
import { MAX_SUBSCRIPTIONS_PER_STREAM } from "../kit/limits.ts";
import type { RequestContext } from "../people/request_context.ts";
import { isSubscribable } from "./is_subscribable.ts";
import type { OpenStreams } from "./open_streams.ts";
import type { SubscriptionsDeps } from "./subscriptions.ts";
import { tellOfTools } from "./tool_list_news.ts";

const Listen = z.object({
  id: z.union([z.string(), z.number()]),
  method: z.literal("subscriptions/listen"),
  params: z.looseObject({
    notifications: z.looseObject({
      resourceSubscriptions: z.array(z.string()).default([]),
      toolsListChanged: z.boolean().optional(),
    }),
  }),
});

/** See `Subscriptions.narrowListen`. A message of another form is returned as it is: the SDK judges it. */
export async function narrowListen(
  deps: SubscriptionsDeps,
  streams: Pick<OpenStreams, "isFull">,
  message: JsonObject,
  { caller }: RequestContext,
): Promise<JsonObject | Response> {
  const parsed = Listen.safeParse(message);
  if (!parsed.success) return message;
  const { params, id } = parsed.data;
  const { resourceSubscriptions: asked, toolsListChanged } = params.notifications;
  if (asked.length === 0 && !toolsListChanged) return message;
  if (streams.isFull(caller.principal)) return streamsFull(id);
  if (asked.length === 0) return message;
  const allowed: string[] = [];
  for (const uri of new Set(asked)) {
    if (allowed.length >= MAX_SUBSCRIPTIONS_PER_STREAM) break;
    if (await isSubscribable(deps, caller, uri)) allowed.push(uri);
  }
  const notifications = { ...params.notifications, resourceSubscriptions: allowed };
  return { ...message, params: { ...params, notifications } };
}

/** See `Subscriptions.listen`. */
export function openListen(
  deps: SubscriptionsDeps,
  streams: Pick<OpenStreams, "open" | "close">,
  response: Response,
  message: JsonObject,
  requestContext: RequestContext,
): Response {
  const parsed = Listen.safeParse(message);
  if (!parsed.success || !response.ok || !isEventStream(response)) return response;
  const { id, params: { notifications } } = parsed.data;
  const { resourceSubscriptions: uris, toolsListChanged } = notifications;
  if (uris.length === 0 && !toolsListChanged) return response;
  const _meta = { [deps.subscriptionIdKey]: id };
  let sink: EventSink | null = null;
  const subscriber = streams.open(requestContext, {
    send(uri) {
      const updated = { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri, _meta } };
      return sink?.write(messageEvent(updated)) ?? false;
    },
    // The client listens again, with a token that has not ended.
    onOver: () => sink?.end(messageEvent({ jsonrpc: "2.0", id, result: { resultType: "complete", _meta } })),
  });
  return addEvents(response, {
    waitsForFirst: true,
    onOpen(opened) {
      sink = opened;
      for (const uri of uris) subscriber.add(uri);
    },
    onRoom() {
      if (toolsListChanged && sink !== null) {
        tellOfTools(deps.lists, requestContext, sink, { _meta });
      }
      subscriber.flush();
    },
    onEnd: () => streams.close(subscriber),
  });
}

/** In the words of the SDK, which has a limit of its own over all people. */
function streamsFull(id: string | number): Response {
  return Response.json({
    jsonrpc: "2.0",
    id,
    error: { code: -32603, message: "Subscription limit reached" },
  });
}
