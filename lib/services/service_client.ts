import { Buffer } from "node:buffer";
import type { Clock } from "../kit/clock.ts";
import { Refused, type ServiceFault } from "../kit/errors.ts";
import type { ServiceName } from "../kit/services.ts";
import { eventNames } from "./sse_event_names.ts";
import { MAX_UPSTREAM_BYTES, STREAM_HEADERS_MS, UPSTREAM_TIMEOUT_MS } from "../kit/limits.ts";
import { formatTraceparent } from "../observe/trace.ts";
import type { RequestTally } from "../observe/request_tally.ts";

/** One request to one of the three services. */
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

/** Dependencies of {@link createServiceClient}. */
export interface ServiceClientDeps {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly observe?: (observation: ServiceObservation) => void;
  /** Milliseconds; {@link UPSTREAM_TIMEOUT_MS} by default. */
  readonly timeoutMs?: number;
  /** Milliseconds until a stream has to be open; {@link STREAM_HEADERS_MS} by default. */
  readonly streamTimeoutMs?: number;
}

/** The one way out of the gateway. */
export interface ServiceClient {
  /** Throws Refused `upstream-failed` (no usable answer) or `cancelled`; every complete HTTP answer is returned. */
  send(request: ServiceRequest): Promise<ServiceAnswer>;
  /** Opens a stream; throws as {@link send} does, and every complete HTTP answer is returned. */
  listen(request: ServiceListening): Promise<ServiceStream>;
}

const CODE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Creates the client. Redirects are never followed: a host name in the allow-list says nothing of where it points to.
 * What changes something is transmitted once: the answer is about that transmission, and where none comes nobody knows
 * what became of it.
 */
export function createServiceClient(deps: ServiceClientDeps): ServiceClient {
  const timeoutMs = deps.timeoutMs ?? UPSTREAM_TIMEOUT_MS;

  const transmit = async (request: ServiceRequest, init: RequestInit): Promise<Response> => {
    const { body, url, isRepeatable = body === undefined } = request;
    if (body !== undefined && !isRepeatable) return await deps.fetch(url, { ...init, body: onceOnly(body) });
    const whole = body === undefined ? init : { ...init, body };
    try {
      return await deps.fetch(url, whole);
    } catch (error) {
      if (!isRepeatable || init.signal?.aborted) throw error;
      // The service may have ended a kept connection just now. Deno repeats this by itself, but not on a connection on which
      // a stream was sent before (tried).
      return await deps.fetch(url, whole);
    }
  };

  return {
    async send(request) {
      const started = deps.clock.elapsed();
      const method = request.method ?? "GET";
      const span = request.tally?.span.child(`${method} ${request.service}`, "client", {
        "http.request.method": method,
        "peer.service": request.service,
      });
      const arrived = request.tally?.waiting();
      let failure: string | undefined = "cancelled";
      let isLate = false;
      const ending = new AbortController();
      const abort = () => ending.abort();
      const timer = setTimeout(() => {
        isLate = true;
        abort();
      }, timeoutMs);
      // By hand: AbortSignal.any() keeps weak references, which cost a third of what a request does.
      if (request.signal?.aborted) abort();
      request.signal?.addEventListener("abort", abort, { once: true });
      const observe = (outcome: ServiceObservation["outcome"]) => {
        failure = outcome === "ok" ? undefined : outcome;
        deps.observe?.({ service: request.service, outcome, ms: deps.clock.elapsed() - started });
      };
      const fail = (fault: ServiceFault, cause?: unknown): Refused => {
        observe(fault);
        return new Refused({ reason: "upstream-failed", upstream: request.service, fault }, { cause });
      };
      try {
        let response: Response;
        let bytes: Uint8Array | null;
        try {
          response = await transmit(request, {
            method,
            headers: {
              accept: "application/json",
              ...(request.body === undefined ? {} : { "content-type": "application/json" }),
              ...(span?.context ? { traceparent: formatTraceparent(span.context) } : {}),
              ...request.headers,
            },
            redirect: "manual",
            signal: ending.signal,
          });
          span?.set({ "http.response.status_code": response.status });
          if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
            await response.body?.cancel();
            throw fail("redirected");
          }
          bytes = await readCapped(response, response.ok ? MAX_UPSTREAM_BYTES : 4_096);
        } catch (error) {
          if (error instanceof Refused) throw error;
          if (request.signal?.aborted) throw new Refused({ reason: "cancelled" }, { cause: error });
          throw fail(isLate ? "timeout" : "unreachable", error);
        }
        if (!response.ok) {
          observe("rejected");
          return { status: response.status, json: null, code: bytes ? errorCode(bytes) : null };
        }
        if (bytes === null) throw fail("too-large");
        let json: unknown;
        try {
          json = JSON.parse(UTF8.decode(bytes));
        } catch (error) {
          throw fail("malformed", error);
        }
        observe("ok");
        return { status: response.status, json, code: null };
      } finally {
        clearTimeout(timer);
        request.signal?.removeEventListener("abort", abort);
        arrived?.();
        span?.end(failure);
      }
    },
    async listen({ service, url, headers, signal }) {
      const refused = (fault: ServiceFault, cause?: unknown): Refused => {
        deps.observe?.({ service, outcome: fault, ms: null });
        return new Refused({ reason: "upstream-failed", upstream: service, fault }, { cause });
      };
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), deps.streamTimeoutMs ?? STREAM_HEADERS_MS);
      let response: Response;
      try {
        response = await deps.fetch(url, {
          headers: { accept: "text/event-stream", ...headers },
          redirect: "manual",
          signal: AbortSignal.any([signal, timeout.signal]),
        });
      } catch (error) {
        if (signal.aborted) throw new Refused({ reason: "cancelled" }, { cause: error });
        throw refused(timeout.signal.aborted ? "timeout" : "unreachable", error);
      } finally {
        clearTimeout(timer);
      }
      // Not awaited: what an unwanted answer says is nobody's business, nor how long it takes.
      const giveUp = () => void response.body?.cancel().catch(() => {});
      if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
        giveUp();
        throw refused("redirected");
      }
      if (response.status !== 200) {
        giveUp();
        deps.observe?.({ service, outcome: "rejected", ms: null });
        return { status: response.status, events: null };
      }
      const type = response.headers.get("content-type") ?? "";
      if (response.body === null || !type.startsWith("text/event-stream")) {
        giveUp();
        throw refused("malformed");
      }
      deps.observe?.({ service, outcome: "ok", ms: null });
      return { status: 200, events: eventsUntil(response.body, signal, refused) };
    },
  };
}

