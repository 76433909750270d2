// What the sessions of 2025 clients are subscribed to. It is kept here, beside the session's server, since the server comes and
// goes. A session's notifications go into its own stream (GET), with the token of its newest request.
import { isEventStream } from "../http/is_event_stream.ts";
import { addEvents, type EventSink, messageEvent } from "../http/streams/add_events.ts";
import { MAX_SESSIONS, MAX_SUBSCRIPTIONS_PER_STREAM } from "../kit/limits.ts";
import { principalKey } from "../people/principal.ts";
import type { RequestContext } from "../people/request_context.ts";
import { isSubscribable } from "./is_subscribable.ts";
import type { OpenStreams } from "./open_streams.ts";
import type { Subscriber, SubscriberDeps } from "./subscriber.ts";
import {
  createSubscriptionNews,
  type SubscriptionNews,
  type SubscriptionNewsDeps,
  type TellSubscriptions,
} from "./subscription_news.ts";
import { tellOfTools, type ToldLists } from "./tool_list_news.ts";

/** Subscriptions of sessions (2025-11-25 and older). */
export interface SessionSubscriptions {
  /** A session's open stream, with the notifications of that session in it. */
  attach(response: Response, sessionId: string, requestContext: RequestContext): Response;
  /** A request of a session: from now on its token is the session's newest. */
  renew(sessionId: string, requestContext: RequestContext): void;
  /** `resources/subscribe`; false where there is no such resource for the caller, or there are as many as may be. */
  subscribe(sessionId: string, requestContext: RequestContext, uri: string): Promise<boolean>;
  unsubscribe(sessionId: string, requestContext: RequestContext, uri: string): void;
  /** Forgets a session. */
  endSession(sessionId: string): void;
}

/** Starts with no session. */
export function createSessionSubscriptions(
  deps: SessionSubscriptionsDeps,
  streams: OpenStreams,
): SessionSubscriptions {
  const sessions: Sessions = new Map();
  const tell = createSubscriptionNews(
    deps,
    (news, answer) => hearNews({ sessions, streams, answer }, news),
  );
  return {
    attach(response, sessionId, requestContext) {
      if (!response.ok || !isEventStream(response)) return response;
      const session = sessionFor(sessions, sessionId, principalKey(requestContext.caller.principal));
      const told = addSessionEvents(deps.lists, streams, response, session, requestContext);
      tell(session.owner, { kind: "asked", session: sessionId });
      return told;
    },
    renew(sessionId, requestContext) {
      const stream = sessions.get(sessionId)?.stream;
      if (!stream) return;
      const isSameToken = stream.requestContext.caller.token.equals(requestContext.caller.token);
      if (!isSameToken) stream.requestContext = requestContext;
      tellOfTools(deps.lists, requestContext, stream.sink);
      if (!isSameToken) stream.subscriber?.renew(requestContext);
    },
    async subscribe(sessionId, requestContext, uri) {
      if (!await isSubscribable(deps, requestContext.caller, uri)) return false;
      const session = sessionFor(sessions, sessionId, principalKey(requestContext.caller.principal));
      if (!addUri(streams, session, uri)) return false;
      // Also where the stream is here: whoever is asked after the loss of this node has to know it.
      tell(session.owner, { kind: "added", session: sessionId, owner: session.owner, uris: [uri] });
      return true;
    },
    unsubscribe(sessionId, { caller }, uri) {
      removeUri(sessions.get(sessionId), uri);
      tell(principalKey(caller.principal), { kind: "removed", session: sessionId, uris: [uri] });
    },
    endSession(sessionId) {
      const session = sessions.get(sessionId);
      sessions.delete(sessionId);
      if (session?.stream?.subscriber) streams.close(session.stream.subscriber);
    },
  };
}

/** What {@link createSessionSubscriptions} needs. */
export interface SessionSubscriptionsDeps extends SubscriberDeps, SubscriptionNewsDeps {
  readonly lists: ToldLists;
}

