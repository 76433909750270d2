// Asks the person before a destructive tool runs: when it asks, what it believes of the answer, and the words of each refusal.
// question_state.ts has the state that travels with a question, used_answers.ts that an answer counts once.
import type { Clock } from "../../kit/clock.ts";
import { type Principal, principalKey } from "../../people/principal.ts";
import { Refused } from "../../kit/errors.ts";
import { MAX_USED_CONFIRMATIONS } from "../../kit/limits.ts";
import type { ContextSource, Tool } from "../../tool/define_tool.ts";
import { createUsedNonces } from "./used_answers.ts";
import {
  type Binding,
  CONFIRMATION_WORDS,
  createStateSeal,
  type OpenedState,
  type StateProblem,
} from "./question_state.ts";

/** A question on its way to the person, with the state that has to come back with the answer. */
export interface Question {
  readonly sentence: string;
  readonly state: string;
}

/** What a client sent back. */
export interface Reply {
  /** As it came; null when the answer came without one. */
  readonly state: string | null;
  /** `confirmed` only when the person accepted; `cancelled` where nobody decided, or saw the question. */
  readonly answer: "confirmed" | "declined" | "cancelled";
}

/** What the protocol knows of asking in one call. */
export interface Asking {
  /** Whether the client says it can ask the person. */
  readonly canAsk: boolean;
  readonly reply: Reply | null;
}

/** A reply as far as it can be judged before the space of the call is known. */
export type Presented =
  | { readonly ok: true; readonly state: OpenedState; readonly answer: Reply["answer"] }
  | { readonly ok: false; readonly problem: Problem };

type Problem = StateProblem | "missing" | "used" | "foreign";

/** One call of a destructive tool. */
export interface DestructiveCall {
  readonly tool: Tool;
  readonly args: unknown;
  readonly principal: Principal;
  /** Id of the active space; empty when none could be chosen, in which case `confirm` refuses. */
  readonly space: string;
  /** The space in words, before the sentence of the tool (place_words.ts). */
  readonly place: string;
  readonly asking: Asking;
  readonly presented: Presented | null;
  readonly contexts: ContextSource;
}

/** Asks the person before a destructive tool runs. */
export interface Confirmation {
  /**
   * Reads the reply to an earlier question; null when there is none, or none that this client could give. What is `ok`
   * belongs to a question that was paid for out of the caller's budget, so its answer is not charged again.
   */
  read(tool: Tool, asking: Asking): Promise<Presented | null>;
  /**
   * Notes that the reply has been presented. Whatever it says and wherever it is shown, a state counts once: else a no
   * could be sent again as a yes, or a stolen state be tried on one call after the other. Of two at the same time one wins.
   * Throws Refused for the other.
   */
  spend(presented: Presented | null): void;
  /**
   * Null when the tool may run now, else the question to ask. Throws Refused when it may not run: the client cannot ask,
   * the person said no, the reply is not to be believed; and whatever naming the records throws (not found, keys).
   */
  approve(call: DestructiveCall): Promise<Question | null>;
}

/** Creates the confirmation with a key that lives as long as the process: a restart makes every open question invalid. */
export function createConfirmation(deps: {
  readonly clock: Clock;
  /** Canonical names of tools that the operator lets run without asking. */
  readonly optedIn: ReadonlySet<string>;
  /** {@link MAX_USED_CONFIRMATIONS} by default. */
  readonly maxUsed?: number;
}): Confirmation {
  const seal = createStateSeal(deps);
  const used = createUsedNonces({ clock: deps.clock, max: deps.maxUsed ?? MAX_USED_CONFIRMATIONS });
  const asks = (tool: Tool) => tool.access === "destructive" && !deps.optedIn.has(tool.name);

  return Object.freeze({
    async read(tool: Tool, { canAsk, reply }: Asking): Promise<Presented | null> {
      // A client without a person in front of it must not answer either.
      if (reply === null || !canAsk || !asks(tool)) return null;
      if (reply.state === null) return { ok: false, problem: "missing" };
      const state = await seal.open(reply.state);
      if (typeof state === "string") return { ok: false, problem: state };
      if (used.isSpent(state.nonce, state.expiresAt)) return { ok: false, problem: "used" };
      return { ok: true, state, answer: reply.answer };
    },

    spend(presented: Presented | null): void {
      if (presented === null || !presented.ok) return;
      const { nonce, expiresAt } = presented.state;
      if (!used.spend(nonce, expiresAt)) throw refuse("confirmation-used", PROBLEMS.used);
    },

    async approve(call: DestructiveCall): Promise<Question | null> {
      const { tool, args, principal, space, place, asking, presented, contexts } = call;
      if (!asks(tool)) return null;
      if (!asking.canAsk) throw refuse("destructive-not-allowed", cannotAsk(tool.name));
      const binding: Binding = { person: principalKey(principal), tool: tool.name, args, space };
      if (presented !== null) await believe(presented, binding);
      // Named anew each time: what the person saw must be what is there now, or another record dies for their yes.
      const sentence = place + await tool.confirm(args, contexts);
      const isAnswered = presented !== null && presented.ok;
      if (isAnswered && await presented.state.showed(sentence)) return null;
      return {
        sentence: isAnswered ? `This has changed since you were asked. ${sentence}` : sentence,
        state: await seal.make(binding, sentence),
      };
    },
  });
}

/** Returns when the person said yes to this very call. */
async function believe(presented: Presented, binding: Binding): Promise<void> {
  if (!presented.ok) throw refuse(`confirmation-${presented.problem}`, PROBLEMS[presented.problem]);
  const { state, answer } = presented;
  if (!await state.isFor(binding)) throw refuse("confirmation-foreign", PROBLEMS.foreign);
  if (answer !== "confirmed") throw refuse(`confirmation-${answer}`, ANSWERS[answer]);
}

const AGAIN = "Nothing was changed. Call the tool again to ask the person anew.";
const PROBLEMS: Readonly<Record<Problem, string>> = {
  missing: `the person's answer came back without the state of its question. ${AGAIN}`,
  invalid: `the state of the question is not one of this gateway, or older than its last start. ${AGAIN}`,
  expired: `the person's answer came too late, a question is open for ${CONFIRMATION_WORDS}. ${AGAIN}`,
  used: `this answer was used already, each counts once. ${AGAIN}`,
  foreign: `the person's answer was to another question: another call, arguments, space or person. ${AGAIN}`,
};
const ANSWERS: Readonly<Record<Exclude<Reply["answer"], "confirmed">, string>> = {
  declined: "the person said no. Nothing was changed. Do not call it again unless they ask for it.",
  cancelled:
    "the question was closed without an answer. Perhaps nobody saw it: a client that runs without a window closes " +
    "it by itself. Nothing was changed.",
};

function cannotAsk(tool: string): string {
  return `{${tool}} asks the person first, and this client cannot ask: it declares no form elicitation. Use a client that ` +
    `does, or the Mana app where the person has it, or have the operator add {${tool}} to DESTRUCTIVE_TOOLS, which lets it ` +
    "run without asking.";
}

function refuse(rule: string, advice: string): Refused {
  return new Refused({ reason: "policy-denied", rule, advice });
}
