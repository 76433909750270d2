// One span for each HTTP request, and one line in the log when it is refused. Never a header, an address or a body.
import type { Clock } from "../kit/clock.ts";
import type { Arrival } from "./authenticate.ts";
import type { HostRefusal } from "./host_guard.ts";
import { MCP_PATH } from "../people/gateway_address.ts";
import { type Principal, principalKey } from "../people/principal.ts";
import { describeRefusal, type Refusal } from "../kit/errors.ts";
import type { Log } from "../observe/log.ts";
import { refusalFields } from "../calls/call_log.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Pseudonyms } from "../observe/pseudonyms.ts";
import { parseTraceparent, type Span, type SpanAttributes, type Trace } from "../observe/trace.ts";
import { createRequestTally } from "../observe/request_tally.ts";

/** One HTTP request while it is in work. */
export interface RequestLog {
  /** What the authenticator needs of the request. */
  readonly arrival: Arrival;
  /** Remembers whose request it is; returns the same request context. */
  known(requestContext: RequestContext): RequestContext;
  /** Ends the span of a request whose answer is out. */
  answered(status: number): void;
  /** Writes the line of a refused request. `route` is a fixed name. */
  refused(refusal: Refusal, route: string, error?: string): void;
}

/** Logs each request at the HTTP edge. */
export interface RequestLogs {
  /** `route` is a fixed name; the endpoint by default. */
  begin(request: Request, route?: string): RequestLog;
  /** Logs a request that the host guard answered, before anything of the request was read. */
  turnedAway(request: Request, refusal: HostRefusal): void;
}

type Method = NonNullable<SpanAttributes["http.request.method"]>;

/** Dependencies of {@link createRequestLogs}. */
export interface RequestLogsDeps {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "httpAnswer" | "refusal">;
  readonly trace: Trace;
  readonly pseudonyms: Pseudonyms;
  /** Random 32 hex digits. */
  readonly newTraceId: () => string;
  readonly clock: Clock;
}

/** Creates the logs of requests. */
export function createRequestLogs(deps: RequestLogsDeps): RequestLogs {
  return Object.freeze({
    begin: (request: Request, route = MCP_PATH): RequestLog => new RunningRequest(deps, request, route),
    turnedAway(request: Request, refusal: HostRefusal) {
      const { status } = describeRefusal(refusal);
      deps.metrics.httpAnswer(UNREAD_ROUTE, status);
      deps.metrics.refusal("edge", refusal);
      deps.log.info("refused", {
        traceId: parseTraceparent(request.headers.get("traceparent"))?.traceId ?? deps.newTraceId(),
        method: methodOf(request),
        status,
        reason: refusal.reason,
      });
    },
  });
}

/** A class, since one is made for every request. */
class RunningRequest implements RequestLog {
  readonly arrival: Arrival;
  readonly #deps: RequestLogsDeps;
  readonly #span: Span;
  readonly #method: Method;
  readonly #route: string;
  readonly #started: number;
  #person: Principal | undefined;

  constructor(deps: RequestLogsDeps, request: Request, route: string) {
    const { headers, url } = request;
    this.#deps = deps;
    this.#started = deps.clock.elapsed();
    this.#method = methodOf(request);
    this.#route = route;
    const parent = parseTraceparent(headers.get("traceparent"));
    this.#span = deps.trace.start({
      name: `${this.#method} ${route}`,
      kind: "server",
      parent,
      attributes: { "http.request.method": this.#method, "http.route": route },
    });
    const traceId = (this.#span.context ?? parent)?.traceId ?? deps.newTraceId();
    this.arrival = { url, headers, tally: createRequestTally(this.#span, deps.clock), traceId };
  }

  known(requestContext: RequestContext): RequestContext {
    this.#person = requestContext.caller.principal;
    return requestContext;
  }

  answered(status: number, route = this.#route): void {
    this.#deps.metrics.httpAnswer(route, status);
    this.#span.set({ "http.response.status_code": status });
    // A refusal is the caller's fault, not a failure of this side (conventions for HTTP servers).
    this.#span.end(status >= 500 ? String(status) : undefined);
  }

  refused(refusal: Refusal, route: string, error?: string): void {
    const { log, metrics, clock, pseudonyms } = this.#deps;
    const { status } = describeRefusal(refusal);
    this.answered(status, route);
    metrics.refusal(this.#route === MCP_PATH ? "edge" : "page", refusal);
    log[refusal.reason === "internal" ? "error" : "info"]("refused", {
      traceId: this.arrival.traceId,
      person: this.#person === undefined ? undefined : pseudonyms.person(principalKey(this.#person)),
      route,
      method: this.#method,
      status,
      ...refusalFields(refusal),
      error,
      ms: Math.round((clock.elapsed() - this.#started) * 10) / 10,
    });
  }
}

/** The route of a request that is refused before its path is read. */
const UNREAD_ROUTE = "_OTHER";

/** The method as a word of ours: a client may send any (`_OTHER` as the conventions for HTTP have it). */
function methodOf({ method }: Request): Method {
  return method === "GET" || method === "POST" || method === "DELETE" ? method : "_OTHER";
}
