// The gateway's door for the pages of a person: what the pages ask, and how an answer can end. Who asks over HTTP, and with which
// tokens, is http_door.ts; a page knows this interface, or the typed actions over it (ask_gateway.ts).
import type { SignedIn } from "../people/people.ts";
import type { DecidedForm } from "./decided_form.ts";

/** Asks the gateway in the name of a person who is signed in at a browser. */
export interface GatewayDoor {
  /**
   * Runs one action of the person. Ends with `gateway-down` where the gateway is not there or takes no question, with
   * `gateway-late` where nobody knows what became of the question: the same question completes it.
   *
   * @throws {PeopleFault} when no token of the person can be had
   */
  ask(person: SignedIn, action: PageAction, body: DoorBody): Promise<DoorAnswer>;
  /** The same for an action that decides something: only a form of ours, sent by the person, proves that it was them. */
  ask(person: SignedIn, action: DecisionAction, body: DoorBody, form: DecidedForm): Promise<DoorAnswer>;
}

/** What the gateway shows a page. */
export type PageAction =
  | "approvals/list"
  | "approvals/read"
  | "activity"
  | "activity/call"
  | "ledger/seen"
  | "ledger/export"
  | "undo/preview"
  | "records/count"
  | "records/tags"
  | "access/changed";

/** What the gateway does because the person has decided it. */
export type DecisionAction = "approvals/decide" | "undo/apply";

/** What the gateway does for a page. */
export type DoorAction = PageAction | DecisionAction;

/** A question, to be sent as JSON. */
export type DoorBody = Readonly<Record<string, unknown>>;

/** The answer of the gateway, not parsed yet. */
export type DoorAnswer =
  | { readonly isOk: true; readonly body: unknown }
  /** The gateway refused; `body` is its whole answer, which may say how things are now. */
  | { readonly isOk: false; readonly code: string; readonly body: unknown };
