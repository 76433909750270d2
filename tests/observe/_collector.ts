import { z } from "zod";

const Value = z.record(z.string(), z.unknown());
const Attributes = z.array(z.object({ key: z.string(), value: Value }));
const Spans = z.object({
  resourceSpans: z.array(z.object({
    scopeSpans: z.array(z.object({
      spans: z.array(z.object({
        traceId: z.string(),
        spanId: z.string(),
        parentSpanId: z.string(),
        name: z.string(),
        kind: z.number(),
        attributes: Attributes,
      })),
    })),
  })),
});

/** One span as it came over OTLP. */
export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector of OTLP over HTTP as JSON, on a free loopback port. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  /** Everything received, as text. */
  readonly received: string[];
  spans(): ExportedSpan[];
  /** Names as a tree: `POST /mcp > auth`. */
  paths(): string[];
}

/** Starts a collector. */
export function startCollector(): Collector {
  const received: string[] = [];
  const traces: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const text = await request.text();
    received.push(text);
    if (new URL(request.url).pathname === "/v1/traces") traces.push(text);
    return Response.json({});
  });
  const spans = () =>
    traces.flatMap((text) => Spans.parse(JSON.parse(text)).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans).flatMap((scope) => scope.spans)
      .map((span) => ({
        ...span,
        attributes: Object.fromEntries(
          span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
        ),
      }));
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    spans,
    paths() {
      const all = spans();
      const pathOf = (span: ExportedSpan): string => {
        const parent = all.find(({ spanId }) => spanId === span.parentSpanId);
        return parent === undefined ? span.name : `${pathOf(parent)} > ${span.name}`;
      };
      return all.map(pathOf).sort();
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
