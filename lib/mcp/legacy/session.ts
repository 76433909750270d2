// One session of a 2025 client. While it is used it has an SDK server (session_server.ts); unused it is a small plain value
// from which an equal server is made for the next request. It keeps neither token nor space: each request brings its own.
import { Refused } from "../../kit/errors.ts";
import { isJsonObject } from "../../kit/json.ts";
import { type Negotiated, settle, withOffer } from "./negotiated.ts";
import type { QuestionIds } from "./question_ids.ts";
import {
  type ClientAnswer,
  createSessionServer,
  type HandleOptions,
  type SessionServer,
} from "./session_server.ts";
import { isInitializeRequest, type McpServerFactory } from "../sdk.ts";
import type { Closable } from "./session_lease.ts";

/** See the head of the file. Asking for {@link LegacySession.negotiated} wakes nothing. */
export interface LegacySession extends Closable {
  /**
   * Answers one request whose body, if any, has been read already, waking the session. Requests that come while it wakes
   * share one server. Throws Refused `session-unknown` when the session has ended, and what the factory throws.
   */
  handle(request: Request, options: HandleOptions): Promise<Response>;
  /** What `initialize` settled; undefined before. */
  readonly negotiated: Negotiated | undefined;
  /** An answer of the client that another node received; without effect where nothing waits for it. Wakes nothing. */
  deliver(answer: ClientAnswer): void;
  /** Called when nothing uses the session any more: its server is closed as soon as no call runs on it. */
  rest(): void;
}

/** What {@link createLegacySession} needs. */
export interface LegacySessionDeps {
  readonly id: string;
  /** Called with the era only, and again whenever the session wakes up. */
  readonly factory: McpServerFactory;
  /** Interval of the comment lines that keep proxies from cutting a silent stream. */
  readonly keepAliveMs: number;
  readonly onError: (error: Error) => void;
  /** Called when the client has ended the session. */
  readonly onEnd: (id: string) => void;
  /**
   * Present where the id tells of the session: names for the questions of each server of it. Such an id was given before the server
   * settled anything, so a session whose server settles something else than the id tells is ended.
   */
  readonly newQuestionIds?: (() => QuestionIds) | undefined;
}

/** Starts awake, waiting for `initialize`. Throws what the factory throws. */
export async function createLegacySession(deps: LegacySessionDeps): Promise<LegacySession> {
  const state = asleep(deps, undefined);
  await wake(state);
  return sessionOf(state);
}

/** The session again that was begun elsewhere, or that was forgotten here meanwhile; asleep. */
export function reviveLegacySession(deps: LegacySessionDeps, negotiated: Negotiated): LegacySession {
  return sessionOf(asleep(deps, negotiated));
}

/** Whoever has settled something has sent `notifications/initialized` since: clients do so with their next request. */
function asleep(deps: LegacySessionDeps, negotiated: Negotiated | undefined): State {
  return {
    deps,
    negotiated,
    expected: undefined,
    isInitialized: negotiated !== undefined,
    asked: 0,
    isUnused: false,
    hasEnded: false,
    server: undefined,
    waking: undefined,
    closing: undefined,
  };
}

function sessionOf(state: State): LegacySession {
  return {
    handle: (request, options) => handle(state, request, options),
    get negotiated() {
      return negotiatedSoFar(state);
    },
    deliver: (answer) => state.server?.deliver(answer),
    rest() {
      state.isUnused = true;
      restIfUnused(state);
    },
    async close() {
      state.hasEnded = true;
      // A failed wake-up was told to the request that caused it.
      const server = await state.waking?.catch(() => undefined);
      await Promise.all([server?.close(), state.closing]);
    },
  };
}

