// One request to a service and its whole answer: time limit, size limit, span, and what the outcome is called. What changes
// something is transmitted once: the answer is about that transmission, and where none comes nobody knows what became of it.
import { Buffer } from "node:buffer";
import { Refused, type ServiceFault } from "../kit/errors.ts";
import { MAX_UPSTREAM_BYTES } from "../kit/limits.ts";
import { formatTraceparent, type Span } from "../observe/trace.ts";
import { isRedirect } from "./is_redirect.ts";
import type { ServiceAnswer, ServiceObservation, ServiceRequest, WayOut } from "./service_client.ts";

/** Bytes of an error body that are read: only a short code in it is of use. */
const MAX_ERROR_BYTES = 4_096;
const ERROR_CODE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Sends the request; see `ServiceClient.send`. */
export async function sendRequest(way: WayOut, request: ServiceRequest): Promise<ServiceAnswer> {
  const transfer = new Transfer(way, request);
  try {
    let response: Response;
    let bytes: Uint8Array | null;
    try {
      response = await transmit(way, request, transfer.init());
      transfer.span?.set({ "http.response.status_code": response.status });
      if (isRedirect(response)) {
        await response.body?.cancel();
        throw transfer.failed("redirected");
      }
      bytes = await readCapped(response, response.ok ? MAX_UPSTREAM_BYTES : MAX_ERROR_BYTES);
    } catch (error) {
      if (error instanceof Refused) throw error;
      if (request.signal?.aborted) throw new Refused({ reason: "cancelled" }, { cause: error });
      throw transfer.failed(transfer.isLate ? "timeout" : "unreachable", error);
    }
    if (!response.ok) {
      transfer.observe("rejected");
      return { status: response.status, json: null, code: bytes ? errorCode(bytes) : null };
    }
    if (bytes === null) throw transfer.failed("too-large");
    let json: unknown;
    try {
      json = JSON.parse(UTF8.decode(bytes));
    } catch (error) {
      throw transfer.failed("malformed", error);
    }
    transfer.observe("ok");
    return { status: response.status, json, code: null };
  } finally {
    transfer.end();
  }
}

/** One request under way: its time, its span, its end by the caller. A class, since one is made per request. */
class Transfer {
  readonly span: Span | undefined;
  isLate = false;
  readonly #way: WayOut;
  readonly #request: ServiceRequest;
  readonly #method: string;
  readonly #started: number;
  readonly #ending = new AbortController();
  readonly #abort = () => this.#ending.abort();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #arrived: (() => void) | undefined;
  /** What the span says was wrong; undefined for nothing. */
  #failure: string | undefined = "cancelled";

  constructor(way: WayOut, request: ServiceRequest) {
    const { service, method = "GET", tally, signal } = request;
    this.#way = way;
    this.#request = request;
    this.#method = method;
    this.#started = way.clock.elapsed();
    this.span = tally?.span.child(`${method} ${service}`, "client", {
      "http.request.method": method,
      "peer.service": service,
    });
    this.#arrived = tally?.waiting();
    this.#timer = setTimeout(() => {
      this.isLate = true;
      this.#abort();
    }, way.timeoutMs);
    // By hand: AbortSignal.any() keeps weak references, which cost a third of what a request does.
    if (signal?.aborted) this.#abort();
    signal?.addEventListener("abort", this.#abort, { once: true });
  }

  init(): RequestInit {
    const { body, headers } = this.#request;
    return {
      method: this.#method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.span?.context ? { traceparent: formatTraceparent(this.span.context) } : {}),
        ...headers,
      },
      redirect: "manual",
      signal: this.#ending.signal,
    };
  }

  observe(outcome: ServiceObservation["outcome"]): void {
    this.#failure = outcome === "ok" ? undefined : outcome;
    this.#way.observe({
      service: this.#request.service,
      outcome,
      ms: this.#way.clock.elapsed() - this.#started,
    });
  }

  /** The refusal to throw for a request that went wrong. */
  failed(fault: ServiceFault, cause?: unknown): Refused {
    this.observe(fault);
    return new Refused({ reason: "upstream-failed", upstream: this.#request.service, fault }, { cause });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#abort);
    this.#arrived?.();
    this.span?.end(this.#failure);
  }
}

async function transmit(
  way: WayOut,
  { body, url, isRepeatable = body === undefined }: ServiceRequest,
  init: RequestInit,
): Promise<Response> {
  if (body !== undefined && !isRepeatable) return await way.fetch(url, { ...init, body: onceOnly(body) });
  const whole = body === undefined ? init : { ...init, body };
  try {
    return await way.fetch(url, whole);
  } catch (error) {
    if (!isRepeatable || init.signal?.aborted) throw error;
    // The service may have ended a kept connection just now. Deno repeats a request on a kept connection by itself, but not on
    // a connection on which a stream was sent before (tried).
    return await way.fetch(url, whole);
  }
}

/**
 * A body that `fetch` cannot transmit a second time. When a kept connection ends before the answer, Deno sends the request
 * again by itself, a POST too, if it still has the body: the first transmission is stored, the second may be refused, and the
 * person would hear of the second only. Deno keeps the body of a string, also as `new Response(text).body`, and none of a
 * stream. The service gets a stream in chunks, which HTTP/1.1 obliges it to take (RFC 9112 section 7.1). A client without kept
 * connections would do as well, at the cost of a connection for each write.
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

/** The whole body, or null when it is larger than `limit` bytes (the rest is not read). */
async function readCapped(response: Response, limit: number): Promise<Uint8Array | null> {
  const { headers } = response;
  const length = headers.get("content-length");
  // `fetch` takes no more than was declared, so that these bytes need not be counted; only a packed body can grow.
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

/** Of the `code` or `error` member of an error body, a short word; null for anything else. */
function errorCode(bytes: Uint8Array): string | null {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof body !== "object" || body === null) return null;
    for (const name of ["code", "error"]) {
      const value: unknown = Reflect.get(body, name);
      if (typeof value === "string" && ERROR_CODE.test(value)) return value;
    }
    return null;
  } catch {
    return null;
  }
}
