// Requests of MCP 2025-11-25 and older that are left to the SDK, within a session or without. A session is never needed for
// correctness: it only adds the server's own messages. A session belongs to a person and sees each request's own token.
import type { Clock } from "../../kit/clock.ts";
import { Refused } from "../../kit/errors.ts";
import { isEventStream } from "../../http/is_event_stream.ts";
import { jsonRpcError } from "../../http/json_rpc_error.ts";
import { mediaGuard } from "../../http/media_guard.ts";
import { onEnd } from "../../http/streams/on_end.ts";
import { isJsonObject, type JsonObject } from "../../kit/json.ts";
import type { Trace } from "../../observe/trace.ts";
import type { RequestContext } from "../../people/request_context.ts";
import type { Subscriptions } from "../../resources/subscriptions.ts";
import type { Inspect } from "../inbound.ts";
import { isInitializeRequest, type McpServerFactory } from "../sdk.ts";
import { requestForSdk, toAuthInfo } from "../server/context_in_sdk.ts";
import { batchProblem, type Negotiated, sessionAttributes } from "./negotiated.ts";
import type { NodeSessions } from "./node_sessions.ts";
import { createLegacySession, type LegacySession, reviveLegacySession } from "./session.ts";
import { createRandomIds, type SessionIds } from "./session_ids.ts";
import { type SessionLease, whileLeased } from "./session_lease.ts";
import { createSessionStore, type SessionLimits, type SessionStore } from "./session_store.ts";
import { createStatelessLegacy, type StatelessLegacy } from "./stateless.ts";

/**
 * Legacy requests. Every method that finds a session throws Refused `session-unknown` or `session-foreign`; where ids tell of their
 * sessions, `sessions-full` and `stopping` as well.
 */
export interface LegacyRequests {
  /** Answers one POST. Throws Refused `sessions-full` and `answer-elsewhere` as well, and what `inspect` throws. */
  post(
    request: Request,
    body: JsonObject | readonly unknown[],
    requestContext: RequestContext,
  ): Promise<Response>;
  /** The session's own stream (GET). Throws Refused `method-not-allowed` for a request without a session. */
  stream(request: Request, requestContext: RequestContext): Promise<Response>;
  /** The client ends its session (DELETE). Throws as {@link stream}. */
  end(request: Request, requestContext: RequestContext): Promise<Response>;
  /**
   * To be awaited before a request with this id, where it is a promise: the session is not here, and the other nodes may know that its
   * client ended it. Never throws.
   */
  recall(sessionId: string, requestContext: RequestContext): Promise<void> | null;
  /** What `initialize` settled in a session, undefined before; notes that the session was used. */
  negotiatedIn(sessionId: string, requestContext: RequestContext): Negotiated | undefined;
  /** Sessions that are open. */
  count(): number;
  /** Ends every session, and what is in flight without a session. */
  close(): Promise<void>;
}

/** Dependencies of {@link createLegacyRequests}. */
export interface LegacyRequestsDeps {
  readonly factory: McpServerFactory;
  readonly clock: Clock;
  /** Told how long sessions last; nobody by default. */
  readonly trace?: Pick<Trace, "session">;
  readonly onError: (error: unknown) => void;
  readonly newId: () => string;
  readonly limits: SessionLimits;
  readonly keepAliveMs: number;
  readonly subscriptions?: Subscriptions;
  readonly inspect?: Inspect;
  /** Where several nodes serve the sessions: their ids are made there, and {@link newId} is not used. */
  readonly nodeSessions?: NodeSessions | undefined;
}

/** Starts with no session. */
export function createLegacyRequests(deps: LegacyRequestsDeps): LegacyRequests {
  const { factory, clock, onError, newId, limits, keepAliveMs, subscriptions, inspect, nodeSessions } = deps;
  const ids = nodeSessions?.ids ?? createRandomIds(newId);
  const newQuestionIds = nodeSessions?.newQuestionIds;
  const onEnd = (id: string) => {
    ids.end(id);
    sessions.end(id);
  };
  const sessionDeps = (id: string) => ({ id, factory, keepAliveMs, onError, onEnd, newQuestionIds });
  const sessions = createSessionStore<LegacySession>({
    clock,
    newId,
    limits,
    onError,
    onEnded: ({ negotiated }, ms) => deps.trace?.session(ms / 1000, sessionAttributes(negotiated)),
    revive(id, person) {
      const { negotiated, endsAt } = ids.read(id, person);
      return { session: reviveLegacySession(sessionDeps(id), negotiated), endsAt };
    },
  });
  const stateless = createStatelessLegacy(factory, onError);
  const state: State = {
    clock,
    ids,
    nodeSessions,
    sessions,
    stateless,
    subscriptions,
    inspect,
    newSession: (id) => createLegacySession(sessionDeps(id)),
  };
  const stopListening = nodeSessions?.listen({
    answered: (id, answer) => sessions.peek(id)?.deliver(answer),
    ended(id) {
      onEnd(id);
      subscriptions?.endSession(id);
    },
  });
  return {
    post: (request, body, requestContext) => post(state, request, body, requestContext),
    stream: (request, requestContext) => openStream(state, request, requestContext),
    end: (request, requestContext) => endSession(state, request, requestContext),
    recall: (sessionId, requestContext) => recall(state, sessionId, requestContext),
    negotiatedIn(sessionId, requestContext) {
      const { negotiated } = sessions.touch(sessionId, requestContext.caller.principal);
      subscriptions?.renew(sessionId, requestContext);
      return negotiated;
    },
    count: sessions.count,
    async close() {
      stopListening?.();
      await Promise.all([stateless.close(), sessions.closeAll()]);
    },
  };
}

