import { isJsonObject } from "../http/strict_json.ts";
import type { SessionResource } from "./sessions.ts";
import {
  McpServer,
  type McpServerFactory,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "./sdk.ts";
import type { AuthInfo } from "./sdk.ts";

/** The one revision that has JSON-RPC batches (added in 2025-03-26, removed in 2025-06-18). */
export const BATCH_REVISION = "2025-03-26";

/** What {@link createLegacySession} needs. */
export interface LegacySessionDeps {
  readonly id: string;
  /** Called with the era only: no token, no request, so that the server can hold nothing of a person. */
  readonly factory: McpServerFactory;
  /** Interval of the comment lines that keep proxies from cutting a silent stream. */
  readonly keepAliveMs: number;
  readonly onError: (error: Error) => void;
  /** Called when the session is over, for whatever reason. */
  readonly onEnd: () => void;
}

/** One server for the requests of one session of a 2025 client. */
export interface LegacySession extends SessionResource {
  /** Answers one request whose body, if any, has been read already. */
  handle(request: Request, options: { authInfo: AuthInfo; parsedBody?: unknown }): Promise<Response>;
  /** The revision agreed on by `initialize`; undefined before. */
  protocolVersion(): string | undefined;
  /** What the client called itself at `initialize`; undefined before. */
  clientName(): string | undefined;
}

/** The low-level server of either kind that a factory may make. */
export function lowLevelServer(product: McpServer | Server): Server {
  return product instanceof McpServer ? product.server : product;
}

/** Creates the server and connects it. Ending it ends its streams and aborts its calls. */
export async function createLegacySession(deps: LegacySessionDeps): Promise<LegacySession> {
  const product = await deps.factory({ era: "legacy" });
  const server = lowLevelServer(product);
  server.onclose = deps.onEnd;
  server.onerror = deps.onError;
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => deps.id,
    keepAliveMs: deps.keepAliveMs,
  });
  await product.connect(transport);
  return {
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
    clientName: () => server.getClientVersion()?.name,
    close: () => product.close(),
  };
}

function cancelledRequest(message: unknown): string | number | undefined {
  if (!isJsonObject(message) || message["method"] !== "notifications/cancelled") return undefined;
  const params = message["params"];
  const id = isJsonObject(params) ? params["requestId"] : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
