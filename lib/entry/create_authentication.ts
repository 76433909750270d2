// Puts people/ together for the entry: a token is verified, a connected app's access is looked up, its token exchanged.
import type { HintStreams } from "../changes/hint_streams.ts";
import type { Hide } from "../kit/secret.ts";
import type { Log } from "../observe/log.ts";
import type { AccessKnowledge } from "../people/access_knowledge.ts";
import type { AccessNews } from "../people/access_news.ts";
import { createClientAccess } from "../people/client_access.ts";
import type { GatewayAddress } from "../people/gateway_address.ts";
import { createIntrospection } from "../people/introspection.ts";
import { createTokenExchange } from "../people/token_exchange.ts";
import { createVerifiedTokens } from "../people/verified_tokens.ts";
import { createVerifier } from "../people/verifier.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import type { Settings } from "../settings/settings.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { ToolProfiles } from "../tool/profiles/tool_profiles.ts";
import { type Authenticator, createAuthenticator } from "./authenticate.ts";

/** Creates the authenticator with everything that it asks. */
export function createAuthentication(deps: {
  readonly settings: Settings;
  readonly authService: KeyedService;
  /** Signs connected clients in; the very same value as `authService` where the auth service does. */
  readonly signInServer: KeyedService;
  readonly address: GatewayAddress;
  readonly spaces: Spaces;
  readonly profiles: ToolProfiles;
  readonly hints: HintStreams;
  readonly news: AccessNews;
  readonly accessKnowledge: AccessKnowledge;
  readonly hide: Hide;
  readonly log: Log;
}): Authenticator {
  const { settings, authService, signInServer, hints, hide } = deps;
  const isSignInSeparate = signInServer !== authService;
  const { clock } = authService;
  const verifier = createVerifier({
    ofPeople: { server: authService, issuers: settings.issuers },
    ofClients: { server: signInServer, issuers: settings.signInIssuers },
    clock,
    audience: settings.audience,
    isOurs: deps.address.accepts,
    knowledge: deps.accessKnowledge,
  });
  const tokens = createVerifiedTokens({ verifier, clock });
  deps.news.onNews(tokens.forgetId);
  return createAuthenticator({
    tokens,
    spaces: deps.spaces,
    profiles: deps.profiles,
    access: createClientAccess({
      introspection: createIntrospection(signInServer, deps.accessKnowledge),
      exchange: createTokenExchange({
        ...signInServer,
        audience: settings.audience,
        verifier: isSignInSeparate ? verifier : null,
        hide,
      }),
      // The services know no token of a sign-in server, and it always offers an exchange.
      mayForward: settings.tokenForwarding && !isSignInSeparate,
      news: deps.news,
      onRevoked: (principal) => hints.drop(principal),
      log: deps.log,
    }),
    hide,
  });
}
