import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { readBody } from "../http/read_body.ts";
import { isEventStream } from "../http/is_event_stream.ts";
import type { Intake } from "../http/request_intake.ts";
import { createRepeatedBodies } from "../http/repeated_bodies.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../http/strict_json.ts";
import {
  BODY_TIMEOUT_MS,
  MAX_BODY_BYTES,
  MAX_SESSIONS,
  MAX_SESSIONS_PER_PERSON,
  SESSION_IDLE_MS,
} from "../kit/limits.ts";
import { BATCH_REVISION } from "./legacy/negotiated.ts";
import { answerForClient } from "./answer_for_client.ts";
import { toAuthInfo } from "./server/context_in_sdk.ts";
import { jsonRpcError } from "../http/json_rpc_error.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { FastPath, FastRequest } from "./fast/fast_path.ts";
import { withoutNullParams } from "./absent_params.ts";
import { createLegacySession, type LegacySession } from "./legacy/session.ts";
import { ANSWER_TYPES, mediaGuard, streamNotAcceptable, takesStreams } from "../http/media_guard.ts";
import { onEnd } from "../http/streams/on_end.ts";
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpServerFactory,
  type ServerEventBus,
} from "./sdk.ts";
import {
  createSessions,
  newSessionId,
  type SessionLease,
  type SessionLimits,
} from "./legacy/session_store.ts";
import type { Subscriptions } from "../resources/subscriptions.ts";
import { createStatelessLegacy } from "./legacy/stateless.ts";

export { requestContextOf } from "./server/context_in_sdk.ts";

/** One message that passed the envelope checks, on its way to the SDK. */
export interface InboundMessage {
  readonly request: Request;
  readonly message: JsonObject;
  readonly requestContext: RequestContext;
  readonly era: "legacy" | "modern";
}

/** Dependencies of {@link createProtocol}; the numbers are for tests and default to `limits.ts`. */
export interface ProtocolDeps {
  /**
   * Called per request (modern, and legacy without a session) or whenever a legacy session wakes up: a server must keep
   * nothing from one request to the next but what `initialize` told it.
   */
  readonly factory: McpServerFactory;
  readonly clock: Clock;
  /** Told of failures and of what the SDK rejects. The message may quote the request: log the class only. */
  readonly onError: (error: unknown) => void;
  /** {@link newSessionId} by default. */
  readonly newId?: () => string;
  readonly sessionLimits?: SessionLimits;
  readonly bodyLimits?: { readonly maxBytes: number; readonly timeoutMs: number };
  /** 15,000 by default; 0 sends none. */
  readonly keepAliveMs?: number;
  /** Where list changes for `subscriptions/listen` streams come from; none by default. */
  readonly bus?: ServerEventBus;
  /** Answers requests of the usual form in front of the SDK; none by default. */
  readonly fastPath?: FastPath;
  /** Adds notifications of changed resources to open streams; none without. */
  readonly subscriptions?: Subscriptions;
  /**
   * Looks at each message that is left to the SDK, and refuses it by throwing. Called after the session's owner has been
   * checked; the modern header rules (`Mcp-Method`, `Mcp-Name`) have not been checked yet.
   */
  readonly inspect?: (inbound: InboundMessage) => void;
}

/** The MCP endpoint behind authentication. */
export interface Protocol {
  /**
   * Answers one request to `/mcp`. What is wrong with the message is answered here, as a JSON-RPC error; what the edge
   * logs and counts is thrown as Refused, `intake`'s refusals among them: `body-too-large`, `body-timeout`, `cancelled`, `method-not-allowed`,
   * `session-unknown`, `session-foreign`, `sessions-full`, `stopping`, `interrupted`.
   */
  fetch(request: Request, requestContext: RequestContext, intake?: Intake): Promise<Response>;
  /** Legacy sessions that are open. */
  sessionCount(): number;
  /** Ends every session, stream and call in flight; afterwards `fetch` refuses with `stopping`. */
  close(): Promise<void>;
}

/** Messages in one batch, which only a session at {@link BATCH_REVISION} may send: each may be a whole tool call. */
const MAX_BATCH_MESSAGES = 10;
const DEFAULT_KEEP_ALIVE_MS = 15_000;

