// The MCP endpoint behind authentication: reads the message of a request, tries the fast path, and gives the rest to the SDK,
// by era: modern_requests.ts or legacy/legacy_requests.ts. MCP 2025-11-25 and 2026-07-28, Streamable HTTP.
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { type BodyLimits, readBody } from "../http/read_body.ts";
import type { Trace } from "../observe/trace.ts";
import type { Intake } from "../http/request_intake.ts";
import { createRepeatedBodies } from "../http/repeated_bodies.ts";
import { isJsonObject, type JsonObject } from "../kit/json.ts";
import { type BodyMemory, parseStrictJson } from "../http/strict_json.ts";
import {
  BODY_TIMEOUT_MS,
  MAX_BODY_BYTES,
  MAX_SESSIONS,
  MAX_SESSIONS_PER_PERSON,
  SESSION_IDLE_MS,
} from "../kit/limits.ts";
import { answerForClient } from "./answer_for_client.ts";
import { jsonRpcError } from "../http/json_rpc_error.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { FastPath } from "./fast/fast_path.ts";
import { withoutNullParams } from "./absent_params.ts";
import { mediaGuard } from "../http/media_guard.ts";
import type { Inspect } from "./inbound.ts";
import { createLegacyRequests, type LegacyRequests } from "./legacy/legacy_requests.ts";
import type { NodeSessions } from "./legacy/node_sessions.ts";
import { newSessionId } from "./legacy/session_ids.ts";
import type { SessionLimits } from "./legacy/session_store.ts";
import { createModernRequests, type ModernRequests } from "./modern_requests.ts";
import { isLegacyRequest, type McpServerFactory, type ServerEventBus } from "./sdk.ts";
import type { Subscriptions } from "../resources/subscriptions.ts";

/** The MCP endpoint behind authentication. */
export interface Protocol {
  /**
   * Answers one request to `/mcp`. What is wrong with the message is answered here, as a JSON-RPC error. What the edge logs
   * and counts is thrown as Refused, `intake`'s refusals among them: `body-too-large`, `body-timeout`, `cancelled`,
   * `method-not-allowed`, `session-unknown`, `session-foreign`, `sessions-full`, `answer-elsewhere`, `stopping`, `interrupted`.
   */
  fetch(request: Request, requestContext: RequestContext, intake?: Intake): Promise<Response>;
  /** Legacy sessions that are open. */
  sessionCount(): number;
  /** Ends every session, stream and call in flight; afterwards `fetch` refuses with `stopping`. */
  close(): Promise<void>;
}

/** Dependencies of {@link createProtocol}; the numbers are for tests and default to `limits.ts`. */
export interface ProtocolDeps {
  /**
   * Called per request (modern, and legacy without a session) or whenever a legacy session wakes up: a server must keep
   * nothing from one request to the next but what `initialize` told it.
   */
  readonly factory: McpServerFactory;
  readonly clock: Clock;
  /** Told how long sessions last; nobody by default. */
  readonly trace?: Pick<Trace, "session">;
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
  readonly inspect?: Inspect;
  /** Where several nodes serve one person; absent: legacy sessions are known here alone. */
  readonly nodeSessions?: NodeSessions | undefined;
}

const DEFAULT_KEEP_ALIVE_MS = 15_000;

/**
 * Serves both eras of MCP on one endpoint: 2026-07-28 without state, and 2025-11-25 and older with sessions for clients
 * that keep them. The request context of each request reaches the SDK's handlers (`requestContextOf`).
 */
