// Puts the door for the sign-in server's pages together.
import type { GatewayAddress } from "../people/gateway_address.ts";
import { createPageTokens } from "../people/page_tokens.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import type { Settings } from "../settings/settings.ts";
import { createPersonDoor, type PersonDoor, type PersonDoorDeps } from "./person_door.ts";

/** Creates the door. Only the keys of the server that signs people's apps in open it. */
export function createPersonPage(deps: PersonPageDeps): PersonDoor {
  const { address, signInServer, settings, clock } = deps;
  return createPersonDoor({
    ...deps,
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
  readonly address: GatewayAddress;
  readonly signInServer: KeyedService;
  readonly settings: Pick<Settings, "signInIssuers">;
}
