import { Buffer } from "node:buffer";
import { type Principal, principalKey } from "../auth/principal.ts";
import type { Refusal } from "../errors.ts";
import type { Log, LogFields } from "../log.ts";
import type { CallOutcome, Metrics } from "../metrics.ts";
import type { Pseudonyms } from "../pseudonym.ts";
import type { SpanAttributes, Trace } from "../trace.ts";
import type { Tool } from "../tool.ts";
import type { CallRequest } from "./call.ts";

/** Dependencies of {@link createCallRecords}. */
export interface CallRecordsDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly trace: Trace;
  readonly pseudonyms: Pseudonyms;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
}

/** How a call ended. */
export interface CallEnd {
  readonly outcome: CallOutcome;
  readonly refusal: Refusal | null;
  /** Class of an unexpected error. */
  readonly error?: string;
  /** What the model is shown. */
  readonly texts: readonly string[];
}

/** One call while it runs. */
export interface CallRecord {
  /** The request whose caller times what is done for this call alone: a batch has several calls of one caller. */
  readonly request: CallRequest;
  /** Writes the line, the metric and the end of the span. */
  end(end: CallEnd): void;
}

/** Leaves a record of each call that tells what happened and not what was in it. */
export interface CallRecords {
  begin(tool: Tool, request: CallRequest): CallRecord;
  /** A call of a tool that does not exist; its name is the client's words and stays out. */
  unknown(request: CallRequest): void;
}

/** Creates the records of calls: one line each in the log, one duration in the metrics, one span in the trace. */
export function createCallRecords(deps: CallRecordsDeps): CallRecords {
  const { pseudonyms, monotonic } = deps;

  // The client that the token was given to, where it was; else the name that the client gives itself.
  const agentOf = ({ exchange: { caller: { principal } }, clientName }: CallRequest): string =>
    pseudonyms.agent(principal.client === null ? `name ${clientName}` : `id ${principal.client.id}`);
  /** By the very value: while a token is known, its calls come with the same one. */
  const people = new WeakMap<Principal, string>();
  const personOf = ({ exchange: { caller: { principal } } }: Pick<CallRequest, "exchange">): string => {
    let person = people.get(principal);
    if (person === undefined) people.set(principal, person = pseudonyms.person(principalKey(principal)));
    return person;
  };

  return Object.freeze({
    begin(tool: Tool, given: CallRequest): CallRecord {
      const started = monotonic();
      const attributes: SpanAttributes = {
        "mcp.method.name": given.method ?? "tools/call",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool.name,
        "network.transport": "tcp",
        "mana.tool.access": tool.access,
      };
      const name = `${given.method ?? "tools/call"} ${tool.name}`;
      const around = given.exchange.caller.trail;
      // The message's own `traceparent` wins over the request's, which becomes a link (conventions for MCP, context propagation).
      const trail = given.parent === null
        ? around.child(name, "internal", attributes)
        : around.under(deps.trace.start({
          name,
          kind: "server",
          parent: given.parent,
          link: around.span.context,
          attributes,
        }));
      const traceId = trail.span.context?.traceId ?? given.exchange.traceId;
      const caller = { ...given.exchange.caller, trail };
      const request = { ...given, exchange: { ...given.exchange, caller, traceId } };
      return {
        request,
        end({ outcome, refusal, error, texts }: CallEnd) {
          const ms = monotonic() - started;
          const failure = refusal === null ? undefined : "tool_error";
          deps.metrics.invocation(tool.name, outcome, ms / 1000);
          deps.trace.operation(ms / 1000, attributes, failure);
          if (refusal !== null) trail.span.set({ "mana.refusal.reason": refusal.reason });
          trail.span.end(failure);
          const { rows, unreadable, upstreamMs, cryptoMs, space } = trail.totals();
          const refused = refusal === null ? null : refusalFields(refusal);
          let bytes = 0;
          for (const text of texts) bytes += Buffer.byteLength(text);
          deps.log[refusal?.reason === "internal" ? "error" : "info"]("call", {
            traceId,
            person: personOf(given),
            agent: agentOf(given),
            space: space === null ? undefined : pseudonyms.space(space),
            era: given.era,
            tool: tool.name,
            access: tool.access,
            args: pseudonyms.digest(given.args.reveal()),
            outcome,
            reason: refused?.reason,
            rule: refused?.rule,
            upstream: refused?.upstream,
            fault: refused?.fault,
            error,
            rows,
            unreadable,
            bytes,
            upstreamMs: tenths(upstreamMs),
            cryptoMs: tenths(cryptoMs),
            ms: tenths(ms),
          });
        },
      };
    },
    unknown(request: CallRequest) {
      deps.log.info("call", {
        traceId: request.exchange.traceId,
        person: personOf(request),
        agent: agentOf(request),
        era: request.era,
        args: pseudonyms.digest(request.args.reveal()),
        outcome: "input-invalid",
        reason: "tool-unknown",
      });
    },
  });
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
      return "denied";
    default:
      return "handler-error";
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
