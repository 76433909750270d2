import type { Clock } from "../kit/clock.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { Caller, Principal } from "../people/principal.ts";
import { describeRefusal, type Refusal, Refused } from "../kit/errors.ts";
import { CALL_TIMEOUT_MS, MAX_RESULT_BYTES } from "../kit/limits.ts";
import { mayHaveHalfPair, withoutHalfPairs } from "../kit/half_pairs.ts";
import { errorClass } from "../observe/log.ts";
import type { CallOutcome } from "../observe/metrics.ts";
import { adviceFor, MARKER_REMINDER } from "../policy/decide.ts";
import type { Gate, Verdict } from "../policy/gate.ts";
import { creationRefusal } from "../policy/module_place.ts";
import type { RecordStore } from "../records/record_store.ts";
import { REMARKS } from "../records/table.ts";
import { utf8Bytes } from "../kit/utf8_bytes.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import type { Secret } from "../kit/secret.ts";
import type { Span, TraceContext } from "../observe/trace.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { Module } from "../tool/define_module.ts";
import type { Tool } from "../tool/define_tool.ts";
import { CallContexts, type CallContextsDeps } from "./contexts_by_access.ts";
import { createDeadline } from "./deadline.ts";
import { type CallLogs, outcomeOf } from "./call_log.ts";
import type { Asking, Confirmation, Question } from "./confirmation/confirmation.ts";
import type { RequestContext } from "../people/request_context.ts";
import { provenanceOf } from "./provenance.ts";

/** Dependencies of {@link createCallSite}. */
export interface CallSiteDeps {
  readonly registry: ToolRegistry;
  readonly store: Pick<RecordStore, "open">;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly confirmation: Confirmation;
  readonly records: CallLogs;
  /** What the tools belong to; decides in which spaces they may create records. */
  readonly modules: readonly Module[];
  /** Told of each call that succeeded, for the person's page of connected apps. */
  readonly onUse: (principal: Principal, tool: Tool) => void;
  readonly clock: Clock;
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
  readonly requestContext: RequestContext;
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

/** The result of a call as MCP has it: one text. Where there is structured content, the text is that content as JSON. */
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
  /**
   * Ends every call, those to come too: each says what became of it, which of a write under way is that nobody knows. To be
   * called before the answers' way out is closed.
   */
  abort(): void;
}

