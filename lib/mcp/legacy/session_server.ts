// The SDK server of one session of a 2025 client, with its transport. It takes tens of kilobytes, so it lives no longer than it
// is used: session.ts makes and closes it. The questions of all servers of a session are numbered on, here.
import { isJsonObject } from "../../kit/json.ts";
import { BATCH_REVISION, type Negotiated, replayOf } from "./negotiated.ts";
import { ANSWER_TYPES } from "../../http/media_guard.ts";
import { countFrom, type QuestionIds } from "./question_ids.ts";
import {
  type AuthInfo,
  McpServer,
  type McpServerFactory,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "../sdk.ts";

/** An SDK server that serves one session. */
export interface SessionServer {
  /**
   * Brings a new server to where the session was: it is initialized again, and nobody sees the answer. `isInitialized` says
   * whether the client had sent its `notifications/initialized`. Throws Error when the server settles something else.
   */
  resume(negotiated: Negotiated, isInitialized: boolean): Promise<void>;
  /** Answers one request. After the end that is 404 in the SDK's words. */
  handle(request: Request, options: HandleOptions): Promise<Response>;
  /** An answer of the client that came without a request to this node. */
  deliver(answer: ClientAnswer): void;
  /** The revision that `initialize` settled; undefined before. */
  protocolVersion(): string | undefined;
  /** Whether a call runs that is neither answered nor cancelled; its client may have gone away without a word. */
  isBusy(): boolean;
  /** Requests to the client that the session has sent so far. */
  asked(): number;
  /** Ends its streams and aborts its calls. */
  close(): Promise<void>;
}

/** What comes with a request: who calls, and its body, which has been read already. */
export interface HandleOptions {
  readonly authInfo?: AuthInfo;
  readonly parsedBody?: unknown;
}

/** A client's answer to a question, as JSON-RPC has it. */
export type ClientAnswer = Parameters<NonNullable<WebStandardStreamableHTTPServerTransport["onmessage"]>>[0];

/** What {@link createSessionServer} needs. */
export interface SessionServerDeps {
  readonly sessionId: string;
  /** Called with the era only: no token, no request, so that the server can hold nothing of a person. */
  readonly factory: McpServerFactory;
  /** Interval of the comment lines that keep proxies from cutting a silent stream. */
  readonly keepAliveMs: number;
  /** Requests to the client that earlier servers of the session have sent: the id of this server's first request. */
  readonly asked: number;
  /** Names for this server's questions; counted on from {@link asked} by default. */
  readonly questionIds?: QuestionIds;
  readonly onError: (error: Error) => void;
  /** Called when the last call that was running is answered. */
  readonly onQuiet: () => void;
  /** Called when the server is closed by anything but {@link SessionServer.close}: the client sent DELETE. */
  readonly onEnd: () => void;
}

/** Makes the server and connects it; it waits for `initialize` or {@link SessionServer.resume}. Throws what the factory throws. */
export async function createSessionServer(deps: SessionServerDeps): Promise<SessionServer> {
  const product = await deps.factory({ era: "legacy" });
  const server = lowLevelServer(product);
  let isClosing = false;
  const { onclose } = server;
  server.onclose = () => {
    onclose?.();
    if (!isClosing) deps.onEnd();
  };
  server.onerror = deps.onError;
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => deps.sessionId,
    keepAliveMs: deps.keepAliveMs,
  });
  await product.connect(transport);
  const traffic = watchTraffic(transport, deps);
  return {
    resume: (negotiated, isInitialized) => resume(server, transport, negotiated, isInitialized),
    async handle(request, options) {
      const response = await transport.handleRequest(request, options);
      const cancelled = cancelledRequest(options.parsedBody);
      // The SDK answers a cancelled request with silence, on a stream that would stay open as long as the session. With
      // batches the stream may still carry other answers.
      if (cancelled !== undefined && server.getNegotiatedProtocolVersion() !== BATCH_REVISION) {
        transport.closeSSEStream(cancelled);
      }
      return response;
    },
    deliver: (answer) => transport.onmessage?.(answer),
    protocolVersion: () => server.getNegotiatedProtocolVersion(),
    ...traffic,
    close() {
      isClosing = true;
      return product.close();
    },
  };
}

