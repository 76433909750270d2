import type { Spaces } from "../auth/spaces.ts";
import type { ActiveSpace } from "../auth/space.ts";
import type { SpaceEntry } from "../auth/space_choice.ts";
import { dayIn } from "../day.ts";
import { describeRefusal, type Refusal, Refused } from "../errors.ts";
import { CALL_TIMEOUT_MS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { CallOutcome, Metrics } from "../metrics.ts";
import { adviceFor, MARKER_REMINDER } from "../policy/decide.ts";
import type { Gate } from "../policy/gate.ts";
import { type RecordStore, refusingRecords } from "../records/record_store.ts";
import type { Registry } from "../registry.ts";
import type { RecordsByAccess } from "../records/records.ts";
import type { Access, ContextSource, Tool, ToolContext } from "../tool.ts";
import type { Exchange } from "./exchange.ts";

/** Dependencies of {@link createCallSite}. */
export interface CallSiteDeps {
  readonly registry: Registry;
  readonly store: RecordStore;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
}

/** One `tools/call`, whichever era it came by. */
export interface CallRequest {
  readonly name: string;
  readonly args: unknown;
  readonly exchange: Exchange;
  /** Name the client gave of itself; shown as the author of changes. */
  readonly clientName: string;
  readonly era: "modern" | "legacy";
  /** Ends when the client went away. */
  readonly signal: AbortSignal;
}

/** The result of a call as MCP has it. */
export interface CallResult {
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
}

/** The only place that runs tools, and with it the only place that counts and logs calls. */
export interface CallSite {
  /** Runs a tool; null when there is none of this name. Never throws: every failure is a result the model can read. */
  call(request: CallRequest): Promise<CallResult | null>;
  /** Calls that are running now. */
  inFlight(): number;
  /** Resolves as soon as no call is running. */
  drained(): Promise<void>;
}

/** Creates the call site: policy, space, tool, presentation, in this order. */
export function createCallSite(deps: CallSiteDeps): CallSite {
  let inFlight = 0;
  const waiting: (() => void)[] = [];

  const judged = async (tool: Tool, request: CallRequest): Promise<CallResult> => {
    const { decision, blocked, end } = deps.gate.enter(tool, request.exchange.caller.principal, request.args);
    if (blocked) {
      throw new Refused({ reason: "policy-denied", rule: decision.reason, advice: adviceFor(decision) });
    }
    try {
      return await run(tool, request, decision.decision === "flagged");
    } finally {
      end();
    }
  };

  const run = async (tool: Tool, request: CallRequest, flagged: boolean): Promise<CallResult> => {
    const { caller, space: requested, timeZone } = request.exchange;
    const resolved = await deps.spaces.resolve(caller, requested);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), CALL_TIMEOUT_MS);
    try {
      const signal = AbortSignal.any([request.signal, deadline.signal]);
      const { choice } = resolved;
      // Without a choice only tools that touch no record can answer: spaces.list says what there is to choose from.
      if (!choice.ok && choice.refusal.reason !== "space-choice-needed") throw new Refused(choice.refusal);
      const space: ActiveSpace | null = choice.ok ? choice.space : null;
      const open = <A extends Access>(access: A): RecordsByAccess[A] =>
        choice.ok
          ? deps.store.open({
            caller,
            space: choice.space,
            access,
            actor: { tool: tool.name, clientName: request.clientName },
            membershipVersion: resolved.membershipVersion,
            signal,
          })
          : refusingRecords(choice.refusal, access);
      const shared = contextBase({
        space,
        spaces: resolved.directory.spaces,
        now: deps.now(),
        timeZone,
        signal,
      });
      const contexts: ContextSource = {
        read: (): ToolContext<"read"> => Object.freeze({ ...shared, records: open("read") }),
        write: (): ToolContext<"write"> => Object.freeze({ ...shared, records: open("write") }),
        destructive: (): ToolContext<"destructive"> =>
          Object.freeze({ ...shared, records: open("destructive") }),
      };
      const output = await tool.call(request.args, contexts);
      return {
        content: [
          { type: "text", text: JSON.stringify(output) },
          ...(flagged ? [{ type: "text" as const, text: MARKER_REMINDER }] : []),
        ],
        structuredContent: output,
      };
    } finally {
      clearTimeout(timer);
    }
  };

  return Object.freeze({
    async call(request: CallRequest): Promise<CallResult | null> {
      const tool = deps.registry.getTool(request.name);
      if (tool === undefined) return null;
      const started = deps.monotonic();
      inFlight += 1;
      let outcome: CallOutcome = "success";
      let refusal: Refusal | null = null;
      let error: string | undefined;
      let result: CallResult;
      try {
        result = await judged(tool, request);
      } catch (thrown) {
        // Catch site of the tool side: a refusal in its outside words, anything else as internal, its text unseen.
        refusal = thrown instanceof Refused ? thrown.refusal : { reason: "internal" };
        error = thrown instanceof Refused ? undefined : errorClass(thrown);
        outcome = outcomeOf(refusal);
        result = { content: [{ type: "text", text: describeRefusal(refusal).message }], isError: true };
      } finally {
        inFlight -= 1;
        if (inFlight === 0) { for (const resume of waiting.splice(0)) resume(); }
      }
      const ms = deps.monotonic() - started;
      deps.metrics.invocation(tool.name, outcome, ms / 1000);
      const level = refusal?.reason === "internal" ? "error" : "info";
      deps.log[level]("call", {
        traceId: request.exchange.traceId,
        tool: tool.name,
        access: tool.access,
        era: request.era,
        outcome,
        ...(refusal === null ? {} : logFieldsOf(refusal)),
        ...(error === undefined ? {} : { error }),
        bytes: result.content.reduce((sum, part) => sum + part.text.length, 0),
        ms: Math.round(ms * 10) / 10,
      });
      return result;
    },
    inFlight: () => inFlight,
    drained: () =>
      inFlight === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  });
}

function contextBase(given: {
  readonly space: ActiveSpace | null;
  readonly spaces: readonly SpaceEntry[];
  readonly now: number;
  readonly timeZone: string | null;
  readonly signal: AbortSignal;
}) {
  const timeZone = given.timeZone ?? "UTC";
  return {
    space: given.space === null ? null : Object.freeze({ id: given.space.id, kind: given.space.kind }),
    spaces: given.spaces,
    now: new Date(given.now).toISOString(),
    today: dayIn(timeZone, given.now),
    timeZone,
    signal: given.signal,
  };
}

function outcomeOf(refusal: Refusal): CallOutcome {
  switch (refusal.reason) {
    case "input-invalid":
    case "value-not-storable":
      return "input-invalid";
    case "policy-denied":
      return "denied";
    default:
      return "handler-error";
  }
}

/** What the log may know of a refusal: words of ours, never ids or values. */
function logFieldsOf(refusal: Refusal): { reason: string; upstream?: string; fault?: string; rule?: string } {
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

function errorClass(thrown: unknown): string {
  return thrown instanceof Error ? thrown.constructor.name : typeof thrown;
}
