// The gateway's door for the pages of a person: what the pages ask, and how an answer can end. Who asks over HTTP, and with which
// tokens, is ask_gateway.ts; a page knows this interface alone.
import type { SignedIn } from "../people/people.ts";

/** Asks the gateway in the name of a person who is signed in at a browser. */
export interface GatewayDoor {
  /**
   * Runs one action of the person. An action that decides something is asked for by a POST of the person alone, whose form was
   * checked before. Ends with `gateway-down` where no answer of the gateway came back.
   *
   * @throws {PeopleFault} when no token of the person can be had
   */
  ask(person: SignedIn, action: DoorAction, body: Readonly<Record<string, unknown>>): Promise<DoorAnswer>;
}

/** What the gateway does for a page. */
export type DoorAction = "approvals/list" | "approvals/read" | "approvals/decide";

/** The answer of the gateway, not parsed yet. */
export type DoorAnswer =
  | { readonly isOk: true; readonly body: unknown }
  /** The gateway refused; `body` is its whole answer, which may say how things are now. */
  | { readonly isOk: false; readonly code: string; readonly body: unknown };
