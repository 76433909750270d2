// The one way out of the gateway. Every request to a service passes here; nothing of a service's error text goes on to an MCP
// client. Redirects are never followed: a host name in the allow-list says nothing of where it points to.
import type { Clock } from "../kit/clock.ts";
import type { ServiceFault } from "../kit/errors.ts";
import { STREAM_HEADERS_MS, UPSTREAM_TIMEOUT_MS } from "../kit/limits.ts";
import type { ServiceName } from "../kit/services.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { openStream } from "./open_stream.ts";
import { sendRequest } from "./send_request.ts";

/** Sends requests to the services, and opens streams of theirs. */
export interface ServiceClient {
  /** Throws Refused `upstream-failed` (no usable answer) or `cancelled`; every complete HTTP answer is returned. */
  send(request: ServiceRequest): Promise<ServiceAnswer>;
  /** Opens a stream; throws as {@link send} does, and every complete HTTP answer is returned. */
  listen(request: ServiceListening): Promise<ServiceStream>;
}

/** Creates the client. */
export function createServiceClient(deps: {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly observe?: (observation: ServiceObservation) => void;
  /** Milliseconds; {@link UPSTREAM_TIMEOUT_MS} by default. */
  readonly timeoutMs?: number;
  /** Milliseconds until a stream has to be open; {@link STREAM_HEADERS_MS} by default. */
  readonly streamTimeoutMs?: number;
}): ServiceClient {
  const way: WayOut = {
    fetch: deps.fetch,
    clock: deps.clock,
    observe: deps.observe ?? (() => {}),
    timeoutMs: deps.timeoutMs ?? UPSTREAM_TIMEOUT_MS,
    streamTimeoutMs: deps.streamTimeoutMs ?? STREAM_HEADERS_MS,
  };
  return {
    send: (request) => sendRequest(way, request),
    listen: (request) => openStream(way, request),
  };
}

/** What every request goes out with. */
export interface WayOut {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Told of each request and each stream, once. */
  readonly observe: (observation: ServiceObservation) => void;
  readonly timeoutMs: number;
  readonly streamTimeoutMs: number;
}

/** One request to one of the services. */
export interface ServiceRequest {
  readonly service: ServiceName;
  /** Absolute; ids inside it must be percent-encoded by the caller. */
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `application/json`, unless a header says otherwise. */
  readonly body?: string;
  /**
   * Whether the client may send it twice where no answer came: the service does the same and either answer is true.
   * By default so without a body, not with one.
   */
  readonly isRepeatable?: boolean;
  /** Ends the request early: the caller went away or ran out of time. */
  readonly signal?: AbortSignal;
  /** The request or call this is done for, where it is timed; absent for the gateway's own errands. */
  readonly tally?: RequestTally;
}

/** A complete answer. Its body stays in the gateway: nothing of an error body goes to the MCP client. */
export interface ServiceAnswer {
  readonly status: number;
  /** Parsed JSON for a 2xx answer; null for any other status, whose body is thrown away. */
  readonly json: unknown;
  /** For refusals that carry one: the `code` or `error` member of a JSON error body, when it is a short word. */
  readonly code: string | null;
}

/** A stream of server-sent events; for the gateway's own errands only, so that it is part of nobody's trace. */
export interface ServiceListening {
  readonly service: ServiceName;
  /** Absolute; ids inside it must be percent-encoded by the caller. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

/** The answer to {@link ServiceListening}. */
export interface ServiceStream {
  readonly status: number;
  /**
   * The names of the events as they come; null for any status but 200. What they say is thrown away unread. Ends when the
   * service or the signal ends it, and throws Refused `upstream-failed` when it breaks.
   */
  readonly events: AsyncIterable<string> | null;
}

/** What was asked and how it went, for metrics; no path, since paths hold ids. */
export interface ServiceObservation {
  readonly service: ServiceName;
  readonly outcome: "ok" | ServiceFault;
  /** Null for a stream: how long it waits for its first event says nothing of the service. */
  readonly ms: number | null;
}