/** The state of a session. */
interface State {
  readonly deps: LegacySessionDeps;
  negotiated: Negotiated | undefined;
  /** From the request for `initialize` until it is answered: what is going to be settled. */
  expected: Negotiated | undefined;
  /** Whether the client has sent `notifications/initialized`. */
  isInitialized: boolean;
  /** Requests to the client that the servers of this session have sent. */
  asked: number;
  isUnused: boolean;
  hasEnded: boolean;
  server: SessionServer | undefined;
  waking: Promise<SessionServer> | undefined;
  closing: Promise<void> | undefined;
}

const INITIALIZED = "notifications/initialized";

async function handle(state: State, request: Request, options: HandleOptions): Promise<Response> {
  if (state.hasEnded) throw new Refused({ reason: "session-unknown" });
  const { parsedBody } = options;
  const { negotiated } = state;
  // Every client sends it right after `initialize`, when the server is closed already; the next server will be told.
  if (
    state.waking === undefined && negotiated !== undefined && saysInitialized(request, parsedBody, negotiated)
  ) {
    state.isInitialized = true;
    return new Response(null, { status: 202 });
  }
  state.isUnused = false;
  const server = await wake(state);
  if (isJsonObject(parsedBody)) {
    if (parsedBody["method"] === INITIALIZED) state.isInitialized = true;
    const isFirst = state.expected === undefined && negotiatedSoFar(state) === undefined;
    if (isFirst && isInitializeRequest(parsedBody)) {
      state.expected = settle(parsedBody);
      return await server.handle(request, { ...options, parsedBody: withOffer(parsedBody, state.expected) });
    }
  }
  return await server.handle(request, options);
}

/** The server of all who ask while there is none. A failed attempt is not kept: the next request tries again. */
function wake(state: State): Promise<SessionServer> {
  return state.waking ??= startServer(state).catch((error) => {
    state.waking = undefined;
    throw error;
  });
}

async function startServer(state: State): Promise<SessionServer> {
  const { id, factory, keepAliveMs, onError, onEnd, newQuestionIds } = state.deps;
  const fresh = await createSessionServer({
    sessionId: id,
    factory,
    keepAliveMs,
    asked: state.asked,
    ...(newQuestionIds === undefined ? {} : { questionIds: newQuestionIds() }),
    onError,
    onQuiet: () => restIfUnused(state),
    onEnd: () => onEnd(id),
  });
  try {
    if (state.negotiated !== undefined) await fresh.resume(state.negotiated, state.isInitialized);
  } catch (error) {
    await fresh.close();
    throw error;
  }
  return state.server = fresh;
}

/** Takes over what the server has settled with the client meanwhile. */
function negotiatedSoFar(state: State): Negotiated | undefined {
  const { expected, deps } = state;
  if (expected === undefined) return state.negotiated;
  const protocolVersion = state.server?.protocolVersion();
  if (protocolVersion === undefined) return state.negotiated;
  state.expected = undefined;
  if (protocolVersion === expected.protocolVersion) return state.negotiated = expected;
  if (deps.newQuestionIds !== undefined) {
    deps.onError(new Error("Cannot keep session: its id tells of another revision than the server settled"));
    deps.onEnd(deps.id);
  }
  return state.negotiated = Object.freeze({ ...expected, protocolVersion });
}

function restIfUnused(state: State): void {
  const { server } = state;
  if (!state.isUnused || state.hasEnded || server === undefined || server.isBusy()) return;
  if (negotiatedSoFar(state) === undefined) return; // the next server could not be made equal to this one
  state.asked = server.asked();
  const closed = server.close().catch(state.deps.onError).finally(() => {
    if (state.closing === closed) state.closing = undefined;
  });
  state.closing = closed;
  state.server = state.waking = undefined;
}

/** Only the plain form, which the SDK takes without a word: anything unusual is for a server to judge. */
function saysInitialized(request: Request, message: unknown, { protocolVersion }: Negotiated): boolean {
  return isJsonObject(message) && message["method"] === INITIALIZED && message["jsonrpc"] === "2.0" &&
    Object.keys(message).length === 2 &&
    (request.headers.get("mcp-protocol-version") ?? protocolVersion) === protocolVersion;
}
