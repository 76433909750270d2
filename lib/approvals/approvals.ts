// Calls that wait for the person's word: an app asks with its own token, the person decides on a page of the sign-in
// server, and the changes are stored with the person's token. No node holds anything: what waits is a record in the person's space.
import { createTurns } from "../records/together/turns.ts";
import { type AskPerson, type AskPersonDeps, createAskPerson } from "./ask_person.ts";
import { createDecisions, type Decisions, type DecisionsDeps } from "./decide.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import { type ApprovalShowerDeps, createApprovalShower } from "./shown_approval.ts";

/** Both sides of what waits for the person. */
export interface Approvals {
  /** For calls of an app. */
  readonly asking: AskPerson;
  /** For the person's own page alone: the door of the pages is the only way here. */
  readonly decisions: Decisions;
}

/** Dependencies of {@link createApprovals}. */
export interface ApprovalsDeps
  extends Omit<AskPersonDeps, "turns" | "store">, Omit<DecisionsDeps, "shower">, ApprovalShowerDeps {
  readonly registry: Pick<ToolRegistry, "getTool">;
}

/** Starts with nobody asking. */
export function createApprovals(deps: ApprovalsDeps): Approvals {
  return Object.freeze({
    asking: createAskPerson({ ...deps, turns: createTurns() }),
    decisions: createDecisions({ ...deps, shower: createApprovalShower(deps) }),
  });
}
