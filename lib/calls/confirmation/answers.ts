// What the person has answered in the client's form, and what is believed of it: only a yes to this very call lets the call run.
import { Refused } from "../../kit/errors.ts";
import type { AskedCall } from "./asked_call.ts";
import type { Approved, Presented, Problem } from "./confirmation.ts";
import { askOnPage, needed, type PageDeps } from "./page_question.ts";
import { type Binding, CONFIRMATION_WORDS } from "./question_state.ts";

/** `confirmed` only when the person accepted; `cancelled` where nobody decided, or saw the question. */
export type Answer = "confirmed" | "declined" | "cancelled";

/**
 * Null when the person said yes to this very call, and the call has not been decided on the page meanwhile. Throws Refused where it must not run: with the
 * link to the page where the client closed the form before anybody can have read it.
 */
export async function demandYes(
  deps: PageDeps,
  page: string | null,
  call: AskedCall,
  presented: Presented,
  binding: Binding,
): Promise<Approved | null> {
  if (!presented.ok) throw problemOf(presented.problem);
  const { state, answer } = presented;
  if (!await state.isFor(binding)) throw problemOf("foreign");
  if (answer === "confirmed") return await decidedOnPage(deps, call, state.approval);
  if (state.approval !== null && answer === "declined") {
    // A no that cannot be noted is still a no to this call; on the page it waits until its time is over.
    await deps.approvals.close(call.caller, state.approval, "no", call.reader.signal).catch(passOver);
  }
  if (state.approval !== null && page !== null && answer === "cancelled" && state.ageMs < UNSEEN_MS) {
    const asked = await askOnPage(deps, page, call);
    if (asked.kind === "waits") throw needed(deps, "unanswered", asked.waiting);
    if (asked.kind !== "unaskable") return { kind: "told", output: asked.output };
  }
  throw refuse(`confirmation-${answer}`, ANSWERS[answer]);
}

/** The refusal of a reply that is not believed. */
export function problemOf(problem: Problem): Refused {
  return refuse(`confirmation-${problem}`, PROBLEMS[problem]);
}

/** The refusal of a call that the person has said no to on their own page, where nobody else can. */
export function declined(): Refused {
  return refuse(
    "confirmation-declined",
    "the person said no. Nothing was changed. Do not call it again unless they ask for it.",
  );
}

/** The refusal of a call whose question a client has answered with no: by its own policy, perhaps, without showing it to anybody. */
export function declinedByClient(): Refused {
  return refuse("confirmation-declined", ANSWERS.declined);
}

/** A refusal by a rule of asking. */
export function refuse(rule: string, advice: string): Refused {
  return new Refused({ reason: "policy-denied", rule, advice });
}

/** To be put after work that a refusal of the services must not stop. Throws everything else. */
export function passOver(error: unknown): null {
  if (error instanceof Refused) return null;
  throw error;
}

/** What the person has decided on the page while the form was open, where that can be found out. */
async function decidedOnPage(
  { approvals }: PageDeps,
  { caller, mayTell, reader }: AskedCall,
  approval: string | null,
): Promise<Approved | null> {
  if (approval === null) return null;
  const answer = await approvals.get(caller, approval, mayTell, reader.signal).catch(passOver);
  if (answer?.status === "declined") throw declined();
  if (answer?.status === "done" && answer.result === undefined) {
    throw new Refused({ reason: "approval-done" });
  }
  return answer?.result === undefined ? null : { kind: "told", output: answer.result };
}

/** Nobody reads a question and closes it in less time: the client did. */
const UNSEEN_MS = 1_000;
const AGAIN = "Nothing was changed. Call the tool again to ask the person anew.";
const PROBLEMS: Readonly<Record<Problem, string>> = {
  missing: `the person's answer came back without the state of its question. ${AGAIN}`,
  invalid: `the state of the question is not one of this gateway, or older than its last start. ${AGAIN}`,
  expired: `the person's answer came too late, a question is open for ${CONFIRMATION_WORDS}. ${AGAIN}`,
  used: `this answer was used already, each counts once. ${AGAIN}`,
  foreign: `the person's answer was to another question: another call, arguments, space or person. ${AGAIN}`,
};
const ANSWERS: Readonly<Record<Exclude<Answer, "confirmed">, string>> = {
  declined:
    "the question was declined, by the person or by a rule of this client. Nothing was changed. Do not call it again unless the " +
    "person asks for it.",
  cancelled:
    "the question was closed without an answer. Perhaps nobody saw it: a client that runs without a window closes " +
    "it by itself. Nothing was changed.",
};
