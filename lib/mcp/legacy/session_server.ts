import { isJsonObject } from "../../http/strict_json.ts";
import { BATCH_REVISION, type Negotiated, replayOf } from "./negotiated.ts";
import { ANSWER_TYPES } from "../../http/media_guard.ts";
import {
  type AuthInfo,
  McpServer,
  type McpServerFactory,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "../sdk.ts";

/** What comes with a request: who calls, and its body, which has been read already. */
export interface HandleOptions {
  readonly authInfo?: AuthInfo;
  readonly parsedBody?: unknown;
}

/** What {@link createAwakeServer} needs. */
export interface AwakeServerDeps {
  readonly sessionId: string;
  /** Called with the era only: no token, no request, so that the server can hold nothing of a person. */
  readonly factory: McpServerFactory;
  /** Interval of the comment lines that keep proxies from cutting a silent stream. */
  readonly keepAliveMs: number;
  /** Requests to the client that earlier servers of the session have sent: the id of the first that this one sends. */
  readonly asked: number;
  readonly onError: (error: Error) => void;
  /** Called when the last call that was running is answered. */
  readonly onQuiet: () => void;
  /** Called when the server is closed by anything but {@link AwakeServer.close}: the client sent DELETE. */
  readonly onEnd: () => void;
}

/** A made-up address, since a replay reaches no network; the SDK looks at method and headers only. */
const REPLAY_URL = "http://replay.invalid/";

/** An SDK server with its transport, serving one session. Tens of kilobytes: it lives no longer than it is used. */
export interface AwakeServer {
  /**
   * Brings a new server to where the session was: it is initialized again, and nobody sees the answer. `initialized` says
   * whether the client had sent its `notifications/initialized`. Throws Error when the server does not agree again.
   */
  resume(agreed: Negotiated, initialized: boolean): Promise<void>;
  /** Answers one request. After the end that is 404 in the SDK's words. */
  handle(request: Request, options: HandleOptions): Promise<Response>;
  /** The revision agreed on by `initialize`; undefined before. */
  protocolVersion(): string | undefined;
  /** Whether a call runs that is neither answered nor cancelled; its client may have gone away without a word. */
  isBusy(): boolean;
  /** Requests to the client that the session has sent so far. */
  asked(): number;
  /** Ends its streams and aborts its calls. */
  close(): Promise<void>;
}

/** The low-level server of either kind that a factory may make. */
export function lowLevelServer(product: McpServer | Server): Server {
  return product instanceof McpServer ? product.server : product;
}

/** Creates the server and connects it; it waits for `initialize` or {@link AwakeServer.resume}. Throws what the factory throws. */
export async function createAwakeServer(deps: AwakeServerDeps): Promise<AwakeServer> {
  const product = await deps.factory({ era: "legacy" });
  const server = lowLevelServer(product);
  let closing = false;
  const { onclose } = server;
  server.onclose = () => {
    onclose?.();
    if (!closing) deps.onEnd();
  };
  server.onerror = deps.onError;
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => deps.sessionId,
    keepAliveMs: deps.keepAliveMs,
  });
  await product.connect(transport);
  const traffic = watch(transport, deps);
  return {
    async resume(agreed, initialized) {
      const headers = { accept: ANSWER_TYPES, "content-type": "application/json" };
      const request = new Request(REPLAY_URL, { method: "POST", headers });
      const answer = await transport.handleRequest(request, { parsedBody: replayOf(agreed) });
      await answer.body?.pipeTo(new WritableStream()); // its end says that the server is through with it
      if (server.getNegotiatedProtocolVersion() !== agreed.protocolVersion) {
        throw new Error("Cannot wake session: the server does not accept what was agreed on");
      }
      if (initialized) transport.onmessage?.({ jsonrpc: "2.0", method: "notifications/initialized" });
    },
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
    protocolVersion: () => server.getNegotiatedProtocolVersion(),
    ...traffic,
    close() {
      closing = true;
      return product.close();
    },
  };
}

/**
 * Looks at what passes between the transport and its connected server, and numbers the server's own requests on from
 * those of the servers before it. Each SDK server begins at 0, and without that a late answer to an old question – "Delete
 * this task?" – would be taken for the answer to a new one.
 */
function watch(
  transport: WebStandardStreamableHTTPServerTransport,
  { asked: first, onQuiet }: Pick<AwakeServerDeps, "asked" | "onQuiet">,
): Pick<AwakeServer, "isBusy" | "asked"> {
  /** How many there are of each id: clients should not repeat one, and some do. */
  const unanswered = new Map<string | number, number>();
  let next = first;
  const begin = (id: string | number) => unanswered.set(id, (unanswered.get(id) ?? 0) + 1);
  const end = (id: string | number | undefined) => {
    if (id === undefined) return;
    const others = (unanswered.get(id) ?? 0) - 1;
    if (others > 0) unanswered.set(id, others);
    else unanswered.delete(id);
  };
  const deliver = transport.onmessage;
  const send = transport.send.bind(transport);
  transport.onmessage = (message, extra) => {
    if (!("method" in message)) {
      return deliver?.(
        message.id === undefined ? message : { ...message, id: Number(message.id) - first },
        extra,
      );
    }
    if ("id" in message) begin(message.id);
    end(cancelledRequest(message));
    deliver?.(message, extra);
  };
  transport.send = async (message, options) => {
    if ("method" in message) {
      if (!("id" in message)) return await send(renumbered(message, first), options);
      const id = Number(message.id) + first;
      next = Math.max(next, id + 1);
      return await send({ ...message, id }, options);
    }
    end(message.id);
    try {
      await send(message, options);
    } finally {
      if (unanswered.size === 0) onQuiet();
    }
  };
  return { isBusy: () => unanswered.size > 0, asked: () => next };
}

/** A server that gives up on a question names it when it says so. */
function renumbered<Message extends { method: string; params?: object | undefined }>(
  message: Message,
  by: number,
): Message {
  const cancelled = cancelledRequest(message);
  return cancelled === undefined
    ? message
    : { ...message, params: { ...message.params, requestId: Number(cancelled) + by } };
}

function cancelledRequest(message: unknown): string | number | undefined {
  if (!isJsonObject(message) || message["method"] !== "notifications/cancelled") return undefined;
  const params = message["params"];
  const id = isJsonObject(params) ? params["requestId"] : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
