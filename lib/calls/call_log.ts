// One line in the log, one duration in the metrics and one span for each tool call. It tells what happened and never what was in
// the call: people, clients and arguments appear as keyed digests (docs/observability.md).
import type { Clock } from "../kit/clock.ts";
import { Buffer } from "node:buffer";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import type { Refusal } from "../kit/errors.ts";
import type { Log } from "../observe/log.ts";
import type { LogFields } from "../observe/log_fields.ts";
import type { CallOutcome, Metrics } from "../observe/metrics.ts";
import type { Pseudonyms } from "../observe/pseudonyms.ts";
import type { SpanAttributes, Trace } from "../observe/trace.ts";
import type { Tool } from "../tool/define_tool.ts";
import type { CallRequest } from "./call_request.ts";

/** How a call ended. */
export interface CallEnd {
  readonly outcome: CallOutcome;
  readonly refusal: Refusal | null;
  /** Class of an unexpected error. */
  readonly error: string | undefined;
  /** What the model is shown. */
  readonly content: readonly { readonly text: string }[];
}

/** One call while it runs. */
export interface CallLog {
  /** Who calls, with a tally of this call alone: a batch has several calls of one caller. */
  readonly caller: Caller;
  /** Writes the line, the metric and the end of the span. */
  end(end: CallEnd): void;
}

/** Logs each call. */
export interface CallLogs {
  begin(tool: Tool, request: CallRequest): CallLog;
  /** A call of a tool that does not exist; its name is the client's words and stays out. */
  unknown(request: CallRequest): void;
}

/** Dependencies of {@link createCallLogs}. */
export interface CallLogsDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly trace: Trace;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
}

/** Creates the logs of calls. */
export function createCallLogs(deps: CallLogsDeps): CallLogs {
  const { pseudonyms } = deps;
  const marks = createMarks(deps.pseudonyms);

  return Object.freeze({
    begin: (tool: Tool, request: CallRequest): CallLog => new RunningCall(deps, marks, tool, request),
    unknown(request: CallRequest) {
      deps.log.info("call", {
        traceId: request.requestContext.traceId,
        ...marks(request),
        era: request.era,
        args: pseudonyms.digest(request.args.reveal()),
        outcome: "input-invalid",
        reason: "tool-unknown",
      });
    },
  });
}

/** Who calls and with what, as the log may know it. */
interface Marks {
  readonly person: string;
  readonly agent: string;
}

function createMarks(pseudonyms: Pseudonyms): (request: CallRequest) => Marks {
  /** By the principal's identity: while a token is known, its calls come with the same object. */
  const known = new WeakMap<Principal, { readonly clientName: string; readonly marks: Marks }>();
  return ({ requestContext: { caller: { principal } }, clientName }) => {
    const last = known.get(principal);
    if (last?.clientName === clientName) return last.marks;
    const { client } = principal;
    const marks = {
      person: pseudonyms.person(principalKey(principal)),
      // The client that the token was given to, where it was; else the name that the client gives itself.
      agent: pseudonyms.agent(client === null ? `name ${clientName}` : `id ${client.id}`),
    };
    known.set(principal, { clientName, marks });
    return marks;
  };
}

/** A class, since one is made for every call. */
class RunningCall implements CallLog {
  readonly caller: Caller;
  readonly #deps: CallLogsDeps;
  readonly #marks: (request: CallRequest) => Marks;
  readonly #tool: Tool;
  readonly #request: CallRequest;
  readonly #attributes: SpanAttributes;
  readonly #started: number;

