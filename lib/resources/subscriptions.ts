import { z } from "zod";
import { type Principal, principalKey } from "../people/principal.ts";
import { isEventStream } from "../http/is_event_stream.ts";
import type { JsonObject } from "../http/strict_json.ts";
import {
  MAX_SESSIONS,
  MAX_SUBSCRIBED_STREAMS,
  MAX_SUBSCRIBED_STREAMS_PER_PERSON,
  MAX_SUBSCRIPTIONS_PER_STREAM,
} from "../kit/limits.ts";
import type { RequestContext } from "../people/request_context.ts";
import { addEvents, type EventSink, messageEvent } from "../http/streams/add_events.ts";
import { createSubscriber, isSubscribable, type Subscriber, type SubscriberDeps } from "./subscriber.ts";

/** Subscriptions to resources and to the list of tools, in both eras. */
export interface Subscriptions {
  /**
   * A `subscriptions/listen` (2026-07-28) that names only what the caller may see, for the SDK to acknowledge. Returns a
   * complete error instead where as many streams are open as may be. Throws Refused where the spaces cannot be known.
   */
  narrowed(message: JsonObject, requestContext: RequestContext): Promise<JsonObject | Response>;
  /** The stream that the SDK opened for a narrowed message, with the notifications of this caller's in it. */
  listen(response: Response, message: JsonObject, requestContext: RequestContext): Response;
  /** A session's open stream (2025-11-25 and older), with the notifications of that session in it. */
  attach(response: Response, sessionId: string, requestContext: RequestContext): Response;
  /** A request of a session: from now on its token is the session's newest. */
  seen(sessionId: string, requestContext: RequestContext): void;
  /** `resources/subscribe`; false where there is no such resource for the caller, or there are as many as may be. */
  subscribe(sessionId: string, requestContext: RequestContext, uri: string): Promise<boolean>;
  unsubscribe(sessionId: string, uri: string): void;
  /** Forgets a session. */
  end(sessionId: string): void;
  /** Open streams with subscriptions. */
  count(): number;
  /** Resolves when nothing goes on for a stream that has ended; for a stop. */
  settled(): Promise<void>;
}

/** Whether a client has been told of the list of tools that it would get now. */
export interface ToldLists {
  isOutdated(principal: Principal): boolean;
  noteTold(principal: Principal): void;
}

/** What subscriptions need. */
export interface SubscriptionsDeps extends SubscriberDeps {
  readonly lists: ToldLists;
  /** The key of a notification's `_meta` under which a `subscriptions/listen` finds its own. */
  readonly subscriptionIdKey: string;
}

/** What a session of a 2025 client is subscribed to: kept here, since its server comes and goes. */
interface Session {
  readonly owner: string;
  readonly uris: Set<string>;
  /** The open stream; null while there is none. */
  stream: { readonly sink: EventSink; requestContext: RequestContext; subscriber: Subscriber | null } | null;
}

const UPDATED = "notifications/resources/updated";
const TOOLS_CHANGED = "notifications/tools/list_changed";
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

