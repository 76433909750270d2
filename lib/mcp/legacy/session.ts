import { Refused } from "../../kit/errors.ts";
import { isJsonObject } from "../../http/strict_json.ts";
import { type Negotiated, type Offer, offerOf, withOffer } from "./negotiated.ts";
import { type AwakeServer, createAwakeServer, type HandleOptions } from "./session_server.ts";
import { isInitializeRequest, type McpServerFactory } from "../sdk.ts";
import type { SessionResource } from "./session_store.ts";

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
}

/**
 * One session of a 2025 client. While it is used it has an SDK server; unused it is a small plain value from which an equal
 * server is made for the next request. What is asked of the value ({@link LegacySession.agreed}) wakes nothing.
 */
export interface LegacySession extends SessionResource {
  /**
   * Answers one request whose body, if any, has been read already, waking the session. Requests that come while it wakes
   * share one server. Throws Refused `session-unknown` when the session has ended, and what the factory throws.
   */
  handle(request: Request, options: HandleOptions): Promise<Response>;
  /** What `initialize` settled; undefined before. */
  readonly agreed: Negotiated | undefined;
  /** The revision agreed on by `initialize`; undefined before. */
  protocolVersion(): string | undefined;
  /** Called when nothing uses the session any more: its server is closed as soon as no call runs on it. */
  rest(): void;
}

const INITIALIZED = "notifications/initialized";

/** Creates a session that is awake and waits for `initialize`. Throws what the factory throws. */
export async function createLegacySession(deps: LegacySessionDeps): Promise<LegacySession> {
  let agreed: Negotiated | undefined;
  /** From the request for `initialize` until it is answered. */
  let offer: Offer | undefined;
  let initialized = false;
  let asked = 0;
  let unused = false;
  let ended = false;
  let server: AwakeServer | undefined;
  let waking: Promise<AwakeServer> | undefined;
  let closing: Promise<void> | undefined;

  async function start(): Promise<AwakeServer> {
    const fresh = await createAwakeServer({
      sessionId: deps.id,
      factory: deps.factory,
      keepAliveMs: deps.keepAliveMs,
      asked,
      onError: deps.onError,
      onQuiet: restIfUnused,
      onEnd: () => deps.onEnd(deps.id),
    });
    try {
      if (agreed !== undefined) await fresh.resume(agreed, initialized);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    return server = fresh;
  }

  /** The one server of all who ask while there is none. A failed attempt is not kept: the next request tries again. */
  function wake(): Promise<AwakeServer> {
    return waking ??= start().catch((error) => {
      waking = undefined;
      throw error;
    });
  }

  function agreement(): Negotiated | undefined {
    const protocolVersion = server?.protocolVersion();
    if (offer === undefined || protocolVersion === undefined) return agreed;
    agreed = Object.freeze({ protocolVersion, ...offer });
    offer = undefined;
    return agreed;
  }

  function restIfUnused(): void {
    if (!unused || ended || server === undefined || server.isBusy()) return;
    if (agreement() === undefined) return; // there is nothing yet to make the next one from
    asked = server.asked();
    const closed = server.close().catch(deps.onError).finally(() => {
      if (closing === closed) closing = undefined;
    });
    closing = closed;
    server = waking = undefined;
  }

  await wake();
  return {
    async handle(request, options) {
      if (ended) throw new Refused({ reason: "session-unknown" });
      const { parsedBody } = options;
      // Every client sends it right after `initialize`, when there is no server any more; the next one will be told.
      if (waking === undefined && agreed !== undefined && saysInitialized(request, parsedBody, agreed)) {
        initialized = true;
        return new Response(null, { status: 202 });
      }
      unused = false;
      const awake = await wake();
      if (isJsonObject(parsedBody)) {
        if (parsedBody["method"] === INITIALIZED) initialized = true;
        if (offer === undefined && agreement() === undefined && isInitializeRequest(parsedBody)) {
          offer = offerOf(parsedBody);
          return await awake.handle(request, { ...options, parsedBody: withOffer(parsedBody, offer) });
        }
      }
      return await awake.handle(request, options);
    },
    get agreed() {
      return agreement();
    },
    protocolVersion: () => agreement()?.protocolVersion,
    rest() {
      unused = true;
      restIfUnused();
    },
    async close() {
      ended = true;
      const awake = await waking?.catch(() => undefined); // whose request failed for it has been told
      await Promise.all([awake?.close(), closing]);
    },
  };
}

/** Only the plain form, which the SDK takes without a word: anything unusual is for a server to judge. */
function saysInitialized(request: Request, message: unknown, { protocolVersion }: Negotiated): boolean {
  return isJsonObject(message) && message["method"] === INITIALIZED && message["jsonrpc"] === "2.0" &&
    Object.keys(message).length === 2 &&
    (request.headers.get("mcp-protocol-version") ?? protocolVersion) === protocolVersion;
}
