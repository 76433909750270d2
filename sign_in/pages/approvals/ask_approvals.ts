// What the pages ask the gateway about approvals, and how that can end.
import { GATEWAY_ACTIONS, type GrantNow } from "../../gateway/actions.ts";
import type { Approval } from "../../gateway/answers.ts";
import type { AskGateway, GatewayAnswer, RefusalCode } from "../../gateway/ask_gateway.ts";
import type { DecidedForm } from "../../gateway/decided_form.ts";
import { PeopleFault, type SignedIn } from "../../people/people.ts";

/** Every approval of the person: open ones first, then those decided within a day. */
export async function listApprovals(
  gateway: AskGateway,
  person: SignedIn,
): Promise<Asked<readonly Approval[]>> {
  return await toAsked(
    () => gateway.show(person, GATEWAY_ACTIONS.approvalsList, {}),
    ({ approvals }) => approvals,
  );
}

/** One approval of the person. */
export async function readApproval(
  gateway: AskGateway,
  person: SignedIn,
  id: string,
): Promise<Asked<Approval>> {
  return await toAsked(
    () => gateway.show(person, GATEWAY_ACTIONS.approvalsRead, { id }),
    ({ approval }) => approval,
  );
}

/** Tells the gateway the person's yes or no, by their form. The gateway carries out a yes before it answers. */
export async function decideApproval(
  gateway: AskGateway,
  person: SignedIn,
  { shownAt, ...decision }: Decision,
  form: DecidedForm,
): Promise<Asked<Approval>> {
  const question = { ...decision, shownAt: new Date(shownAt).toISOString() };
  return await toAsked(
    () => gateway.decide(person, GATEWAY_ACTIONS.approvalsDecide, question, form),
    ({ approval }) => approval,
  );
}

/** The person's answer to one approval. */
export interface Decision {
  readonly id: string;
  /** What the person was shown. */
  readonly diff: string;
  readonly decision: "yes" | "no";
  /** When the page was made, in milliseconds since 1970. */
  readonly shownAt: number;
  /** The grant of the app that asks, as it is now; null: the app has the person's own token. */
  readonly grant: GrantNow | null;
}

/** What was asked for, or why there is none. */
export type Asked<Value> =
  | { readonly isOk: true; readonly value: Value }
  | { readonly isOk: false; readonly fault: ApprovalFault };

/** Why something did not succeed. */
export interface ApprovalFault {
  readonly code: FaultCode;
  /** The approval as it is now, where the gateway told it. */
  readonly approval: Approval | undefined;
}

/** A way in which it can end: by the gateway's refusal, without an answer, or with one that may have been lost. */
export type FaultCode = Exclude<RefusalCode, OfOtherPages> | "gateway-down" | "gateway-late";

/** Codes of questions that only other pages ask. */
type OfOtherPages = "call-unknown" | "input" | "plan-unknown";

function isOfOtherPages(code: RefusalCode): code is OfOtherPages {
  return code === "call-unknown" || code === "input" || code === "plan-unknown";
}

async function toAsked<Answer, Value>(
  ask: () => Promise<GatewayAnswer<Answer>>,
  pick: (answer: Answer) => Value,
): Promise<Asked<Value>> {
  const given = await orAuthDown(ask);
  if (given === "auth-down") return { isOk: false, fault: { code: given, approval: undefined } };
  if (given.ok) return { isOk: true, value: pick(given.answer) };
  if (given.fault !== "refused") {
    return { isOk: false, fault: { code: `gateway-${given.fault}`, approval: undefined } };
  }
  const code = isOfOtherPages(given.code) ? "failed" : given.code;
  return { isOk: false, fault: { code, approval: given.approval } };
}

/** An account service that does not answer is one fault more: the page keeps the person's button then, too. */
async function orAuthDown<Answer>(ask: () => Promise<Answer>): Promise<Answer | "auth-down"> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PeopleFault) || error.reason === "gone") throw error;
    return "auth-down";
  }
}
