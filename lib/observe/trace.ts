// What a trace is here: spans around the work on one request, with fixed names and no data of a person. otel.ts exports them.
import type { ServiceName } from "../kit/services.ts";

/** A place in a trace that spans several programs (W3C Trace Context). */
export interface TraceContext {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero. */
  readonly spanId: string;
  /** Whether the one who started the trace wants it recorded. */
  readonly sampled: boolean;
}

/**
 * What a span may say. Fixed names, whose values are words and numbers of ours: no id, no argument, no address as sent.
 * Names of the semantic conventions for MCP, GenAI and HTTP where they exist.
 */
export interface SpanAttributes {
  /** A method that is served here. */
  readonly "mcp.method.name"?: string;
  /** One of the revisions that are spoken here. */
  readonly "mcp.protocol.version"?: string;
  readonly "gen_ai.operation.name"?: "execute_tool";
  readonly "gen_ai.tool.name"?: string;
  readonly "gen_ai.prompt.name"?: string;
  /** The code of a JSON-RPC error. */
  readonly "rpc.response.status_code"?: string;
  readonly "network.transport"?: "tcp";
  readonly "network.protocol.name"?: "http";
  readonly "http.request.method"?: "GET" | "POST" | "DELETE" | "_OTHER";
  readonly "http.route"?: string;
  readonly "http.response.status_code"?: number;
  readonly "peer.service"?: ServiceName;
  readonly "mana.tool.access"?: string;
  readonly "mana.policy.decision"?: string;
  readonly "mana.policy.reason"?: string;
  readonly "mana.refusal.reason"?: string;
}

/** Which side of a conversation a span is. */
export type SpanKind = "server" | "client" | "internal";

/** One timed piece of work. */
export interface Span {
  /** To be passed on to the next program; null when there is no trace to go on. */
  readonly context: TraceContext | null;
  /** A span inside this one. */
  child(name: string, kind: SpanKind, attributes?: SpanAttributes): Span;
  /** Adds attributes. */
  set(attributes: SpanAttributes): void;
  /** Ends the span. `failure` is a word of ours for what went wrong, `error.type` in the conventions. */
  end(failure?: string): void;
}

/** The start of a span that no span of ours surrounds. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  /** The span that this work is part of, as the request said; null starts a trace. */
  readonly parent: TraceContext | null;
  /** A second span that this work belongs to. */
  readonly link?: TraceContext | null;
  readonly attributes?: SpanAttributes;
}

/** Receives spans and durations, and drops them or sends them to a collector. */
export interface Trace {
  /** Whether spans and durations go anywhere. */
  readonly isOn: boolean;
  start(start: SpanStart): Span;
  /** `mcp.server.operation.duration` of one MCP request. */
  operation(seconds: number, attributes: SpanAttributes, failure?: string): void;
  /** `mcp.server.session.duration` of a session that has ended. */
  session(seconds: number, attributes: SpanAttributes): void;
}

/** Version 00 of the header. Later versions begin alike, but no client sends them yet. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads a `traceparent` (W3C Trace Context section 3.2); null for anything else, zeros included. */
export function parseTraceparent(text: unknown): TraceContext | null {
  const found = typeof text === "string" ? TRACEPARENT.exec(text) : null;
  const [, traceId, spanId, flags] = found ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` that says "part of this". `tracestate` and `baggage` are not passed on: they can hold anything. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** Creates a trace that records nothing. The `traceparent` of a request is passed on unchanged. */
export function createNoTrace(): Trace {
  const alone = new SilentSpan(null);
  return {
    isOn: false,
    start: ({ parent }) => parent === null ? alone : new SilentSpan(parent),
    operation: () => {},
    session: () => {},
  };
}

/** A span that records nothing. One span serves all requests that belong to no trace. */
class SilentSpan implements Span {
  readonly context: TraceContext | null;

  constructor(context: TraceContext | null) {
    this.context = context;
  }

  child(): Span {
    return this;
  }

  set(): void {}

  end(): void {}
}
