// Runs one tool call: policy, space, tool, result. Nothing else runs a tool, counts a call or logs one, whichever era or method
// the call came by.
import { type Disclosure, NO_TAINT } from "../disclosure/disclosure.ts";
import type { Clock } from "../kit/clock.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { AskPerson } from "../approvals/ask_person.ts";
import type { Caller, Principal } from "../people/principal.ts";
import { describeRefusal, type Refusal, Refused } from "../kit/errors.ts";
import { CALL_TIMEOUT_MS } from "../kit/limits.ts";
import { errorClass } from "../observe/error_class.ts";
import type { CallOutcome } from "../observe/metrics.ts";
import { adviceFor } from "../policy/decide.ts";
import type { Gate, Verdict } from "../policy/gate.ts";
import { creationRefusal } from "../policy/module_place.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import type { Hide } from "../kit/secret.ts";
import type { Span } from "../observe/trace.ts";
import { createSeriesMonths, type SeriesMonths } from "../tool/time/series_months.ts";
import type { Undos } from "../undo/undos.ts";
import type { Module } from "../tool/define_module.ts";
import type { Tool } from "../tool/define_tool.ts";
import { CallContexts, type CallContextsDeps } from "./contexts_by_access.ts";
import { endCall, failCall } from "./end_call.ts";
import { createDeadline } from "./deadline.ts";
import { type CallLogs, outcomeOf } from "./call_log.ts";
import type { CallRequest } from "./call_request.ts";
import { withoutClientsOwn } from "./clients_own_arguments.ts";
import { type CallResult, outputResult, refusedResult } from "./call_result.ts";
import { type AllowedCall, askFirst } from "./ask_first.ts";
import { type AppsPage, leadToApps } from "./lead_to_apps.ts";
import type { Confirmation } from "./confirmation/confirmation.ts";
import { readSpace, SPACE, withoutSpace } from "../tool/space_argument.ts";
import { notesOn } from "./notes.ts";

/** The only place that runs tools, and with it the only place that counts and logs calls. */
export interface CallSite {
  /** Runs a tool; null when there is none of this name. Never throws: every failure is a result the model can read. */
  call(request: CallRequest): Promise<CallResult> | null;
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

/** Dependencies of {@link createCallSite}. */
export interface CallSiteDeps {
  readonly registry: ToolRegistry;
  readonly store: Pick<RecordStore, "open" | "collecting" | "confirmed" | "pushBatch">;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly confirmation: Confirmation;
  /** Where calls wait for the person; for the tool that tells of them. */
  readonly approvals: AskPerson;
  /** Takes back what apps wrote; for the tools that do. */
  readonly undos: Undos;
  readonly callLogs: CallLogs;
  readonly disclosure: Disclosure;
  /** Where calls are noted. */
  readonly ledger: CallContextsDeps["ledger"];
  /** What the tools belong to; decides in which spaces they may create records. */
  readonly modules: readonly Module[];
  /** Guards the arguments of the call that a general one stands for. */
  readonly hide: Hide;
  /** Told of each call that succeeded, for the person's page of connected apps. */
  readonly onUse: (principal: Principal, tool: Tool) => void;
  /** Where a person changes what an app may see. */
  readonly appsPage: AppsPage;
  /** 32 random hex digits, for a call that may write. */
  readonly newCallId: () => string;
  readonly clock: Clock;
}

/** Creates the call site, with no call running. */
export function createCallSite(deps: CallSiteDeps): CallSite {
  const state: State = {
    modules: new Map(deps.modules.map((module) => [module.name, module])),
    series: createSeriesMonths(),
    stopping: new AbortController(),
    inFlight: 0,
    waiting: [],
  };
  return Object.freeze({
    call: (sent: CallRequest) => {
      const tool = deps.registry.getTool(sent.name);
      const request = withoutClientsOwn(sent, tool, deps.hide);
      const meant = tool?.standsFor?.(request.args.reveal());
      if (meant) return answerCall(deps, state, meant.tool, { ...request, args: deps.hide(meant.args) });
      if (tool !== undefined) return answerCall(deps, state, tool, request);
      deps.callLogs.unknown(request);
      return null;
    },
    inFlight: () => state.inFlight,
    drained: () =>
      state.inFlight === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => void state.waiting.push(resolve)),
    abort: () => state.stopping.abort(),
  });
}

interface State {
  readonly modules: ReadonlyMap<string, Module>;
  /** Shared by all calls: the same series are listed again and again. */
  readonly series: SeriesMonths;
  readonly stopping: AbortController;
  inFlight: number;
  /** Told as soon as no call is running. */
  readonly waiting: (() => void)[];
}