interface State {
  readonly clock: Clock;
  readonly ids: SessionIds;
  readonly nodeSessions: NodeSessions | undefined;
  readonly sessions: SessionStore<LegacySession>;
  readonly stateless: StatelessLegacy;
  readonly subscriptions: Subscriptions | undefined;
  readonly inspect: Inspect | undefined;
  /** Made once: a session must not hold on to the request, and with it the token, that opened it. */
  readonly newSession: (id: string) => Promise<LegacySession>;
}

async function post(
  state: State,
  request: Request,
  body: JsonObject | readonly unknown[],
  requestContext: RequestContext,
): Promise<Response> {
  const id = request.headers.get("mcp-session-id");
  if (id === null && isJsonObject(body) && isInitializeRequest(body)) {
    return await openSession(state, request, body, requestContext);
  }
  if (id === null) return await handle(state, undefined, request, body, requestContext);
  const lease = state.sessions.enter(id, requestContext.caller.principal);
  state.subscriptions?.renew(id, requestContext);
  return await whileLeased(lease, () => handle(state, lease, request, body, requestContext));
}

async function handle(
  state: State,
  lease: SessionLease<LegacySession> | undefined,
  request: Request,
  body: JsonObject | readonly unknown[],
  requestContext: RequestContext,
): Promise<Response> {
  if (isJsonObject(body)) state.inspect?.({ request, message: body, requestContext }, "legacy");
  else {
    const problem = batchProblem(body, lease?.session.negotiated);
    if (problem !== undefined) return jsonRpcError(400, -32600, `Invalid Request: ${problem}.`);
  }
  const { nodeSessions } = state;
  const parsedBody = lease === undefined || nodeSessions === undefined
    ? body
    : nodeSessions.passOn(lease.id, requestContext.caller.principal, body);
  if (parsedBody === null) return new Response(null, { status: 202 });
  const options = { authInfo: toAuthInfo(requestContext, request), parsedBody };
  return await (lease?.session ?? state.stateless).handle(requestForSdk(request), options);
}

async function openSession(
  { sessions, ids, newSession }: State,
  request: Request,
  initialize: JsonObject,
  requestContext: RequestContext,
): Promise<Response> {
  const { principal } = requestContext.caller;
  const lease = await sessions.open(principal, newSession, () => ids.make(principal, initialize));
  return await whileLeased(lease, async () => {
    const options = { authInfo: toAuthInfo(requestContext, request), parsedBody: initialize };
    const response = await lease.session.handle(requestForSdk(request), options);
    if (!response.ok) sessions.end(lease.id);
    return response;
  });
}

function recall(
  { sessions, nodeSessions }: State,
  sessionId: string,
  { caller }: RequestContext,
): Promise<void> | null {
  if (nodeSessions === undefined || sessions.peek(sessionId) !== undefined) return null;
  return nodeSessions.recall(sessionId, caller.principal);
}

async function openStream(
  state: State,
  request: Request,
  requestContext: RequestContext,
): Promise<Response> {
  const { sessions, subscriptions, clock } = state;
  const id = sessionIdOf(request);
  await recall(state, id, requestContext);
  const lease = sessions.enter(id, requestContext.caller.principal);
  return await whileLeased(lease, async () => {
    const unfit = mediaGuard(request);
    if (unfit !== undefined) return unfit;
    const options = { authInfo: toAuthInfo(requestContext, request) };
    const response = await lease.session.handle(requestForSdk(request), options);
    const told = subscriptions?.attach(response, lease.id, requestContext) ?? response;
    if (lease.endsAt === Infinity || !isEventStream(told)) return told;
    // Nothing else would end the stream of a client that sends no more requests.
    return onEnd(told, clock.after(lease.endsAt - clock.calendar(), () => sessions.end(lease.id)));
  });
}

async function endSession(
  state: State,
  request: Request,
  requestContext: RequestContext,
): Promise<Response> {
  const { sessions, subscriptions, nodeSessions } = state;
  const { principal } = requestContext.caller;
  const id = sessionIdOf(request);
  await recall(state, id, requestContext);
  const lease = sessions.enter(id, principal);
  return await whileLeased(lease, async () => {
    const options = { authInfo: toAuthInfo(requestContext, request) };
    const response = await lease.session.handle(requestForSdk(request), options);
    subscriptions?.endSession(lease.id);
    if (response.ok) await nodeSessions?.tellEnded(lease.id, principal);
    return response;
  });
}

/** No stream is offered without a session, in either era; 405 is what clients take as "none here". */
function sessionIdOf(request: Request): string {
  const id = request.headers.get("mcp-session-id");
  if (id === null) throw new Refused({ reason: "method-not-allowed", allow: "POST" });
  return id;
}
