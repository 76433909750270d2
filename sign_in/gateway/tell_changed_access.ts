// Tells the gateway that the person has just changed what their apps may do, so that it holds within a second and not after the seconds
// for which the gateway believes what it found out before. Contract: auth-vault, section 13.
import type { SignedIn } from "../people/people.ts";
import { GATEWAY_ACTIONS } from "./actions.ts";
import type { AskGateway } from "./ask_gateway.ts";

/** Waits for nothing and cannot fail: what the person has clicked is done, and holds without this as well, only later. */
export function tellChangedAccess(gateway: AskGateway | undefined, { userId, sessionId }: SignedIn): void {
  // Where nobody answers, the door has logged it; a session that ended meanwhile is told to the person by the next page.
  gateway?.show({ userId, sessionId }, GATEWAY_ACTIONS.accessChanged, {}).catch(() => {});
}