/**
 * Serves both eras of MCP on one endpoint: 2026-07-28 without state, and 2025-11-25 and older with sessions for clients
 * that keep them. A client that loses its session id (some hosts do not forward it) is served without one: a session
 * only ever adds the server's own messages. The request context of each request reaches its handlers (`requestContextOf`).
 */
export function createProtocol(deps: ProtocolDeps): Protocol {
  const { factory, fastPath, onError, clock } = deps;
  const keepAliveMs = deps.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS;
  const bodyLimits = {
    ...(deps.bodyLimits ?? { maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS }),
    clock,
  };
  const sessions = createSessions<LegacySession>({
    clock,
    newId: deps.newId ?? newSessionId,
    limits: deps.sessionLimits ??
      { perPerson: MAX_SESSIONS_PER_PERSON, total: MAX_SESSIONS, idleMs: SESSION_IDLE_MS },
    onError,
  });
  // Made out here: a session must not hold on to the request, and with it the token, that opened it.
  const newSession = (id: string) =>
    createLegacySession({ id, factory, keepAliveMs, onError, onEnd: sessions.end });
  const modern = createMcpHandler(factory, {
    legacy: "reject",
    onerror: onError,
    keepAliveMs,
    ...(deps.bus === undefined ? {} : { bus: deps.bus }),
  });
  const stateless = createStatelessLegacy(factory, onError);
  const usualBodies = createRepeatedBodies();
  let closed = false;

  async function post(
    request: Request,
    requestContext: RequestContext,
    intake: Intake | undefined,
  ): Promise<Response> {
    const unfit = mediaGuard(request);
    if (unfit !== undefined) return unfit;
    const body = await readBody(request, bodyLimits, intake);
    intake?.arrived();
    const envelope = parseStrictJson(body, usualBodies);
    if (!envelope.ok) return jsonRpcError(400, envelope.problem.code, envelope.problem.message);
    const { isShared } = envelope;
    const value = withoutNullParams(envelope.value);
    if (closed) throw new Refused({ reason: "stopping" }); // it may have been a slow body
    const short = fastPath === undefined || !isJsonObject(value)
      ? undefined
      : hot({ request, message: value, requestContext }, fastPath);
    if (short !== undefined) {
      if (!(short instanceof Promise)) return short;
      const response = await short;
      requestContext.tokenRefusal.demandNone();
      return response;
    }
    const parsedBody = isShared ? structuredClone(value) : value;
    // The SDK's own classification, so that the two can never disagree about the era of a message.
    const isLegacy = await isLegacyRequest(request, parsedBody);
    const response = await (isLegacy ? legacyPost : modernPost)(request, parsedBody, requestContext);
    return await answerForClient(request, parsedBody, requestContext, response, clock);
  }

  async function modernPost(
    request: Request,
    parsedBody: JsonObject | readonly unknown[],
    requestContext: RequestContext,
  ): Promise<Response> {
    inspect(request, parsedBody, requestContext, "modern");
    if (isJsonObject(parsedBody) && isListen(parsedBody) && !takesStreams(request)) {
      return streamNotAcceptable();
    }
    const message = isJsonObject(parsedBody) && isListen(parsedBody)
      ? await deps.subscriptions?.narrowed(parsedBody, requestContext)
      : undefined;
    if (message instanceof Response) return message;
    const options = { authInfo: toAuthInfo(requestContext, request), parsedBody: message ?? parsedBody };
    const response = await modern.fetch(forwarded(request), options);
    // The SDK's word for an request context that ended before its answer: the client left, or we are stopping. Then nothing may be
    // said of what was done: a write may be on its way.
    if (response.status === 499) throw new Refused({ reason: closed ? "interrupted" : "cancelled" });
    if (message !== undefined) {
      return deps.subscriptions?.listen(response, message, requestContext) ?? response;
    }
    return response;
  }

  async function legacyPost(
    request: Request,
    parsedBody: JsonObject | readonly unknown[],
    requestContext: RequestContext,
  ): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id === null && isInitializeRequest(parsedBody)) {
      return await initialize(request, parsedBody, requestContext);
    }
    const lease = id === null ? undefined : sessions.enter(id, requestContext.caller.principal);
    if (lease !== undefined) deps.subscriptions?.seen(lease.id, requestContext);
    return await leased(lease, async () => {
      const batch = batchProblem(parsedBody, lease?.resource.protocolVersion());
      if (batch !== undefined) return jsonRpcError(400, -32600, `Invalid Request: ${batch}.`);
      inspect(request, parsedBody, requestContext, "legacy");
      const options = { authInfo: toAuthInfo(requestContext, request), parsedBody };
      return await (lease?.resource.handle ?? stateless.handle)(forwarded(request), options);
    });
  }

  async function initialize(
    request: Request,
    parsedBody: unknown,
    requestContext: RequestContext,
  ): Promise<Response> {
    const lease = await sessions.open(requestContext.caller.principal, newSession);
    return await leased(lease, async () => {
      const response = await lease.resource.handle(forwarded(request), {
        authInfo: toAuthInfo(requestContext, request),
        parsedBody,
      });
      if (!response.ok) sessions.end(lease.id);
      return response;
    });
  }

  /** The session's own stream (GET) and its end (DELETE). */
  async function sessionOnly(request: Request, requestContext: RequestContext): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    // No stream is offered without a session, in either era; 405 is what clients take as "none here".
    if (id === null) throw new Refused({ reason: "method-not-allowed", allow: "POST" });
    const lease = sessions.enter(id, requestContext.caller.principal);
    return await leased(lease, async () => {
      const unfit = request.method === "GET" ? mediaGuard(request) : undefined;
      if (unfit !== undefined) return unfit;
      const response = await lease.resource.handle(forwarded(request), {
        authInfo: toAuthInfo(requestContext, request),
      });
      if (request.method === "DELETE") deps.subscriptions?.end(id);
      else return deps.subscriptions?.attach(response, id, requestContext) ?? response;
      return response;
    });
  }

  function hot(given: FastRequest, path: FastPath): Response | Promise<Response> | undefined {
    const id = given.request.headers.get("mcp-session-id");
    if (id === null) return path.modern(given);
    return path.modern(given) ?? path.legacy(given, () => {
      const { agreed } = sessions.touch(id, given.requestContext.caller.principal);
      deps.subscriptions?.seen(id, given.requestContext);
      return agreed;
    });
  }

  function inspect(
    request: Request,
    message: unknown,
    requestContext: RequestContext,
    era: InboundMessage["era"],
  ) {
    if (isJsonObject(message)) deps.inspect?.({ request, message, requestContext, era });
  }

  return {
    fetch(request, requestContext, intake) {
      if (closed) return Promise.reject(new Refused({ reason: "stopping" }));
      switch (request.method) {
        case "POST":
          return post(request, requestContext, intake);
        case "GET":
        case "DELETE":
          return sessionOnly(request, requestContext);
        default:
          return Promise.reject(new Refused({ reason: "method-not-allowed", allow: "GET, POST, DELETE" }));
      }
    },
    sessionCount: sessions.count,
    async close() {
      closed = true;
      await Promise.all([modern.close(), stateless.close(), sessions.closeAll()]);
    },
  };
}

