// Spans and durations of MCP requests that are no tool calls, by the semantic conventions for MCP. Only where traces are sent
// somewhere; a tool call has its own (calls/call_log.ts). It knows names of methods and prompts of ours, and no other word of a request.
import type { Clock } from "../kit/clock.ts";
import type { SpanAttributes, Trace, TraceContext } from "../observe/trace.ts";
import type { RequestContext } from "../people/request_context.ts";

/** Tells of MCP requests. */
export interface Operations {
  /** A request begins. The returned function is called once, with the code of the JSON-RPC error that answers it, or null. */
  begin(operation: Operation): (errorCode: number | null) => void;
}

/** One MCP request. */
export interface Operation {
  /** A method that is served here: never a client's own word. */
  readonly method: string;
  readonly requestContext: RequestContext;
  /** The revision that is spoken; undefined where it is not settled. */
  readonly revision: string | undefined;
  /** The trace that the message itself says it is part of. */
  readonly parent: TraceContext | null;
  /** As the request names it; a name that is no prompt's is left out. */
  readonly prompt?: unknown;
}

/** Creates them; null where traces go nowhere. */
export function createOperations({ trace, clock, prompts }: {
  readonly trace: Trace;
  readonly clock: Pick<Clock, "elapsed">;
  readonly prompts: readonly { readonly name: string }[];
}): Operations | null {
  if (!trace.isOn) return null;
  const promptNames = new Set<unknown>(prompts.map(({ name }) => name));
  return Object.freeze({
    begin(operation: Operation): (errorCode: number | null) => void {
      const { method, revision } = operation;
      const started = clock.elapsed();
      const prompt = promptNames.has(operation.prompt) ? String(operation.prompt) : undefined;
      const attributes: SpanAttributes = {
        "mcp.method.name": method,
        ...(revision === undefined ? {} : { "mcp.protocol.version": revision }),
        ...(prompt === undefined ? {} : { "gen_ai.prompt.name": prompt }),
        "network.transport": "tcp",
        "network.protocol.name": "http",
      };
      const span = CALLING.has(method) ? null : startSpan(trace, operation, attributes, prompt);
      return (errorCode) => {
        const failure = errorCode === null ? undefined : String(errorCode);
        const told = failure === undefined
          ? attributes
          : { ...attributes, "rpc.response.status_code": failure };
        // A tool call that was answered with a result has told of itself.
        if (method !== "tools/call" || failure !== undefined) {
          trace.operation((clock.elapsed() - started) / 1000, told, failure);
        }
        if (failure !== undefined) span?.set({ "rpc.response.status_code": failure });
        span?.end(failure);
      };
    },
  });
}

/** Methods that run a tool, or a read like a tool's: the call has a span of its own. */
const CALLING: ReadonlySet<string> = new Set(["tools/call", "resources/read", "completion/complete"]);

/** The message's own `traceparent` wins over the request's, which becomes a link (conventions for MCP, context propagation). */
function startSpan(
  trace: Trace,
  { method, parent, requestContext: { caller: { tally: { span } } } }: Operation,
  attributes: SpanAttributes,
  prompt: string | undefined,
) {
  const name = prompt === undefined ? method : `${method} ${prompt}`;
  return parent === null
    ? span.child(name, "server", attributes)
    : trace.start({ name, kind: "server", parent, link: span.context, attributes });
}
