import type { Spaces } from "../auth/spaces.ts";
import type { Principal } from "../auth/principal.ts";
import type { ActiveSpace } from "../auth/space.ts";
import { describeRefusal, type Refusal, Refused } from "../errors.ts";
import { CALL_TIMEOUT_MS } from "../limits.ts";
import { errorClass } from "../log.ts";
import type { CallOutcome } from "../metrics.ts";
import { adviceFor, MARKER_REMINDER } from "../policy/decide.ts";
import type { Gate } from "../policy/gate.ts";
import { type RecordStore, refusingRecords } from "../records/record_store.ts";
import type { Registry } from "../registry.ts";
import type { RecordsByAccess } from "../records/records.ts";
import type { Secret } from "../secret.ts";
import type { TraceContext } from "../trace.ts";
import type { Access, ContextSource, Tool } from "../tool.ts";
import { createDeadline } from "./call_deadline.ts";
import { type CallRecords, outcomeOf } from "./call_record.ts";
import type { Asking, Confirmation, Presented, Question } from "./confirmation.ts";
import type { Exchange } from "./exchange.ts";
import { provenanceOf } from "./provenance.ts";
import { toolContext } from "./tool_context.ts";

/** Dependencies of {@link createCallSite}. */
export interface CallSiteDeps {
  readonly registry: Registry;
  readonly store: Omit<RecordStore, "logs">;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly confirmation: Confirmation;
  readonly records: CallRecords;
  /** Told of each call that succeeded, for the person's page of connected apps. */
  readonly onUse: (principal: Principal, tool: Tool) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One `tools/call`, whichever era it came by, or another method that runs a tool. */
export interface CallRequest {
  /** `tools/call` by default. */
  readonly method?: "resources/read" | "completion/complete";
  /** Told why the call was refused, beside the words in the result. */
  readonly onRefused?: (refusal: Refusal) => void;
  readonly name: string;
  /** What the person or the model wrote. */
  readonly args: Secret<unknown>;
  readonly exchange: Exchange;
  /** Name the client gave of itself; shown as the author of changes. */
  readonly clientName: string;
  readonly era: "modern" | "legacy";
  /** The trace that the message itself says it is part of. */
  readonly parent: TraceContext | null;
  /** Whether the client can ask the person, and what came back when it did. */
  readonly asking: Asking;
  /** Ends when the client went away. Made when something is waited for: most calls of a busy client never are. */
  readonly signal: () => AbortSignal;
}

/** The result of a call as MCP has it. Where there is structured content, the first text is that content as JSON. */
export interface CallResult {
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
  readonly _meta?: Record<string, unknown>;
  /** Instead of all the others: the person has to be asked first. */
  readonly question?: Question;
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
    const { principal, trail } = request.exchange.caller;
    const { asking } = request;
    const presented = asking.reply === null ? null : await deps.confirmation.read(tool, asking);
    // The question is what is charged, since it costs the person's patience and a look at the records; the answer to
    // it comes along once and free. A made-up or repeated answer pays like any call.
    const isPaid = presented?.ok === true;
    const policy = trail.span.child("policy", "internal");
    const { decision, blocked, end } = deps.gate.enter(tool, principal, request.args.reveal(), isPaid);
    policy.set({ "mana.policy.decision": decision.decision, "mana.policy.reason": decision.reason });
    policy.end(blocked ? decision.reason : undefined);
    if (blocked) {
      throw new Refused({ reason: "policy-denied", rule: decision.reason, advice: adviceFor(decision) });
    }
    try {
      deps.confirmation.spend(presented);
      return await run(tool, request, presented, decision.decision === "flagged");
    } finally {
      end();
    }
  };

  const run = async (
    tool: Tool,
    request: CallRequest,
    presented: Presented | null,
    flagged: boolean,
  ): Promise<CallResult> => {
    const { caller, space: requested, timeZone, isStrict } = request.exchange;
    const resolved = await deps.spaces.resolve(caller, requested);
    const deadline = createDeadline(request.signal, CALL_TIMEOUT_MS);
    try {
      const { choice } = resolved;
      // Without a choice only tools that touch no record can answer: spaces.list says what there is to choose from.
      if (!choice.ok && choice.refusal.reason !== "space-choice-needed") throw new Refused(choice.refusal);
      const space: ActiveSpace | null = choice.ok ? choice.space : null;
      const open = <A extends Access>(access: A, onOthers?: (count: number) => void): RecordsByAccess[A] =>
        choice.ok
          ? deps.store.open({
            caller,
            space: choice.space,
            access,
            actor: { tool: tool.name, clientName: request.clientName },
            membershipVersion: resolved.membershipVersion,
            signal: deadline.signal(),
            isStrict,
            ...(onOthers === undefined ? {} : { onWrittenByOthers: onOthers }),
          })
          : refusingRecords(choice.refusal, access);
      const given = {
        space,
        spaces: resolved.directory.spaces,
        at: deps.now(),
        timeZone: timeZone ?? "UTC",
        signal: deadline.signal,
      };
      const contextsFor = (onOthers?: (count: number) => void): ContextSource => ({
        read: () => toolContext(given, () => open("read", onOthers)),
        write: () => toolContext(given, () => open("write", onOthers)),
        destructive: () => toolContext(given, () => open("destructive", onOthers)),
      });
      if (tool.access === "destructive") {
        const question = await deps.confirmation.approve({
          tool,
          args: request.args.reveal(),
          principal: caller.principal,
          space: space?.id ?? "",
          asking: request.asking,
          presented,
          contexts: contextsFor(),
        });
        if (question !== null) return { content: [], question };
      }
      let writtenByOthers = 0;
      const output = await tool.call(request.args.reveal(), contextsFor((count) => writtenByOthers = count));
      const provenance = provenanceOf(output, writtenByOthers);
      const content = [textOf(JSON.stringify(output))];
      if (flagged) content.push(textOf(MARKER_REMINDER));
      if (provenance === null) return { content, structuredContent: output };
      content.push(textOf(provenance.note));
      return { content, structuredContent: output, _meta: provenance.meta };
    } finally {
      deadline.end();
    }
  };

  return Object.freeze({
    async call(given: CallRequest): Promise<CallResult | null> {
      const tool = deps.registry.getTool(given.name);
      if (tool === undefined) {
        deps.records.unknown(given);
        return null;
      }
      const record = deps.records.begin(tool, given);
      inFlight += 1;
      let outcome: CallOutcome = "success";
      let refusal: Refusal | null = null;
      let error: string | undefined;
      let result: CallResult;
      try {
        result = await judged(tool, record.request);
        if (result.question !== undefined) outcome = "asked";
        else deps.onUse(given.exchange.caller.principal, tool);
      } catch (thrown) {
        // Catch site of the tool side: a refusal in its outside words, anything else as internal, its text unseen.
        refusal = thrown instanceof Refused ? thrown.refusal : { reason: "internal" };
        error = thrown instanceof Refused ? undefined : errorClass(thrown);
        given.onRefused?.(refusal);
        outcome = outcomeOf(refusal);
        result = { content: [{ type: "text", text: describeRefusal(refusal).message }], isError: true };
      } finally {
        inFlight -= 1;
        if (inFlight === 0) { for (const resume of waiting.splice(0)) resume(); }
      }
      const texts = result.content.map(({ text }) => text);
      record.end({ outcome, refusal, texts, ...(error === undefined ? {} : { error }) });
      return result;
    },
    inFlight: () => inFlight,
    drained: () =>
      inFlight === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  });
}

function textOf(text: string): CallResult["content"][number] {
  return { type: "text", text };
}
