import type { Span, SpanAttributes, SpanKind, Trace, TraceContext } from "../../lib/observe/trace.ts";

/** One span as it was recorded. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: TraceContext;
  readonly parentSpanId: string | null;
  readonly link: TraceContext | null;
  attributes: SpanAttributes;
  failure: string | null;
  ended: number;
}

/** A trace that keeps its spans, and what it kept. */
export interface Recorder {
  readonly trace: Trace;
  readonly spans: RecordedSpan[];
  readonly operations: { readonly attributes: SpanAttributes; readonly failure: string | undefined }[];
  readonly sessions: { readonly seconds: number; readonly attributes: SpanAttributes }[];
  /** Names as a tree, in order of start: `POST /mcp > auth`. */
  paths(): string[];
}

/** Creates a recorder. */
export function createRecorder(): Recorder {
  const spans: RecordedSpan[] = [];
  const operations: { attributes: SpanAttributes; failure: string | undefined }[] = [];
  const sessions: { seconds: number; attributes: SpanAttributes }[] = [];
  const begin = (
    name: string,
    kind: SpanKind,
    parent: TraceContext | null,
    attributes: SpanAttributes,
    link: TraceContext | null = null,
  ): Span => {
    const spanId = (spans.length + 1).toString(16).padStart(16, "0");
    const traceId = parent?.traceId ?? (spans.length + 1).toString(16).padStart(32, "f");
    const context: TraceContext = { traceId, spanId, sampled: true };
    const span: RecordedSpan = {
      name,
      kind,
      context,
      parentSpanId: parent?.spanId ?? null,
      link,
      attributes,
      failure: null,
      ended: 0,
    };
    spans.push(span);
    return {
      context,
      child: (childName, childKind, given = {}) => begin(childName, childKind, context, given),
      set: (given) => void (span.attributes = { ...span.attributes, ...given }),
      end(failure) {
        span.ended += 1;
        span.failure = failure ?? null;
      },
    };
  };
  const pathOf = (span: RecordedSpan): string => {
    const parent = spans.find(({ context }) => context.spanId === span.parentSpanId);
    return parent === undefined ? span.name : `${pathOf(parent)} > ${span.name}`;
  };
  return {
    spans,
    operations,
    sessions,
    paths: () => spans.map(pathOf),
    trace: {
      isOn: true,
      start: ({ name, kind, parent, attributes = {}, link = null }) =>
        begin(name, kind, parent, attributes, link),
      operation: (_seconds, attributes, failure) => void operations.push({ attributes, failure }),
      session: (seconds, attributes) => void sessions.push({ seconds, attributes }),
    },
  };
}