export function createProtocol(deps: ProtocolDeps): Protocol {
  const { clock, fastPath } = deps;
  const keepAliveMs = deps.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS;
  const legacy = createLegacyRequests({
    ...deps,
    keepAliveMs,
    newId: deps.newId ?? newSessionId,
    limits: deps.sessionLimits ??
      { perPerson: MAX_SESSIONS_PER_PERSON, total: MAX_SESSIONS, idleMs: SESSION_IDLE_MS },
  });
  const state: State = {
    clock,
    fastPath,
    bodyLimits: { ...(deps.bodyLimits ?? { maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS }), clock },
    repeatedBodies: createRepeatedBodies(),
    legacy,
    modern: createModernRequests({ ...deps, keepAliveMs, isStopping: () => state.isClosed }),
    isClosed: false,
  };
  return {
    fetch(request, requestContext, intake) {
      if (state.isClosed) return Promise.reject(new Refused({ reason: "stopping" }));
      switch (request.method) {
        case "POST":
          return post(state, request, requestContext, intake);
        case "GET":
          return legacy.stream(request, requestContext);
        case "DELETE":
          return legacy.end(request, requestContext);
        default:
          return Promise.reject(new Refused({ reason: "method-not-allowed", allow: "GET, POST, DELETE" }));
      }
    },
    sessionCount: legacy.count,
    async close() {
      state.isClosed = true;
      await Promise.all([state.modern.close(), legacy.close()]);
    },
  };
}

/** The state of a protocol. */
interface State {
  readonly clock: Clock;
  readonly fastPath: FastPath | undefined;
  readonly bodyLimits: BodyLimits;
  readonly repeatedBodies: BodyMemory;
  readonly legacy: LegacyRequests;
  readonly modern: ModernRequests;
  isClosed: boolean;
}

async function post(
  state: State,
  request: Request,
  requestContext: RequestContext,
  intake: Intake | undefined,
): Promise<Response> {
  const unfit = mediaGuard(request);
  if (unfit !== undefined) return unfit;
  const bytes = await readBody(request, state.bodyLimits, intake);
  const turn = intake?.arrived();
  if (turn !== undefined) await turn;
  const parsed = parseStrictJson(bytes, state.repeatedBodies);
  if (!parsed.ok) return jsonRpcError(400, parsed.problem.code, parsed.problem.message);
  const { value } = parsed;
  const body = isJsonObject(value) ? withoutNullParams(value) : value.map(withoutNullsInBatch);
  const sessionId = request.headers.get("mcp-session-id");
  const recalled = sessionId === null ? null : state.legacy.recall(sessionId, requestContext);
  if (recalled !== null) await recalled;
  if (state.isClosed) throw new Refused({ reason: "stopping" }); // it may have been a slow body
  const answered = fastAnswer(state, request, body, requestContext, sessionId);
  if (answered === undefined) {
    // A shared body is frozen, and the SDK writes into what it is given.
    return await sdkAnswer(state, request, parsed.isShared ? structuredClone(body) : body, requestContext);
  }
  if (!(answered instanceof Promise)) return answered;
  const response = await answered;
  requestContext.tokenRefusal.demandNone();
  return response;
}

function withoutNullsInBatch(message: unknown): unknown {
  return isJsonObject(message) ? withoutNullParams(message) : message;
}

/** Undefined where the request is none of the fast path's. Throws Refused as `negotiatedIn` does. */
function fastAnswer(
  { fastPath, legacy }: State,
  request: Request,
  message: JsonObject | readonly unknown[],
  requestContext: RequestContext,
  sessionId: string | null,
): Response | Promise<Response> | undefined {
  if (fastPath === undefined || !isJsonObject(message)) return undefined;
  const inbound = { request, message, requestContext };
  return sessionId === null
    ? fastPath(inbound)
    : fastPath(inbound, () => legacy.negotiatedIn(sessionId, requestContext));
}

async function sdkAnswer(
  { legacy, modern, clock }: State,
  request: Request,
  body: JsonObject | readonly unknown[],
  requestContext: RequestContext,
): Promise<Response> {
  // The SDK's own classification, so that the two can never disagree about the era of a message.
  const era = await isLegacyRequest(request, body) ? legacy : modern;
  const response = await era.post(request, body, requestContext);
  return await answerForClient(request, body, requestContext, response, clock);
}
