// Puts the door for the sign-in server's pages together.
import type { Decisions } from "../approvals/decide.ts";
import { createHanded, type HandedDeps } from "../history/handed/handed.ts";
import type { History } from "../history/history.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import { createOwnPull } from "../own_records/own_pull.ts";
import type { Undos } from "../undo/undos.ts";
import type { AccessNews } from "../people/access_news.ts";
import type { GatewayAddress } from "../people/gateway_address.ts";
import { createPageTokens } from "../people/page_tokens.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import type { Settings } from "../settings/settings.ts";
import { tableColumns } from "../tool/tables/table_columns.ts";
import { accessActions } from "./access_actions.ts";
import { activityActions } from "./activity_actions.ts";
import { approvalActions } from "./approval_actions.ts";
import { recordActions, type RecordActionsDeps } from "./record_actions.ts";
import { undoActions } from "./undo_actions.ts";
import { ledgerActions } from "./ledger_actions.ts";
import { createPersonDoor, type PersonDoor, type PersonDoorDeps } from "./person_door.ts";

/** Creates the door. Only the keys of the server that signs people's apps in open it. */
export function createPersonPage(deps: PersonPageDeps): PersonDoor {
  const { address, signInServer, settings, clock, history, undos, decisions, actions } = deps;
  const ownPull = createOwnPull(deps.sync, deps.metrics.records);
  const handed = createHanded({ ...deps, ownPull, isKept: settings.ledger !== "off" });
  return createPersonDoor({
    ...deps,
    actions: [
      ...activityActions(history),
      ...ledgerActions(handed),
      ...undoActions(undos),
      ...approvalActions(decisions),
      ...accessActions(deps.news),
      ...recordActions({ ...deps, columns: tableColumns }),
      ...actions,
    ],
    basePath: address.basePath,
    pageTokens: createPageTokens({
      pages: { server: signInServer, issuers: settings.signInIssuers },
      isOurs: address.accepts,
      clock,
    }),
  });
}

/** Dependencies of {@link createPersonPage}. */
export interface PersonPageDeps
  extends
    Omit<PersonDoorDeps, "basePath" | "pageTokens">,
    Omit<HandedDeps, "ownPull" | "isKept" | "clock">,
    Omit<RecordActionsDeps, "columns" | "clock" | "keyring"> {
  readonly sync: Pick<SyncClient, "pull">;
  /** What apps did. */
  readonly history: History;
  readonly undos: Undos;
  /** What waits for the person. */
  readonly decisions: Decisions;
  /** What is told of changed access. */
  readonly news: AccessNews;
  readonly address: GatewayAddress;
  readonly signInServer: KeyedService;
  readonly settings: Pick<Settings, "signInIssuers" | "ledger">;
  readonly clock: PersonDoorDeps["clock"];
}
