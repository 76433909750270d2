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
import type { Exchange } from "../people/request_context.ts";
import { type FrameSink, messageFrame, withFrames } from "../http/streams/add_events.ts";
import { SUBSCRIPTION_ID_META_KEY } from "../mcp/sdk.ts";
import type { ToolLists } from "../mcp/server/tool_lists.ts";
import { createSubscriber, isSubscribable, type Subscriber, type SubscriberDeps } from "./subscriber.ts";

/** Subscriptions to resources and to the list of tools, in both eras. */
export interface Subscriptions {
  /**
   * A `subscriptions/listen` (2026-07-28) that names only what the caller may see, for the SDK to acknowledge. Returns a
   * complete error instead where as many streams are open as may be. Throws Refused where the spaces cannot be known.
   */
  narrowed(message: JsonObject, exchange: Exchange): Promise<JsonObject | Response>;
  /** The stream that the SDK opened for a narrowed message, with the notifications of this caller's in it. */
  listen(response: Response, message: JsonObject, exchange: Exchange): Response;
  /** A session's open stream (2025-11-25 and older), with the notifications of that session in it. */
  attach(response: Response, sessionId: string, exchange: Exchange): Response;
  /** A request of a session: from now on its token is the session's newest. */
  seen(sessionId: string, exchange: Exchange): void;
  /** `resources/subscribe`; false where there is no such resource for the caller, or there are as many as may be. */
  subscribe(sessionId: string, exchange: Exchange, uri: string): Promise<boolean>;
  unsubscribe(sessionId: string, uri: string): void;
  /** Forgets a session. */
  end(sessionId: string): void;
  /** Open streams with subscriptions. */
  count(): number;
  /** Resolves when nothing goes on for a stream that has ended; for a stop. */
  settled(): Promise<void>;
}

/** What subscriptions need. */
export interface SubscriptionsDeps extends SubscriberDeps {
  readonly lists: Pick<ToolLists, "isOutdated" | "noteTold">;
}

/** What a session of a 2025 client is subscribed to: kept here, since its server comes and goes. */
interface Session {
  readonly owner: string;
  readonly uris: Set<string>;
  /** The open stream; null while there is none. */
  stream: { readonly sink: FrameSink; exchange: Exchange; subscriber: Subscriber | null } | null;
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

  const open = (exchange: Exchange, outlet: Parameters<typeof createSubscriber>[2]): Subscriber => {
    const subscriber = createSubscriber(deps, exchange, outlet);
    streams.set(subscriber, principalKey(exchange.caller.principal));
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
  const tellOfTools = ({ caller: { principal } }: Exchange, sink: FrameSink, params?: object): void => {
    if (!deps.lists.isOutdated(principal)) return;
    const message = { jsonrpc: "2.0", method: TOOLS_CHANGED, ...(params === undefined ? {} : { params }) };
    if (sink.write(messageFrame(message))) deps.lists.noteTold(principal);
  };

  /** Gives an open stream of the session a subscriber as soon as there is anything to send. */
  const start = ({ stream, uris }: Session): void => {
    if (stream === null || uris.size === 0) return;
    if (stream.subscriber === null) {
      if (isFull(stream.exchange.caller.principal)) return;
      stream.subscriber = open(stream.exchange, {
        send: (uri) => stream.sink.write(messageFrame({ jsonrpc: "2.0", method: UPDATED, params: { uri } })),
        // The session goes on: its next request brings a token.
        onOver: () => {},
      });
    }
    for (const uri of uris) stream.subscriber.add(uri);
  };

  return Object.freeze({
    async narrowed(message: JsonObject, exchange: Exchange) {
      const parsed = Listen.safeParse(message);
      if (!parsed.success) return message;
      const { params, id } = parsed.data;
      const { resourceSubscriptions: asked, toolsListChanged } = params.notifications;
      if (asked.length === 0 && !toolsListChanged) return message;
      const { caller } = exchange;
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

    listen(response: Response, message: JsonObject, exchange: Exchange): Response {
      const parsed = Listen.safeParse(message);
      if (!parsed.success || !response.ok || !isEventStream(response)) return response;
      const { id, params: { notifications } } = parsed.data;
      const { resourceSubscriptions: uris, toolsListChanged } = notifications;
      if (uris.length === 0 && !toolsListChanged) return response;
      const _meta = { [SUBSCRIPTION_ID_META_KEY]: id };
      let sink: FrameSink | null = null;
      const subscriber = open(exchange, {
        send: (uri) =>
          sink?.write(messageFrame({ jsonrpc: "2.0", method: UPDATED, params: { uri, _meta } })) ?? false,
        // The client listens again, with a token that has not ended.
        onOver: () =>
          sink?.end(messageFrame({ jsonrpc: "2.0", id, result: { resultType: "complete", _meta } })),
      });
      return withFrames(response, {
        waitsForFirst: true,
        onOpen(opened) {
          sink = opened;
          for (const uri of uris) subscriber.add(uri);
        },
        onRoom() {
          if (toolsListChanged && sink !== null) tellOfTools(exchange, sink, { _meta });
          subscriber.flush();
        },
        onEnd: () => close(subscriber),
      });
    },

    attach(response: Response, sessionId: string, exchange: Exchange): Response {
      if (!response.ok || !isEventStream(response)) return response;
      const session = sessionOf(sessionId, exchange.caller.principal);
      let own: Session["stream"] = null;
      return withFrames(response, {
        waitsForFirst: false,
        onOpen(sink) {
          session.stream = own = { sink, exchange, subscriber: null };
          tellOfTools(exchange, sink);
          start(session);
        },
        onRoom() {
          if (own !== null) tellOfTools(own.exchange, own.sink);
          own?.subscriber?.flush();
        },
        onEnd() {
          if (own?.subscriber) close(own.subscriber);
          if (session.stream === own) session.stream = null;
        },
      });
    },

    seen(sessionId: string, exchange: Exchange) {
      const stream = sessions.get(sessionId)?.stream;
      if (!stream || stream.exchange.caller.token.equals(exchange.caller.token)) return;
      stream.exchange = exchange;
      tellOfTools(exchange, stream.sink);
      stream.subscriber?.renew(exchange);
    },

    async subscribe(sessionId: string, exchange: Exchange, uri: string) {
      if (!await isSubscribable(deps, exchange.caller, uri)) return false;
      const session = sessionOf(sessionId, exchange.caller.principal);
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
