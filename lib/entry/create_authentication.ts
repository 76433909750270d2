// Puts people/ together for the entry: a token is verified, a connected app's access is looked up, its token exchanged.
import type { HintStreams } from "../changes/hint_streams.ts";
import type { Clock } from "../kit/clock.ts";
import type { Hide, Secret } from "../kit/secret.ts";
import type { Log } from "../observe/log.ts";
import { createClientAccess } from "../people/client_access.ts";
import type { GatewayAddress } from "../people/gateway_address.ts";
import { createIntrospection } from "../people/introspection.ts";
import { createTokenExchange } from "../people/token_exchange.ts";
import { createVerifiedTokens } from "../people/verified_tokens.ts";
import { createVerifier } from "../people/verifier.ts";
import type { ServiceClient } from "../services/service_client.ts";
import type { Settings } from "../settings/settings.ts";
import type { Spaces } from "../spaces/spaces.ts";
import { type Authenticator, createAuthenticator } from "./authenticate.ts";

/** The auth service, as those ask it who act for the gateway. */
export interface AuthService {
  readonly services: ServiceClient;
  readonly authUrl: string;
  /** Authenticates the gateway; null when the operator set none. */
  readonly serviceKey: Secret<string> | null;
  readonly clock: Clock;
}

/** Creates the authenticator with everything that it asks. */
export function createAuthentication(deps: {
  readonly settings: Settings;
  readonly authService: AuthService;
  readonly address: GatewayAddress;
  readonly spaces: Spaces;
  readonly hints: HintStreams;
  readonly hide: Hide;
  readonly log: Log;
}): Authenticator {
  const { settings, authService, hints, hide } = deps;
  const verifier = createVerifier({
    ...authService,
    issuers: settings.issuers,
    audience: settings.audience,
    isOurs: deps.address.accepts,
  });
  return createAuthenticator({
    tokens: createVerifiedTokens({ verifier, clock: authService.clock }),
    spaces: deps.spaces,
    access: createClientAccess({
      introspection: createIntrospection(authService),
      exchange: createTokenExchange({ ...authService, audience: settings.audience, hide }),
      mayForward: settings.tokenForwarding,
      onRevoked: (principal) => hints.drop(principal),
      log: deps.log,
    }),
    hide,
  });
}