/** Creates it, with no subscription. */
export function createSubscriptions(deps: SubscriptionsDeps): Subscriptions {
  const streams = new Map<Subscriber, string>();
  const stopping = new Set<Promise<void>>();
  /** In order of use, least recent first. */
  const sessions = new Map<string, Session>();

  const isFull = (principal: Principal): boolean => {
    const person = principalKey(principal);
    let own = 0;
    for (const owner of streams.values()) if (owner === person) own += 1;
    return streams.size >= MAX_SUBSCRIBED_STREAMS || own >= MAX_SUBSCRIBED_STREAMS_PER_PERSON;
  };

  const open = (
    requestContext: RequestContext,
    outlet: Parameters<typeof createSubscriber>[2],
  ): Subscriber => {
    const subscriber = createSubscriber(deps, requestContext, outlet);
    streams.set(subscriber, principalKey(requestContext.caller.principal));
    return subscriber;
  };

  const close = (subscriber: Subscriber): void => {
    streams.delete(subscriber);
    const stopped = subscriber.stop().finally(() => stopping.delete(stopped));
    stopping.add(stopped);
  };

  /** The session, put to the end of the order; made where there is none. The least recent one without a stream goes. */
  const sessionOf = (id: string, principal: Principal): Session => {
    const owner = principalKey(principal);
    let session = sessions.get(id);
    // The protocol lets nobody else onto a session; this is the second lock.
    if (session === undefined || session.owner !== owner) {
      session = { owner, uris: new Set(), stream: null };
    }
    sessions.delete(id);
    sessions.set(id, session);
    for (const [oldest, { stream }] of sessions) {
      if (sessions.size <= MAX_SESSIONS) break;
      if (stream === null) sessions.delete(oldest);
    }
    return session;
  };

  /**
   * Tells a client that its tools are others than the ones it was given: the person took something back, or allowed more.
   * The client then has a new token, so this is looked at whenever a stream is opened or a session's token changes.
   */
  const tellOfTools = ({ caller: { principal } }: RequestContext, sink: EventSink, params?: object): void => {
    if (!deps.lists.isOutdated(principal)) return;
    const message = { jsonrpc: "2.0", method: TOOLS_CHANGED, ...(params === undefined ? {} : { params }) };
    if (sink.write(messageEvent(message))) deps.lists.noteTold(principal);
  };

  /** Gives an open stream of the session a subscriber as soon as there is anything to send. */
  const start = ({ stream, uris }: Session): void => {
    if (stream === null || uris.size === 0) return;
    if (stream.subscriber === null) {
      if (isFull(stream.requestContext.caller.principal)) return;
      stream.subscriber = open(stream.requestContext, {
        send: (uri) => stream.sink.write(messageEvent({ jsonrpc: "2.0", method: UPDATED, params: { uri } })),
        // The session goes on: its next request brings a token.
        onOver: () => {},
      });
    }
    for (const uri of uris) stream.subscriber.add(uri);
  };

  return Object.freeze({
    async narrowed(message: JsonObject, requestContext: RequestContext) {
      const parsed = Listen.safeParse(message);
      if (!parsed.success) return message;
      const { params, id } = parsed.data;
      const { resourceSubscriptions: asked, toolsListChanged } = params.notifications;
      if (asked.length === 0 && !toolsListChanged) return message;
      const { caller } = requestContext;
      if (isFull(caller.principal)) return streamsFull(id);
      if (asked.length === 0) return message;
      const allowed: string[] = [];
      for (const uri of new Set(asked)) {
        if (allowed.length >= MAX_SUBSCRIPTIONS_PER_STREAM) break;
        if (await isSubscribable(deps, caller, uri)) allowed.push(uri);
      }
      const notifications = { ...params.notifications, resourceSubscriptions: allowed };
      return { ...message, params: { ...params, notifications } };
    },

    listen(response: Response, message: JsonObject, requestContext: RequestContext): Response {
      const parsed = Listen.safeParse(message);
      if (!parsed.success || !response.ok || !isEventStream(response)) return response;
      const { id, params: { notifications } } = parsed.data;
      const { resourceSubscriptions: uris, toolsListChanged } = notifications;
      if (uris.length === 0 && !toolsListChanged) return response;
      const _meta = { [deps.subscriptionIdKey]: id };
      let sink: EventSink | null = null;
      const subscriber = open(requestContext, {
        send: (uri) =>
          sink?.write(messageEvent({ jsonrpc: "2.0", method: UPDATED, params: { uri, _meta } })) ?? false,
        // The client listens again, with a token that has not ended.
        onOver: () =>
          sink?.end(messageEvent({ jsonrpc: "2.0", id, result: { resultType: "complete", _meta } })),
      });
      return addEvents(response, {
        waitsForFirst: true,
        onOpen(opened) {
          sink = opened;
          for (const uri of uris) subscriber.add(uri);
        },
        onRoom() {
          if (toolsListChanged && sink !== null) tellOfTools(requestContext, sink, { _meta });
          subscriber.flush();
        },
        onEnd: () => close(subscriber),
      });
    },

    attach(response: Response, sessionId: string, requestContext: RequestContext): Response {
      if (!response.ok || !isEventStream(response)) return response;
      const session = sessionOf(sessionId, requestContext.caller.principal);
      let own: Session["stream"] = null;
      return addEvents(response, {
        waitsForFirst: false,
        onOpen(sink) {
          session.stream = own = { sink, requestContext, subscriber: null };
          tellOfTools(requestContext, sink);
          start(session);
        },
        onRoom() {
          if (own !== null) tellOfTools(own.requestContext, own.sink);
          own?.subscriber?.flush();
        },
        onEnd() {
          if (own?.subscriber) close(own.subscriber);
          if (session.stream === own) session.stream = null;
        },
      });
    },

    seen(sessionId: string, requestContext: RequestContext) {
      const stream = sessions.get(sessionId)?.stream;
      if (!stream || stream.requestContext.caller.token.equals(requestContext.caller.token)) return;
      stream.requestContext = requestContext;
      tellOfTools(requestContext, stream.sink);
      stream.subscriber?.renew(requestContext);
    },

    async subscribe(sessionId: string, requestContext: RequestContext, uri: string) {
      if (!await isSubscribable(deps, requestContext.caller, uri)) return false;
      const session = sessionOf(sessionId, requestContext.caller.principal);
      if (!session.uris.has(uri) && session.uris.size >= MAX_SUBSCRIPTIONS_PER_STREAM) return false;
      session.uris.add(uri);
      start(session);
      return true;
    },

    unsubscribe(sessionId: string, uri: string) {
      const session = sessions.get(sessionId);
      session?.uris.delete(uri);
      session?.stream?.subscriber?.remove(uri);
    },

    end(sessionId: string) {
      const session = sessions.get(sessionId);
      sessions.delete(sessionId);
      if (session?.stream?.subscriber) close(session.stream.subscriber);
    },

    count: () => streams.size,
    async settled() {
      await Promise.all(stopping);
    },
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
