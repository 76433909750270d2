import type { Arrival } from "../auth/authenticate.ts";
import { principalKey } from "../auth/principal.ts";
import { describeRefusal, type Refusal } from "../errors.ts";
import type { Log } from "../log.ts";
import { refusalFields } from "../mcp/call_record.ts";
import type { Exchange } from "../mcp/exchange.ts";
import { onResponseEnd } from "../mcp/response_end.ts";
import type { Pseudonyms } from "../pseudonym.ts";
import { parseTraceparent, type SpanAttributes, type Trace } from "../trace.ts";
import { createTrail } from "../trail.ts";

/** Dependencies of {@link createEdgeRecords}. */
export interface EdgeRecordsDeps {
  readonly log: Log;
  readonly trace: Trace;
  readonly pseudonyms: Pseudonyms;
  /** Random 32 hex digits. */
  readonly newTraceId: () => string;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
}

/** One HTTP request while it is in work. */
export interface EdgeRecord {
  /** What the authenticator needs of the request. */
  readonly arrival: Arrival;
  /** Remembers whose request it is; returns the same exchange. */
  known(exchange: Exchange): Exchange;
  /** The same response, which ends the span when its last byte is out. */
  answered(response: Response): Response;
  /** Writes the line of a refused request. `route` is a fixed name. */
  refused(refusal: Refusal, route: string, error?: string): void;
}

/** Leaves a record of each request at the HTTP edge: one span, and one line when it is refused. */
export interface EdgeRecords {
  begin(request: Request): EdgeRecord;
  /** A request that the guard answered before anything of it was read. */
  turnedAway(request: Request, status: number): void;
}

type Method = NonNullable<SpanAttributes["http.request.method"]>;

/** Creates the records of the edge. */
export function createEdgeRecords(deps: EdgeRecordsDeps): EdgeRecords {
  const { log, pseudonyms, monotonic } = deps;
  return Object.freeze({
    begin(request: Request): EdgeRecord {
      const started = monotonic();
      const method = methodOf(request);
      const parent = parseTraceparent(request.headers.get("traceparent"));
      const span = deps.trace.start({
        name: `${method} /mcp`,
        kind: "server",
        parent,
        attributes: { "http.request.method": method, "http.route": "/mcp" },
      });
      const traceId = (span.context ?? parent)?.traceId ?? deps.newTraceId();
      let person: string | undefined;
      const end = (status: number) => {
        span.set({ "http.response.status_code": status });
        // A refusal is the caller's fault, not a failure of this side (conventions for HTTP servers).
        span.end(status >= 500 ? String(status) : undefined);
      };
      return {
        arrival: { headers: request.headers, trail: createTrail(span, monotonic), traceId },
        known(exchange: Exchange): Exchange {
          person = pseudonyms.person(principalKey(exchange.caller.principal));
          return exchange;
        },
        answered(response: Response): Response {
          const streams = request.method === "POST" &&
            response.headers.get("content-type")?.startsWith("text/event-stream") === true;
          if (streams) return onResponseEnd(response, () => end(response.status));
          end(response.status);
          return response;
        },
        refused(refusal: Refusal, route: string, error?: string) {
          const { status } = describeRefusal(refusal);
          end(status);
          log[refusal.reason === "internal" ? "error" : "info"]("refused", {
            traceId,
            ...(person === undefined ? {} : { person }),
            route,
            method,
            status,
            ...refusalFields(refusal),
            ...(error === undefined ? {} : { error }),
            ms: Math.round((monotonic() - started) * 10) / 10,
          });
        },
      };
    },
    turnedAway(request: Request, status: number) {
      log.info("refused", {
        traceId: parseTraceparent(request.headers.get("traceparent"))?.traceId ?? deps.newTraceId(),
        method: methodOf(request),
        status,
        reason: "host-or-origin",
      });
    },
  });
}

/** The method as a word of ours: a client may send any (`_OTHER` as the conventions for HTTP have it). */
function methodOf({ method }: Request): Method {
  return method === "GET" || method === "POST" || method === "DELETE" ? method : "_OTHER";
}
