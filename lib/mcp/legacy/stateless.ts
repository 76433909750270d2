// Serves 2025 requests that belong to no session, by the SDK. MCP 2025-11-25 lets a server do without sessions, and some hosts
// do not forward the session id.
import { lowLevelServer } from "./session_server.ts";
import { type AuthInfo, legacyStatelessFallback, type McpServerFactory } from "../sdk.ts";

/** Serves legacy requests outside of a session, each by a server of its own. */
export interface StatelessLegacy {
  /** Answers one POST whose body has been read already. */
  handle(request: Request, options: { authInfo: AuthInfo; parsedBody?: unknown }): Promise<Response>;
  /** Ends the requests in flight and their streams. */
  close(): Promise<void>;
}

/** Wraps the SDK's stateless serving, which has no way to be stopped, so that a stop ends what is in flight. */
export function createStatelessLegacy(
  factory: McpServerFactory,
  onError: (error: Error) => void,
): StatelessLegacy {
  const inFlight = new Set<{ close(): Promise<void> }>();
  const handle = legacyStatelessFallback(async (context) => {
    const product = await factory(context);
    const server = lowLevelServer(product);
    server.onerror = onError;
    server.onclose = () => inFlight.delete(product);
    inFlight.add(product);
    return product;
  }, onError);
  return {
    handle,
    async close() {
      await Promise.all([...inFlight].map((product) => product.close().catch(onError)));
    },
  };
}
