// Puts the door for the sign-in server's pages together.
import type { Decisions } from "../approvals/decide.ts";
import type { History } from "../history/history.ts";
import type { Undos } from "../undo/undos.ts";
import type { GatewayAddress } from "../people/gateway_address.ts";
import { createPageTokens } from "../people/page_tokens.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import type { Settings } from "../settings/settings.ts";
import { activityActions } from "./activity_actions.ts";
import { approvalActions } from "./approval_actions.ts";
import { undoActions } from "./undo_actions.ts";
import { createPersonDoor, type PersonDoor, type PersonDoorDeps } from "./person_door.ts";

/** Creates the door. Only the keys of the server that signs people's apps in open it. */
export function createPersonPage(deps: PersonPageDeps): PersonDoor {
  const { address, signInServer, settings, clock, history, undos, decisions, actions } = deps;
  return createPersonDoor({
    ...deps,
    actions: [...activityActions(history), ...undoActions(undos), ...approvalActions(decisions), ...actions],
    basePath: address.basePath,
    pageTokens: createPageTokens({
      pages: { server: signInServer, issuers: settings.signInIssuers },
      isOurs: address.accepts,
      clock,
    }),
  });
}

/** Dependencies of {@link createPersonPage}. */
export interface PersonPageDeps extends Omit<PersonDoorDeps, "basePath" | "pageTokens"> {
  /** What apps did. */
  readonly history: History;
  readonly undos: Undos;
  /** What waits for the person. */
  readonly decisions: Decisions;
  readonly address: GatewayAddress;
  readonly signInServer: KeyedService;
  readonly settings: Pick<Settings, "signInIssuers">;
}
