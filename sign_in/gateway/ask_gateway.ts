// Typed questions of the pages to the gateway, over its door: what is asked has the form of its action, what is answered is parsed,
// and what goes wrong is a value, for the page to say.
import { z } from "zod";
import type { ServiceLog } from "../kit/service_log.ts";
import type { SignedIn } from "../people/people.ts";
import type { GatewayAction } from "./actions.ts";
import { Approval, Preview } from "./answers.ts";
import type { DecidedForm } from "./decided_form.ts";
import type { DecisionAction, DoorAnswer, DoorBody, GatewayDoor, PageAction } from "./gateway_door.ts";

/** Asks the gateway. Throws nothing but PeopleFault, where the person's session at the source of people is over or cannot be asked. */
export interface AskGateway {
  /** Asks for what a page shows. */
  show<Question extends DoorBody, Answer>(
    person: SignedIn,
    action: GatewayAction<PageAction, Question, Answer>,
    question: Question,
  ): Promise<GatewayAnswer<Answer>>;
  /** Has the gateway do what the person has decided by this form. */
  decide<Question extends DoorBody, Answer>(
    person: SignedIn,
    action: GatewayAction<DecisionAction, Question, Answer>,
    question: Question,
    form: DecidedForm,
  ): Promise<GatewayAnswer<Answer>>;
}

/** The gateway's answer, or why there is none. */
export type GatewayAnswer<Answer> = { readonly ok: true; readonly answer: Answer } | GatewayFault;

/**
 * Why there is no answer. `down`: the gateway is not there, stops, or does not take this server's questions. `late`: it has not
 * answered in time, or its answer was lost. After both, the same question again shows what was done, or completes it.
 */
export type GatewayFault =
  | { readonly ok: false; readonly fault: "down" | "late" }
  | ({ readonly ok: false; readonly fault: "refused" } & z.infer<typeof Refusal>);

/** Why the gateway refuses, in its codes. */
export type RefusalCode = z.infer<typeof RefusalCode>;
const RefusalCode = z.enum([
  "approval-unknown",
  "call-unknown",
  "input",
  "changed",
  "expired",
  "used",
  "grant-ended",
  "scope-gone",
  "space-left",
  "plan-unknown",
  "sync-down",
  "vault-down",
  "auth-down",
  "no-key",
  "too-many",
  "failed",
]);

const Refusal = z.object({
  /** `failed` for each code that is none of these. */
  code: RefusalCode.catch("failed"),
  /** What there is now, instead of what was shown. */
  approval: Approval.optional().catch(undefined),
  preview: Preview.optional().catch(undefined),
});

/** Creates the typed way over the door. */
export function createAskGateway({ door, log }: AskGatewayDeps): AskGateway {
  return {
    show: async (person, action, question) =>
      read(log, action, await door.ask(person, action.name, question)),
    decide: async (person, action, question, form) =>
      read(log, action, await door.ask(person, action.name, question, form)),
  };
}

/** What the typed way is made of. */
export interface AskGatewayDeps {
  readonly door: GatewayDoor;
  readonly log: ServiceLog;
}

function read<Answer>(
  log: ServiceLog,
  action: Pick<GatewayAction<string, never, Answer>, "name" | "answer">,
  given: DoorAnswer,
): GatewayAnswer<Answer> {
  if (given.isOk) {
    const parsed = action.answer.safeParse(given.body);
    if (parsed.success) return { ok: true, answer: parsed.data };
    // A gateway of another version. Whatever it was asked, it may have done.
    log({ event: "gateway-answer", action: action.name, status: "another shape" });
    return { ok: false, fault: "late" };
  }
  if (given.code === "gateway-down") return { ok: false, fault: "down" };
  if (given.code === "gateway-late") return { ok: false, fault: "late" };
  const shows = Shows.safeParse(given.body).data ?? {};
  return { ok: false, fault: "refused", ...Refusal.parse({ ...shows, code: given.code }) };
}

const Shows = z.object({ approval: z.unknown().optional(), preview: z.unknown().optional() });
