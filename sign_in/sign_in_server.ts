// Puts sign-in together: better-auth, the source of people, the authorization server and the pages. Read it first.
// Reads no environment, clock or port by itself. main.ts starts it as a process of its own; the embedded backend mounts it.
import { AsyncLocalStorage } from "node:async_hooks";
import { type Operator, UNSTATED } from "../process/operator/operator.ts";
import { Hono } from "@hono/hono";
import type { SignInDatabase } from "./database/sign_in_database.ts";
import { demandFittingSecret } from "./identity/demand_fitting_secret.ts";
import type { Peer } from "./http/client_address.ts";
import type { GatewayDoor } from "./gateway/gateway_door.ts";
import { createServiceKeyCheck } from "./http/service_key.ts";
import { createIdentity, type Identity } from "./identity/identity.ts";
import type { IdentityDeps } from "./identity/identity_options.ts";
import { type AskGateway, createAskGateway } from "./gateway/ask_gateway.ts";
import { createHttpDoor } from "./gateway/http_door.ts";
import { createMintPageToken } from "./gateway/page_tokens.ts";
import type { ServiceLog } from "./kit/service_log.ts";
import { createAuthorizationServer } from "./oauth/authorization_server.ts";
import { createGrantRoutes } from "./oauth/grants/grant_routes.ts";
import { GRANTABLE, type Grantable } from "./oauth/grants/grantable_modules.ts";
import { createScopeList } from "./oauth/grants/scopes.ts";
import { createOAuthRoutes } from "./oauth/oauth_routes.ts";
import { createSigningKeys } from "./identity/signing_keys.ts";
import { createPageForms } from "./pages/page_forms.ts";
import { createPageRoutes } from "./pages/page_routes.ts";
import { createPermissionWords } from "./pages/access/permission_words.ts";
import type { People } from "./people/people.ts";
import type { PeopleParts } from "./people/people_parts.ts";

/**
 * Creates the authorization server over an open database.
 *
 * @throws {SetupFault} when the secrets do not open what the database holds
 * @throws {Error} when the tables cannot be written
 */
export async function createSignInServer(deps: SignInDeps): Promise<SignInServer> {
  const { signIn, now } = deps;
  const grantable = deps.grantable ?? GRANTABLE;
  const operator = deps.operator ?? UNSTATED;
  const scopeList = createScopeList(grantable.modules);
  const admission = deps.randomUUID();
  const consents = new AsyncLocalStorage<string>();
  const identity = await createIdentity({
    ...deps,
    scopeList,
    admission,
    grantInConsent: () => consents.getStore(),
  });
  await demandFittingSecret(identity, signIn);
  const keys = createSigningKeys(() => identity.api.getJwks(), now);
  const parts = Promise.withResolvers<Pick<PeopleParts, "endGrant">>();
  const people = await deps.createPeople({
    identity,
    admission,
    keys,
    endGrant: async (grantId, reason) => await (await parts.promise).endGrant(grantId, reason),
  });
  const hasServiceKey = createServiceKeyCheck(deps.serviceKey);
  const oauth = await createAuthorizationServer({
    ...deps,
    identity,
    admission,
    keys,
    people,
    scopeList,
    grantable,
    hasServiceKey,
    runAsGrant: (grantId, work) => consents.run(grantId, work),
  });
  parts.resolve(oauth);
  const door = openDoor(deps, identity, people);
  const gateway = door && createAskGateway({ door, log: deps.log });
  const pages = {
    ...oauth,
    gateway,
    identity,
    people,
    forms: await createPageForms(deps),
    words: createPermissionWords(grantable),
    operator,
    now,
  };
  const routes = new Hono<Peer>();
  const hasApprovals = gateway !== undefined;
  routes.route("/", createOAuthRoutes({ ...oauth, origins: deps.origins, now, hasApprovals, operator }));
  routes.route("/", createPageRoutes(pages));
  routes.route("/api/v1/internal/grants", createGrantRoutes({ ...oauth, people }));
  return { routes, identity, people, hasServiceKey, gateway };
}

/** The gateway's door; `undefined` where nobody told where the gateway is. */
function openDoor(deps: SignInDeps, identity: Identity, people: People): GatewayDoor | undefined {
  const { gatewayUrl, fetch } = deps;
  if (deps.door !== undefined || gatewayUrl === undefined || fetch === undefined) return deps.door;
  return createHttpDoor({
    gatewayUrl,
    fetch,
    people,
    mintPageToken: createMintPageToken({ ...deps, identity }),
    log: deps.log,
  });
}

/** The authorization server. */
export interface SignInServer {
  /** OAuth, the pages, and what the gateway asks about grants. */
  readonly routes: Hono<Peer>;
  readonly identity: Identity;
  readonly people: People;
  /** Whether a request comes from the gateway, or from another service of ours. */
  readonly hasServiceKey: ReturnType<typeof createServiceKeyCheck>;
  /** By which the pages show and undo what apps do; absent where nobody told where the gateway is. */
  readonly gateway: AskGateway | undefined;
}

/** What the authorization server needs from outside. */
export interface SignInDeps extends Pick<IdentityDeps, "secrets" | "origins" | "accounts"> {
  readonly signIn: SignInDatabase;
  /** Makes the source of people on the better-auth of this server. */
  readonly createPeople: (parts: PeopleParts) => People | Promise<People>;
  /** Public base URL, the `iss` of every token, without a slash at the end. */
  readonly issuer: string;
  /** The `aud` of a person's own tokens. */
  readonly audience: string;
  /** The gateway's address in each of its spellings: the `aud` of tokens of connected apps. */
  readonly gatewayAddresses: readonly [string, ...string[]];
  /** Authenticates the gateway; absent: nothing is exchanged or told. */
  readonly serviceKey: string | undefined;
  /** Who runs this installation; absent: the pages say that it is not stated. */
  readonly operator?: Operator;
  /** What apps can be allowed; the modules of the gateway by default. */
  readonly grantable?: Grantable;
  /** Hosts of client documents; none: no client is known by the URL of a document. */
  readonly clientHosts?: readonly string[];
  /** Base URL at which this server reaches the gateway; absent: no page shows what apps ask for and have done. */
  readonly gatewayUrl?: string | undefined;
  /** The gateway's door, in the place of the one at that URL; for tests. */
  readonly door?: GatewayDoor | undefined;
  /** Reads client documents and asks the gateway, and nothing else. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. better-auth keeps its own clock for sessions and the `iat` of its own tokens. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly randomUUID: () => string;
  readonly log: ServiceLog;
}
