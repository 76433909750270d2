// Exports spans and durations by OpenTelemetry. Deno does so from outside the sandbox, so that the program needs no right for it.
import type { Span, SpanAttributes, SpanKind, Trace, TraceContext } from "./trace.ts";

/** A {@link Trace} that exports. */
export interface OtelTrace extends Trace {
  /**
   * Whether Deno also records spans by itself. It must not: such spans hold addresses as sent, and with them ids and whatever
   * a client put into a query. `OTEL_DENO_TRACING=false` switches them off and leaves ours. The only sign of them is a current
   * span while `fetch` reads its arguments, so this method calls `fetch` with an address that leads nowhere.
   */
  hasAutomaticSpans(): boolean;
}

/**
 * Creates a trace over OpenTelemetry, or null when it is off (`OTEL_DENO` is not `true`). Deno reads its `OTEL_`
 * variables itself and exports from outside the sandbox of the program, so this needs no right.
 */
export function createOtelTrace(deps: {
  readonly api: OtelApi;
  readonly version: string;
  readonly fetch: typeof fetch;
}): OtelTrace | null {
  const { api, version } = deps;
  const tracer = api.tracerProvider.getTracer(NAME, version);
  try {
    tracer.startSpan("start", { root: true }).end();
  } catch {
    return null; // how Deno says that it is off
  }
  const meter = api.meterProvider.getMeter(NAME, version);
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: BUCKETS } });
  const duration = histogram(
    "mcp.server.operation.duration",
    "Duration of an MCP request as seen by its receiver.",
  );
  const lifetime = histogram(
    "mcp.server.session.duration",
    "Duration of an MCP session as seen by the server.",
  );

  return {
    isOn: true,
    start({ name, kind, parent, link, attributes = {} }) {
      const options = {
        kind: KINDS[kind],
        attributes,
        ...(parent === null ? { root: true } : {}),
        ...(link ? { links: [{ context: toSpanContext(link) }] } : {}),
      };
      // The parent decides about sampling: whoever starts a trace says whether it is kept (W3C Trace Context section 3.2.2.5).
      const around = parent === null ? undefined : within(api, { spanContext: () => toSpanContext(parent) });
      return wrap(api, tracer, tracer.startSpan(name, options, around));
    },
    operation(seconds, attributes, failure) {
      duration.record(seconds, failure === undefined ? attributes : { ...attributes, "error.type": failure });
    },
    session: (seconds, attributes) => lifetime.record(seconds, attributes),
    hasAutomaticSpans() {
      let found = false;
      const looked = deps.fetch("data:,", {
        get method() {
          found = api.contextManager.active().getValue(SPAN_KEY) !== undefined;
          return "GET";
        },
      });
      looked.then(({ body }) => body?.cancel()).catch(() => {});
      return found;
    },
  };
}

/** A span of OpenTelemetry as a {@link Span}. */
function wrap(api: OtelApi, tracer: OtelTracer, span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    context: { traceId, spanId, sampled: (traceFlags & 1) === 1 },
    child: (name: string, kind: SpanKind, attributes: SpanAttributes = {}) =>
      wrap(api, tracer, tracer.startSpan(name, { kind: KINDS[kind], attributes }, within(api, span))),
    set: (attributes: SpanAttributes) => void span.setAttributes(attributes),
    end(failure?: string) {
      if (failure !== undefined) {
        span.setAttributes({ "error.type": failure });
        span.setStatus({ code: STATUS_ERROR });
      }
      span.end();
    },
  };
}

function within(api: OtelApi, span: unknown): OtelContext {
  return api.contextManager.active().setValue(SPAN_KEY, span);
}

function toSpanContext({ traceId, spanId, sampled }: TraceContext) {
  return { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: true };
}

const NAME = "mana-mcp";
/** Where OpenTelemetry keeps the current span of a context. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const KINDS: Record<SpanKind, number> = { internal: 0, server: 1, client: 2 };
const STATUS_ERROR = 2;
/** Advised by the conventions for both durations, in seconds. */
const BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** As much of OpenTelemetry's interfaces as is used; `Deno.telemetry` is one. */
export interface OtelApi {
  readonly tracerProvider: { getTracer(name: string, version: string): OtelTracer };
  readonly meterProvider: { getMeter(name: string, version: string): OtelMeter };
  readonly contextManager: { active(): OtelContext };
}

interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}

interface OtelTracer {
  startSpan(name: string, options: object, context?: OtelContext): OtelSpan;
}

interface OtelSpan {
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  setAttributes(attributes: object): unknown;
  setStatus(status: { readonly code: number }): unknown;
  end(): void;
}

interface OtelMeter {
  createHistogram(name: string, options: object): { record(value: number, attributes: object): void };
}