/** The catch site of the tool side: a refusal in its outside words, anything else as internal, its text unseen. */
async function answerCall(
  deps: CallSiteDeps,
  state: State,
  tool: Tool,
  request: CallRequest,
): Promise<CallResult> {
  const callLog = deps.callLogs.begin(tool, request);
  state.inFlight += 1;
  let outcome: CallOutcome = "success";
  let refusal: Refusal | null = null;
  let error: string | undefined;
  let result: CallResult;
  try {
    result = await runCall(deps, state, tool, request, callLog.caller);
    if (result.question !== undefined) outcome = "asked";
    else deps.onUse(callLog.caller.principal, tool);
  } catch (thrown) {
    refusal = thrown instanceof Refused
      ? await leadToApps(thrown.refusal, deps.appsPage)
      : { reason: "internal" };
    error = thrown instanceof Refused ? undefined : errorClass(thrown);
    request.onRefused?.(refusal);
    request.requestContext.tokenRefusal.note(refusal);
    outcome = outcomeOf(refusal);
    result = refusedResult(wordsOf(deps.registry, refusal), refusal, tool);
  } finally {
    state.inFlight -= 1;
    if (state.inFlight === 0) { for (const resume of state.waiting.splice(0)) resume(); }
  }
  callLog.end({ outcome, refusal, error, content: result.content });
  return result;
}

/** Policy, space, tool, presentation, in this order. One function, since each more that is awaited costs every call. */
async function runCall(
  deps: CallSiteDeps,
  { modules, series, stopping }: State,
  tool: Tool,
  request: CallRequest,
  caller: Caller,
): Promise<CallResult> {
  const { asking, clientName, requestContext } = request;
  const { clock } = deps;
  let args = request.args.reveal();
  let named: unknown = null;
  if (tool.usesRecords && typeof args === "object" && args !== null && SPACE in args) {
    named = args[SPACE];
    args = withoutSpace(args);
  }
  const presented = asking.reply === null
    ? null
    : await deps.confirmation.read(tool, caller.principal, args, asking);
  // The question is charged, because it costs the person's patience and a look at the records. Its answer comes along once
  // and free; a made-up or repeated answer pays like any call.
  const span = caller.tally.span.child("policy", "internal");
  const entering = deps.gate.enter(tool, caller.principal, args, presented?.ok === true);
  const verdict = entering instanceof Promise ? await entering : entering;
  demandAllowed(verdict, span);
  const deadline = createDeadline(request.signal, stopping.signal, CALL_TIMEOUT_MS);
  let begun: CallContextsDeps | null = null;
  try {
    if (presented !== null) await deps.confirmation.spend(presented);
    const space = named === null ? null : readSpace(named);
    const resolving = deps.spaces.resolve(caller, space ?? requestContext.space, space !== null);
    const resolved = resolving instanceof Promise ? await resolving : resolving;
    const { choice } = resolved;
    // Without a choice only tools that touch no record can answer: spaces.list says which spaces there are, or why not.
    if (!choice.ok && (tool.usesRecords || !EXPLAINED.has(choice.refusal.reason))) {
      throw new Refused(choice.refusal);
    }
    const isRead = tool.access === "read";
    const { asks: isTainted, isRelaying } = isRead || !choice.ok
      ? NO_TAINT
      : await deps.disclosure.taintOf(caller, choice.space, deadline.signal);
    const given: CallContextsDeps = begun = {
      store: deps.store,
      resolved,
      caller,
      approvals: deps.approvals,
      undos: deps.undos,
      actor: { tool: tool.name, clientName, callId: isRead ? "" : deps.newCallId(), isRelaying },
      at: clock.calendar(),
      timeZone: requestContext.timeZone,
      series,
      isStrict: requestContext.isStrict,
      deadline,
      noCreation: isRead ? null : creationRefusal(modules.get(tool.module), resolved, caller.principal),
      disclosure: deps.disclosure,
      ledger: deps.ledger,
      args,
      account: null,
    };
    let allowed: AllowedCall | null = null;
    if (!isRead && deps.confirmation.asks(tool, caller.principal, args, isTainted)) {
      const answered = await askFirst(deps, { tool, args, asking, presented, isTainted }, given);
      if ("result" in answered) return answered.result;
      allowed = answered;
    }
    const contexts = allowed?.contexts ?? new CallContexts(given);
    const output = await tool.call(args, contexts);
    if (allowed?.approval) await deps.confirmation.ran(caller, allowed.approval, deadline.signal());
    const unnoted = given.account === null && isRead ? null : await endCall(given, output, !isRead);
    const isReading = isRead && tool.usesRecords;
    const { remarks, meta } = notesOn(output, given, clock, { contexts, verdict, unnoted, isReading });
    return outputResult(output, remarks, meta, caller.tally);
  } catch (error) {
    if (begun !== null) failCall(begun, error);
    throw error;
  } finally {
    deadline.end();
    verdict.end();
    begun?.account?.release();
  }
}

/** Why a call has no space, where a tool that touches no record runs all the same and explains it. */
const EXPLAINED: ReadonlySet<string> = new Set(["space-choice-needed", "spaces-untold"]);

/** Throws Refused `policy-denied` for a call that must not run. Ends the policy's span. */
function demandAllowed({ decision, blocked }: Verdict, span: Span): void {
  span.set({ "mana.policy.decision": decision.decision, "mana.policy.reason": decision.reason });
  span.end(blocked ? decision.reason : undefined);
  if (!blocked) return;
  throw new Refused({ reason: "policy-denied", rule: decision.reason, advice: adviceFor(decision) });
}

/** The words of a refusal. Our own words may name tools; what others quote in a refusal is never taken for such a name. */
function wordsOf(registry: ToolRegistry, refusal: Refusal): string {
  const { message } = describeRefusal(refusal);
  return refusal.reason === "policy-denied" || refusal.reason === "input-invalid"
    ? registry.inWords(message)
    : message;
}