  constructor(
    deps: CallLogsDeps,
    marks: (request: CallRequest) => Marks,
    tool: Tool,
    request: CallRequest,
  ) {
    const { requestContext: { caller: { principal, token, tally: around } }, parent, method, revision } =
      request;
    this.#deps = deps;
    this.#marks = marks;
    this.#tool = tool;
    this.#request = request;
    this.#started = deps.clock.elapsed();
    const attributes = this.#attributes = {
      "mcp.method.name": method ?? "tools/call",
      ...(revision === undefined ? {} : { "mcp.protocol.version": revision }),
      // A read of a resource is a call here and executes no tool for the client.
      ...(method === undefined ? { "gen_ai.operation.name": "execute_tool" as const } : {}),
      "gen_ai.tool.name": tool.name,
      "network.transport": "tcp",
      "network.protocol.name": "http",
      "mana.tool.access": tool.access,
    };
    const name = `${method ?? "tools/call"} ${tool.name}`;
    // The message's own `traceparent` wins over the request's, which becomes a link (conventions for MCP, context propagation).
    const tally = parent === null ? around.child(name, "server", attributes) : around.under(
      deps.trace.start({ name, kind: "server", parent, link: around.span.context, attributes }),
    );
    this.caller = { principal, token, tally };
  }

  end({ outcome, refusal, error, content }: CallEnd): void {
    const { log, metrics, clock, pseudonyms, trace } = this.#deps;
    const { requestContext, args, era } = this.#request;
    const { tally } = this.caller;
    const tool = this.#tool;
    const ms = clock.elapsed() - this.#started;
    const failure = refusal === null ? undefined : "tool_error";
    const { rows, unreadable, mended, upstreamMs, cryptoMs, space } = tally.totals();
    if (mended > 0) metrics.mended(tool.name, mended);
    metrics.invocation(tool.name, outcome, ms / 1000);
    // Another method's whole request is told of by mcp/operations.ts.
    if (this.#request.method === undefined) trace.operation(ms / 1000, this.#attributes, failure);
    if (refusal !== null) {
      metrics.refusal("call", refusal);
      tally.span.set({ "mana.refusal.reason": refusal.reason });
    }
    tally.span.end(failure);
    const refused = refusal === null ? null : refusalFields(refusal);
    const { person, agent } = this.#marks(this.#request);
    let bytes = 0;
    for (const { text } of content) bytes += Buffer.byteLength(text);
    log[refusal?.reason === "internal" ? "error" : "info"]("call", {
      traceId: tally.span.context?.traceId ?? requestContext.traceId,
      person,
      agent,
      space: space === null ? undefined : pseudonyms.space(space),
      era,
      tool: tool.name,
      access: tool.access,
      args: pseudonyms.digest(args.reveal()),
      outcome,
      reason: refused?.reason,
      rule: refused?.rule,
      upstream: refused?.upstream,
      fault: refused?.fault,
      error,
      rows,
      unreadable,
      mended: mended === 0 ? undefined : mended,
      bytes,
      upstreamMs: tenths(upstreamMs),
      cryptoMs: tenths(cryptoMs),
      ms: tenths(ms),
    });
  }
}

/** What the log may know of a refusal: words of ours, never ids or values. */
export function refusalFields(refusal: Refusal): LogFields {
  switch (refusal.reason) {
    case "upstream-failed":
      return { reason: refusal.reason, upstream: refusal.upstream, fault: refusal.fault };
    case "upstream-token-refused":
      return { reason: refusal.reason, upstream: refusal.upstream };
    case "policy-denied":
      return { reason: refusal.reason, rule: refusal.rule };
    case "page-token-refused":
      return { reason: refusal.reason, fault: refusal.fault };
    default:
      return { reason: refusal.reason };
  }
}

/** The outcome of a refused call, as the metric's label says it. */
export function outcomeOf(refusal: Refusal): CallOutcome {
  switch (refusal.reason) {
    case "input-invalid":
    case "cursor-invalid":
    case "value-not-storable":
      return "input-invalid";
    case "policy-denied":
    case "module-not-in-space":
    case "disclosure-budget":
      return "denied";
    case "approval-needed":
    case "approval-done":
      return "asked";
    default:
      return "handler-error";
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