/**
 * A body that `fetch` cannot transmit a second time. When a kept connection ends before the answer, Deno sends the request
 * again by itself, a POST too, if it still has the body: the first is stored, the second may be refused, and the person would
 * hear of the second only. It keeps the body of a string, also as `new Response(text).body`, and none of a stream. The service gets it in chunks, which HTTP/1.1 obliges it to take
 * (RFC 9112 section 7.1). A client without kept connections does the same, at the cost of a connection a write.
 */
function onceOnly(text: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

/** The events of a stream until `signal` ends; a break is a refusal, the end that was asked for is an end. */
async function* eventsUntil(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  refused: (fault: ServiceFault, cause?: unknown) => Refused,
): AsyncGenerator<string, void, void> {
  try {
    yield* eventNames(abortable(body, signal), MAX_UPSTREAM_BYTES, () => refused("too-large"));
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof Refused ? error : refused("unreachable", error);
  }
}

/** The same stream, which also ends with `signal` where the one who makes it does not look at it. */
function abortable(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const ended = new TransformStream<Uint8Array, Uint8Array>();
  body.pipeTo(ended.writable, { signal }).catch(() => {});
  return ended.readable;
}

/** The whole body, or null when it is larger than `limit` bytes (the rest is not read). */
async function readCapped(response: Response, limit: number): Promise<Uint8Array | null> {
  const { headers } = response;
  const length = headers.get("content-length");
  // The client takes no more than was declared, so that it need not be counted; only what was packed can grow.
  if (length !== null && Number(length) <= limit && headers.get("content-encoding") === null) {
    const bytes = await response.bytes();
    return bytes.byteLength <= limit ? bytes : null;
  }
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > limit) {
      await reader.cancel();
      return null;
    }
    chunks.push(part.value);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
}

function errorCode(bytes: Uint8Array): string | null {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof body !== "object" || body === null) return null;
    for (const name of ["code", "error"]) {
      const value: unknown = Reflect.get(body, name);
      if (typeof value === "string" && CODE.test(value)) return value;
    }
    return null;
  } catch {
    return null;
  }
}