/** Creates the call site: policy, space, tool, presentation, in this order. */
export function createCallSite(deps: CallSiteDeps): CallSite {
  let inFlight = 0;
  const modules = new Map(deps.modules.map((module) => [module.name, module]));
  const stopping = new AbortController();
  const waiting: (() => void)[] = [];

  /** The words of a refusal, in which ours may name tools; what others quote in it is never taken for such a name. */
  const wordsOf = (refusal: Refusal): string => {
    const { message } = describeRefusal(refusal);
    return refusal.reason === "policy-denied" || refusal.reason === "input-invalid"
      ? deps.registry.inWords(message)
      : message;
  };

  // One function, since each more that is awaited costs every call.
  const run = async (tool: Tool, request: CallRequest, caller: Caller): Promise<CallResult> => {
    const { asking, requestContext } = request;
    const presented = asking.reply === null ? null : await deps.confirmation.read(tool, asking);
    // The question is what is charged, since it costs the person's patience and a look at the records; the answer to
    // it comes along once and free. A made-up or repeated answer pays like any call.
    const span = caller.tally.span.child("policy", "internal");
    const entering = deps.gate.enter(tool, caller.principal, request.args.reveal(), presented?.ok === true);
    const verdict = entering instanceof Promise ? await entering : entering;
    demandAllowed(verdict, span);
    const deadline = createDeadline(request.signal, stopping.signal, CALL_TIMEOUT_MS);
    try {
      deps.confirmation.spend(presented);
      const resolving = deps.spaces.resolve(caller, requestContext.space);
      const resolved = resolving instanceof Promise ? await resolving : resolving;
      const { choice } = resolved;
      // Without a choice only tools that touch no record can answer: spaces.list says what there is to choose from.
      if (!choice.ok && choice.refusal.reason !== "space-choice-needed") throw new Refused(choice.refusal);
      const given: CallContextsDeps = {
        store: deps.store,
        resolved,
        caller,
        actor: { tool: tool.name, clientName: request.clientName },
        at: deps.clock.calendar(),
        timeZone: requestContext.timeZone,
        isStrict: requestContext.isStrict,
        deadline,
        noCreation: tool.access === "read"
          ? null
          : creationRefusal(modules.get(tool.module), resolved, caller.principal),
      };
      if (tool.access === "destructive") {
        const question = await deps.confirmation.approve({
          tool,
          args: request.args.reveal(),
          principal: caller.principal,
          space: choice.ok ? choice.space.id : "",
          asking,
          presented,
          contexts: new CallContexts(given),
        });
        if (question !== null) {
          return { content: [], question: { ...question, sentence: question.sentence.toWellFormed() } };
        }
      }
      const contexts = new CallContexts(given);
      const output = await tool.call(request.args.reveal(), contexts);
      const provenance = provenanceOf(output, contexts.writtenByOthers);
      const remarks: string[] = [];
      if (verdict.decision.decision === "flagged") remarks.push(MARKER_REMINDER);
      if (provenance !== null) remarks.push(provenance.remark);
      return resultOf(output, remarks, provenance?.meta, caller.tally);
    } finally {
      deadline.end();
      verdict.end();
    }
  };

  return Object.freeze({
    async call(request: CallRequest): Promise<CallResult | null> {
      const tool = deps.registry.getTool(request.name);
      if (tool === undefined) {
        deps.records.unknown(request);
        return null;
      }
      const record = deps.records.begin(tool, request);
      inFlight += 1;
      let outcome: CallOutcome = "success";
      let refusal: Refusal | null = null;
      let error: string | undefined;
      let result: CallResult;
      try {
        result = await run(tool, request, record.caller);
        if (result.question !== undefined) outcome = "asked";
        else deps.onUse(record.caller.principal, tool);
      } catch (thrown) {
        // Catch site of the tool side: a refusal in its outside words, anything else as internal, its text unseen.
        refusal = thrown instanceof Refused ? thrown.refusal : { reason: "internal" };
        error = thrown instanceof Refused ? undefined : errorClass(thrown);
        request.onRefused?.(refusal);
        request.requestContext.tokenRefusal.note(refusal);
        outcome = outcomeOf(refusal);
        result = { content: [textOf(wordsOf(refusal))], isError: true };
      } finally {
        inFlight -= 1;
        if (inFlight === 0) { for (const resume of waiting.splice(0)) resume(); }
      }
      record.end({ outcome, refusal, error, content: result.content });
      return result;
    },
    inFlight: () => inFlight,
    drained: () =>
      inFlight === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
    abort: () => stopping.abort(),
  });
}

/** Throws Refused `policy-denied` for a call that must not run. Ends the policy's span. */
function demandAllowed({ decision, blocked }: Verdict, span: Span): void {
  span.set({ "mana.policy.decision": decision.decision, "mana.policy.reason": decision.reason });
  span.end(blocked ? decision.reason : undefined);
  if (!blocked) return;
  throw new Refused({ reason: "policy-denied", rule: decision.reason, advice: adviceFor(decision) });
}

/**
 * A result that says the same to every client: some hand the model the structured content alone, others the text alone, and
 * none further blocks. So remarks stand in both, and first: before the text that they warn of, and before where a client cuts.
 * Throws Refused `result-too-large`.
 */
function resultOf(
  output: Record<string, unknown>,
  remarks: readonly string[],
  meta: Record<string, unknown> | undefined,
  tally: RequestTally,
): CallResult {
  let structuredContent = remarks.length === 0 ? output : { [REMARKS]: remarks, ...output };
  let text = JSON.stringify(structuredContent);
  // What other devices stored: the one place where all that a tool or a resource gives passes on its way out.
  if (mayHaveHalfPair(text)) {
    const { value, mended } = withoutHalfPairs(structuredContent);
    structuredContent = value;
    text = JSON.stringify(value);
    tally.addMended(mended);
  }
  // Records fit by how they are cut and paged. A tool that returns something else must not put it into a file of the client's.
  if (utf8Bytes(text) > MAX_RESULT_BYTES) throw new Refused({ reason: "result-too-large" });
  const result = { content: [textOf(text)], structuredContent };
  return meta === undefined ? result : { ...result, _meta: meta };
}

function textOf(text: string): CallResult["content"][number] {
  return { type: "text", text };
}