/** Sessions in order of use, least recent first. */
type Sessions = Map<string, SubscribedSession>;

interface SubscribedSession {
  readonly owner: string;
  readonly uris: Set<string>;
  /** The open stream; null while there is none. */
  stream: SessionStream | null;
}

interface SessionStream {
  readonly sink: EventSink;
  requestContext: RequestContext;
  /** Null while there is nothing to send. */
  subscriber: Subscriber | null;
}

/** The session, put to the end of the order; made where there is none. The least recent session without a stream goes. */
function sessionFor(sessions: Sessions, id: string, owner: string): SubscribedSession {
  let session = sessions.get(id);
  // The protocol lets nobody else onto a session; this is the second lock.
  if (session === undefined || session.owner !== owner) session = { owner, uris: new Set(), stream: null };
  sessions.delete(id);
  sessions.set(id, session);
  for (const [oldest, { stream }] of sessions) {
    if (sessions.size <= MAX_SESSIONS) break;
    if (stream === null) sessions.delete(oldest);
  }
  return session;
}

/** False where there are as many as may be. */
function addUri(streams: OpenStreams, session: SubscribedSession, uri: string): boolean {
  if (!session.uris.has(uri) && session.uris.size >= MAX_SUBSCRIPTIONS_PER_STREAM) return false;
  session.uris.add(uri);
  startSubscriber(streams, session);
  return true;
}

function removeUri(session: SubscribedSession | undefined, uri: string): void {
  session?.uris.delete(uri);
  session?.stream?.subscriber?.remove(uri);
}

/**
 * Another node tells of a session. What that node let the person subscribe to is kept here as well, so that it outlives that node, and is
 * asked about again, with the token of the stream, before each notification.
 */
function hearNews({ sessions, streams, answer }: Hearing, news: SubscriptionNews): void {
  if (news.kind === "added") {
    const told = sessionFor(sessions, news.session, news.owner);
    for (const uri of news.uris) addUri(streams, told, uri);
    return;
  }
  const session = sessions.get(news.session);
  if (session === undefined) return;
  if (news.kind === "removed") {
    for (const uri of news.uris) removeUri(session, uri);
  } else if (session.uris.size > 0) {
    const { owner, uris } = session;
    answer(owner, { kind: "added", session: news.session, owner, uris: [...uris] });
  }
}

interface Hearing {
  readonly sessions: Sessions;
  readonly streams: OpenStreams;
  readonly answer: TellSubscriptions;
}

function addSessionEvents(
  lists: ToldLists,
  streams: OpenStreams,
  response: Response,
  session: SubscribedSession,
  requestContext: RequestContext,
): Response {
  let own: SessionStream | null = null;
  return addEvents(response, {
    waitsForFirst: false,
    onOpen(sink) {
      session.stream = own = { sink, requestContext, subscriber: null };
      tellOfTools(lists, requestContext, sink);
      startSubscriber(streams, session);
    },
    onRoom() {
      if (own !== null) tellOfTools(lists, own.requestContext, own.sink);
      own?.subscriber?.flush();
    },
    onEnd() {
      if (own?.subscriber) streams.close(own.subscriber);
      if (session.stream === own) session.stream = null;
    },
  });
}

/** Gives an open stream of the session a subscriber as soon as there is anything to send. */
function startSubscriber(streams: OpenStreams, { stream, uris }: SubscribedSession): void {
  if (stream === null || uris.size === 0) return;
  if (stream.subscriber === null) {
    if (streams.isFull(stream.requestContext.caller.principal)) return;
    stream.subscriber = streams.open(stream.requestContext, {
      send(uri) {
        const updated = { jsonrpc: "2.0", method: "notifications/resources/updated", params: { uri } };
        return stream.sink.write(messageEvent(updated));
      },
      // The session goes on: its next request brings a token.
      onOver: () => {},
    });
  }
  for (const uri of uris) stream.subscriber.add(uri);
}
