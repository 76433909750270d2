// Asks the person before a call runs that may not run by itself: who is asked how, and what is believed of the answer. The ladder: the
// client's own form; else an address that the client opens; else a link in the refusal. Both lead to the person's page
// (page_question.ts). question_state.ts has the state that travels with a form, used_answers.ts that an answer counts once.
import type { Tainted } from "../../disclosure/disclosure.ts";
import type { AskPerson } from "../../approvals/ask_person.ts";
import { MAX_USED_CONFIRMATIONS } from "../../kit/limits.ts";
import type { Metrics } from "../../observe/metrics.ts";
import type { SharedStore } from "../../nodes/shared_store.ts";
import type { StoreKeys } from "../../nodes/store_keys.ts";
import { type Caller, type Principal, principalKey } from "../../people/principal.ts";
import type { ConfirmedWrite } from "../../records/confirmed/confirmed_writes.ts";
import type { Tool } from "../../tool/define_tool.ts";
import { type Answer, demandYes, passOver, problemOf, refuse } from "./answers.ts";
import type { AskedCall } from "./asked_call.ts";
import { askOnPage, type PageDeps, questionOnPage } from "./page_question.ts";
import { questionSentence } from "./question_sentence.ts";
import {
  type Binding,
  createStateSeal,
  type OpenedState,
  type StateProblem,
  type StateSeal,
  type StateSealDeps,
} from "./question_state.ts";
import { createSharedNonces } from "./shared_nonces.ts";
import { createUsedNonces, type UsedNonces } from "./used_answers.ts";
import { writeTimes } from "./write_time.ts";

/** A question on its way to the person. */
export interface Question {
  readonly sentence: string;
  /** The state that has to come back with the answer; null for an address, whose answer says nothing. */
  readonly state: string | null;
  /** The address that the client is to open, instead of a form. */
  readonly url?: string;
}

/** What a client sent back. */
export interface Reply {
  /** As it came; null when the answer came without one. */
  readonly state: string | null;
  readonly answer: Answer;
}

/** What the protocol knows of asking in one call. */
export interface Asking {
  /** Whether the client says it can show the person a form. */
  readonly canAsk: boolean;
  /** Whether the client says it can open an address for the person. Absent: it cannot. */
  readonly canOpen?: boolean;
  /** Whether the answer may reach a node that cannot bring it here. Absent: it comes back. */
  readonly mayLoseAnswer?: boolean;
  readonly reply: Reply | null;
}

/** A reply as far as it can be judged before the space of the call is known. */
export type Presented =
  | { readonly ok: true; readonly state: OpenedState; readonly answer: Answer }
  | { readonly ok: false; readonly problem: Problem };

/** Why a reply is not believed. */
export type Problem = StateProblem | "missing" | "used" | "foreign";

/** What is to be done with a call. */
export type Approved =
  /**
   * The tool may run now. `approval` is to be handed to {@link Confirmation.ran} then; with `write` it runs as of the question,
   * since the same yes could come to another node.
   */
  | { readonly kind: "run"; readonly approval: string | null; readonly write: AskedWrite | null }
  | { readonly kind: "ask"; readonly question: Question }
  /** The call was carried out on the person's page, or would change nothing: this is what the tool answers. */
  | { readonly kind: "told"; readonly output: Record<string, unknown> };

/** Asks the person before a call runs. */
export interface Confirmation {
  /**
   * Whether the person is asked before this caller's calls of the tool: before each deleting one, unless the operator lets it run
   * unasked, before each that changes anything where the person said so of the app, before those that the tool itself names, and where
   * the app `isTainted`: it has read texts of others and private ones, or nobody knows, and would now write where others read. The one
   * place for such rules.
   */
  asks(tool: Tool, principal: Principal, args: unknown, isTainted: Tainted): boolean;
  /**
   * Reads the reply to an earlier question; null when there is none, or none that this client could give. What is `ok`
   * belongs to a question that was paid for out of the caller's budget, so its answer is not charged again.
   */
  read(tool: Tool, principal: Principal, args: unknown, asking: Asking): Promise<Presented | null>;
  /**
   * Notes that the reply has been presented. Whatever it says and wherever it is shown, a state counts once: else a no
   * could be sent again as a yes, or a stolen state be tried on one call after the other. Of two at the same time one wins.
   * Throws Refused for the other. A promise where other gateways have to be asked.
   */
  spend(presented: Presented | null): void | Promise<void>;
  /**
   * What is to be done with a call that {@link asks}. Throws Refused where it may not run: `approval-needed` with the link to the
   * person's page; the person said no; the reply is not to be believed; nobody can ask; and whatever naming the records throws.
   */
  approve(call: AskedCall): Promise<Approved>;
  /** Notes that a call has run that the person has allowed in a form, so that it does not wait on their page as well. Never throws Refused. */
  ran(caller: Caller, approval: string, signal: AbortSignal): Promise<void>;
}

/** What the writes of a call follow from, and when the person was asked, in milliseconds since 1970. */
export interface AskedWrite extends ConfirmedWrite {
  readonly askedAt: number;
}