/** Keeps the session in use until the last byte of the answer is out: an open stream is no idle session. */
async function leased(
  lease: SessionLease<LegacySession> | undefined,
  answer: () => Promise<Response>,
): Promise<Response> {
  if (lease === undefined) return await answer();
  try {
    const response = await answer();
    // Only a stream is still being made when its response is returned.
    if (isEventStream(response)) {
      return onEnd(response, lease.release);
    }
    lease.release();
    return response;
  } catch (error) {
    lease.release();
    throw error;
  }
}

function isListen(message: JsonObject): boolean {
  return message["method"] === "subscriptions/listen";
}

function batchProblem(body: JsonObject | readonly unknown[], protocolVersion?: string): string | undefined {
  if (isJsonObject(body)) return undefined;
  if (protocolVersion !== BATCH_REVISION) {
    return "batches are not supported here, send one message per request";
  }
  if (body.length > MAX_BATCH_MESSAGES) {
    return `a batch must not hold more than ${MAX_BATCH_MESSAGES} messages`;
  }
  return undefined;
}

/**
 * The request as the SDK sees it: without its body, which has been read, and without the caller's credentials, so that
 * no handler can read a header where it should use the request context. The SDK demands both answer types by name, while
 * {@link mediaGuard} has accepted wildcards too.
 */
function forwarded(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete("authorization");
  headers.delete("cookie");
  headers.set("accept", ANSWER_TYPES);
  return new Request(request.url, { method: request.method, headers, signal: request.signal });
}