/** The low-level server of either kind that a factory may make. */
export function lowLevelServer(product: McpServer | Server): Server {
  return product instanceof McpServer ? product.server : product;
}

/** A made-up address, since a replay reaches no network; the SDK looks at method and headers only. */
const REPLAY_URL = "http://replay.invalid/";

async function resume(
  server: Server,
  transport: WebStandardStreamableHTTPServerTransport,
  negotiated: Negotiated,
  isInitialized: boolean,
): Promise<void> {
  const headers = { accept: ANSWER_TYPES, "content-type": "application/json" };
  const request = new Request(REPLAY_URL, { method: "POST", headers });
  const answer = await transport.handleRequest(request, { parsedBody: replayOf(negotiated) });
  await answer.body?.pipeTo(new WritableStream()); // the end of the answer says that the server is through with it
  if (server.getNegotiatedProtocolVersion() !== negotiated.protocolVersion) {
    throw new Error("Cannot wake session: the server does not accept what was negotiated");
  }
  if (isInitialized) transport.onmessage?.({ jsonrpc: "2.0", method: "notifications/initialized" });
}

/** Looks at the messages between the transport and its connected server, and gives the server's questions names of their own. */
function watchTraffic(
  transport: WebStandardStreamableHTTPServerTransport,
  { asked: first, questionIds = countFrom(first), onQuiet }: SessionServerDeps,
): Pick<SessionServer, "isBusy" | "asked"> {
  const unanswered = new UnansweredCalls();
  let next = first;
  const deliver = transport.onmessage;
  const send = transport.send.bind(transport);
  transport.onmessage = (message, extra) => {
    if (!("method" in message)) {
      const { id } = message;
      return deliver?.(id === undefined ? message : { ...message, id: questionIds.toServer(id) }, extra);
    }
    if ("id" in message) unanswered.begin(message.id);
    unanswered.end(cancelledRequest(message));
    deliver?.(message, extra);
  };
  transport.send = async (message, options) => {
    if ("method" in message) {
      if (!("id" in message)) return await send(renamed(message, questionIds), options);
      const own = Number(message.id);
      next = Math.max(next, first + own + 1);
      return await send({ ...message, id: questionIds.toClient(own) }, options);
    }
    unanswered.end(message.id);
    try {
      await send(message, options);
    } finally {
      if (!unanswered.hasAny()) onQuiet();
    }
  };
  return { isBusy: () => unanswered.hasAny(), asked: () => next };
}

/** The client's calls that are neither answered nor cancelled: how many of each id, since some clients repeat an id. */
class UnansweredCalls {
  readonly #counts = new Map<string | number, number>();

  begin(id: string | number): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  end(id: string | number | undefined): void {
    if (id === undefined) return;
    const others = (this.#counts.get(id) ?? 0) - 1;
    if (others > 0) this.#counts.set(id, others);
    else this.#counts.delete(id);
  }

  hasAny(): boolean {
    return this.#counts.size > 0;
  }
}

/** A server that gives up on a question names the question's id when it says so. */
function renamed<Message extends { method: string; params?: object | undefined }>(
  message: Message,
  questionIds: QuestionIds,
): Message {
  const cancelled = cancelledRequest(message);
  return cancelled === undefined
    ? message
    : { ...message, params: { ...message.params, requestId: questionIds.toClient(Number(cancelled)) } };
}

function cancelledRequest(message: unknown): string | number | undefined {
  if (!isJsonObject(message) || message["method"] !== "notifications/cancelled") return undefined;
  const params = message["params"];
  const id = isJsonObject(params) ? params["requestId"] : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