/** Creates the confirmation. Where nodes share no keys, a restart makes every open form invalid. */
export function createConfirmation(deps: ConfirmationDeps): Confirmation {
  const seal = createStateSeal(deps);
  const used = createNonces(deps, seal.now);
  const asks = (tool: Tool, { client }: Principal, args: unknown, isTainted: Tainted) =>
    tool.access !== "read" &&
    (isTainted !== false || client?.askFirst === "write" ||
      (tool.access === "destructive" && !deps.optedIn.has(tool.name)) ||
      tool.asksFor?.(args, deps.clock.calendar()) === true);

  return Object.freeze({
    asks,
    async read(
      tool: Tool,
      principal: Principal,
      args: unknown,
      { canAsk, reply }: Asking,
    ): Promise<Presented | null> {
      // A client without a person in front of it must not answer either.
      // Whether an app is tainted shows once the space is known: until then a reply of any app may be one to that question.
      if (reply === null || !canAsk || !asks(tool, principal, args, principal.client !== null)) return null;
      if (reply.state === null) return { ok: false, problem: "missing" };
      const state = await seal.open(reply.state);
      if (typeof state === "string") return { ok: false, problem: state };
      if (used.isSpent(state.nonce, state.expiresAt)) return { ok: false, problem: "used" };
      return { ok: true, state, answer: reply.answer };
    },

    spend(presented: Presented | null): void | Promise<void> {
      if (presented === null || !presented.ok) return;
      const { nonce, expiresAt, kid } = presented.state;
      const isFirst = used.spend(nonce, expiresAt, kid);
      return isFirst instanceof Promise ? isFirst.then(demandFirst) : demandFirst(isFirst);
    },

    async approve(call: AskedCall): Promise<Approved> {
      // The call that brings the answer is the same question.
      if (call.isTainted !== false && call.presented === null) {
        deps.metrics.taintQuestion(call.isTainted === true);
      }
      const page = await deps.approvals.page(call.caller.principal);
      // A client waits a minute for an answer that was lost on the way; on the page the person can decide at any node.
      const isAnswerable = page === null || call.asking.mayLoseAnswer !== true;
      if (call.asking.canAsk && isAnswerable) return await askByForm(deps, seal, page, call);
      if (page === null) throw refuse("destructive-not-allowed", cannotAsk(call));
      return await questionOnPage(deps, page, call);
    },

    async ran(caller: Caller, approval: string, signal: AbortSignal): Promise<void> {
      await deps.approvals.close(caller, approval, "done", signal).catch(passOver);
    },
  });
}

function demandFirst(isFirst: boolean): void {
  if (!isFirst) throw problemOf("used");
}

/** Where used answers are kept: in the shared store as well, where there is one. */
function createNonces(deps: ConfirmationDeps, now: () => number): UsedNonces {
  const own = createUsedNonces({ now, max: deps.maxUsed ?? MAX_USED_CONFIRMATIONS });
  const { sharedStore: store, storeKeys } = deps;
  return store.state() === "none" ? own : createSharedNonces({ own, store, storeKeys, now });
}

/** Dependencies of {@link createConfirmation}. */
export interface ConfirmationDeps extends PageDeps, StateSealDeps {
  readonly approvals: AskPerson;
  readonly metrics: Pick<Metrics, "taintQuestion">;
  readonly sharedStore: SharedStore;
  readonly storeKeys: StoreKeys;
  /** Canonical names of tools that the operator lets run without asking. */
  readonly optedIn: ReadonlySet<string>;
  /** {@link MAX_USED_CONFIRMATIONS} by default. */
  readonly maxUsed?: number;
}

/** Asks in the client's own form, which has the link to the person's page as well, where there is a page and room on it. */
async function askByForm(
  deps: ConfirmationDeps,
  seal: StateSeal,
  page: string | null,
  call: AskedCall,
): Promise<Approved> {
  const { tool, args, caller, space, presented } = call;
  const binding: Binding = { person: principalKey(caller.principal), tool: tool.name, args, space: space.id };
  if (presented !== null) {
    const onPage = await demandYes(deps, page, call, presented, binding);
    if (onPage !== null) return onPage;
  }
  const isAnswered = presented !== null && presented.ok;
  // First of all, because a record that was deleted on the page could not be named any more.
  const asked = page === null || isAnswered ? null : await askOnPage(deps, page, call);
  if (asked?.kind === "done" || asked?.kind === "nothing") return { kind: "told", output: asked.output };
  // Named anew each time: what the person saw must be what is there now, or another record dies for their yes.
  const sentence = await questionSentence(call);
  if (isAnswered && await presented.state.showed(sentence)) {
    const { approval, nonce, times } = presented.state;
    return { kind: "run", approval, write: times === null ? null : { nonce, ...times } };
  }
  const write = deps.nodeKeys.isShared ? await writeTimes(call, deps.clock) : null;
  const waiting = asked?.kind === "waits" ? asked.waiting : null;
  const approval = waiting?.id ?? (isAnswered ? presented.state.approval : null);
  return {
    kind: "ask",
    question: {
      sentence: `${isAnswered ? "This has changed since you were asked. " : ""}${sentence}${
        waiting === null ? "" : ` You can also look at it, and decide, at ${waiting.url}.`
      }`,
      state: await seal.make(binding, sentence, approval, write),
    },
  };
}

function cannotAsk({ isTainted, tool: { name: tool } }: AskedCall): string {
  if (isTainted !== false) {
    const why = isTainted === "unknown"
      ? "nobody can say now whether this app has read texts by others and private ones"
      : "in the last half hour this app read texts by others and private ones";
    return `${why}, so {${tool}} asks the person before it writes ` +
      "where others read, and this client cannot ask: it declares no form elicitation. Private records can be written meanwhile.";
  }
  return `{${tool}} asks the person first, and this client cannot ask: it declares no form elicitation. Use a client that ` +
    `does, or the Mana app where the person has it, or have the operator add {${tool}} to DESTRUCTIVE_TOOLS, which lets it ` +
    "run without asking.";
}
