// Puts the embedded services together: auth with the pages and the vault, and sync. Read it first.
// Reads no environment, clock or port by itself: main.ts hands everything in. Contracts: auth-vault, sync-protocol.
import type { Operator } from "../process/operator/operator.ts";
import type { ListenerState } from "../process/listener.ts";
import { toAccountOptions } from "./auth/account_options.ts";
import type { AccountRoutesDeps } from "./auth/account_routes.ts";
import { createAuthApp } from "./auth/auth_app.ts";
import { createEmbeddedPeople } from "./auth/embedded_people.ts";
import { demandFittingKey } from "./vault/demand_fitting_key.ts";
import type { GatewayDoor } from "../sign_in/gateway/gateway_door.ts";
import { createSignInServer, type SignInServer } from "../sign_in/sign_in_server.ts";
import type { Grantable } from "../sign_in/oauth/grants/grantable_modules.ts";
import { createLockout } from "../sign_in/people/lockout.ts";
import { type PasswordHasher, SCRYPT } from "./auth/password_hasher.ts";
import { createMemberships, type Memberships } from "./auth/spaces/memberships.ts";
import { createTokenVerifier } from "./auth/tokens/token_verifier.ts";
import { type Databases, openDatabases } from "./database/open_databases.ts";
import { logDatabase } from "../sign_in/database/open_sign_in_database.ts";
import type { PostgresAddress } from "../sign_in/database/postgres_address.ts";
import type { Secrets } from "../sign_in/secrets/secrets.ts";
import { clientAddress } from "../sign_in/http/client_address.ts";
import type { ServiceLog } from "../sign_in/kit/service_log.ts";
import { DEFAULT_GATEWAY_ADDRESSES } from "../sign_in/settings/setting_rules.ts";
import { endOperator } from "./personas/ensure_operator.ts";
import { createPersonas, type PersonasDeps, type PersonasSetup } from "./personas/personas.ts";
import { type ChangeLog, createChangeLog, lastChangeAt } from "./sync/change_log.ts";
import type { Every } from "./sync/change_stream.ts";
import { createEnsureProfile, type EnsureProfile } from "./sync/ensure_profile.ts";
import { createLogClock } from "./sync/log_clock.ts";
import { createStreamHub } from "./sync/stream_hub.ts";
import { createSyncApp, type SyncAppDeps } from "./sync/sync_app.ts";
import { createKeyWrap } from "./vault/key_wrap.ts";
import { createVault } from "./vault/vault.ts";
import { createVaultStore } from "./vault/vault_store.ts";

/**
 * Creates the real auth, vault and sync services on SQLite. They share one process and one folder, so tokens
 * and memberships are checked in process and not over HTTP.
 *
 * @throws {Error} when the folder cannot be used or its schema is newer than this service
 */
export async function createBackend(deps: BackendDeps): Promise<Backend> {
  const databases = await openDatabases(
    deps.data,
    deps.signInDatabase,
    logDatabase(deps.log, "auth"),
  );
  try {
    const { mana: db } = databases;
    const clock = createLogClock(lastChangeAt(db), deps.now);
    const changeLog = createChangeLog({ db, clock, randomUUID: deps.randomUUID });
    const memberships = createMemberships(databases.signIn);
    const hub = createStreamHub((spaceId) => memberships.membersOf(spaceId));
    const ensureProfile = createEnsureProfile({ db, changeLog, now: deps.now });
    const auth = await createAuth(deps, databases, { memberships, ensureProfile, endStreams: hub.closeOf });
    const sync = createSync(deps, { ...auth, memberships }, changeLog, hub);
    return {
      auth: {
        fetch: async (request, peer = "127.0.0.1") =>
          await auth.app.fetch(request, { address: clientAddress(request.headers, peer) }),
      },
      pages: auth.pages,
      sync: { fetch: async (request) => await sync.fetch(request) },
      endStreams: () => hub.closeAll(),
      close() {
        hub.closeAll();
        return databases.close();
      },
    };
  } catch (error) {
    await databases.close();
    throw error;
  }
}

/** The embedded backend. */
export interface Backend {
  /** Accounts, tokens, spaces and the vault (contract: auth-vault). */
  readonly auth: Service;
  /** Push, pull and stream (contract: sync-protocol). */
  readonly sync: Service;
  /** By which the pages ask the gateway; absent where nobody told where the gateway is. */
  readonly pages: SignInServer["gateway"];
  /** Ends all streams, so that a server can drain; requests are still answered. */
  endStreams(): void;
  /** Ends all streams and closes the databases; nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** One service: a request in, an answer out. */
export interface Service {
  /** `peer` is the address at the other end of the connection; left out for a request that is made in this process. */
  readonly fetch: (request: Request, peer?: string) => Promise<Response>;
}

/** What the backend needs from outside. */
export interface BackendDeps {
  /** A folder that exists, or `:memory:`. */
  readonly data: string;
  /** The PostgreSQL for sign-in; a SQLite database in `data` by default. */
  readonly signInDatabase?: PostgresAddress | undefined;
  /** Public base URL of auth, the `iss` of every token, without a slash at the end. */
  readonly issuer: string;
  /** The `aud` of session tokens. */
  readonly audience: string;
  /** For the internal endpoints; absent: they answer 401 to everybody. */
  readonly serviceKey: string | undefined;
  /** Web origins that may use session cookies and read answers. */
  readonly origins: readonly string[];
  /** The gateway's address in each of its spellings: the `aud` of tokens of connected apps. */
  readonly gatewayAddresses?: readonly [string, ...string[]];
  /** What apps can be allowed; the modules of the gateway by default. */
  readonly grantable?: Grantable;
  /** Hosts of client documents; none: no client is known by the URL of a document. */
  readonly clientHosts?: readonly string[];
  /** Base URL at which the pages reach the gateway; absent: no page shows what apps ask for and have done. */
  readonly gatewayUrl?: string | undefined;
  /** The gateway's door, in the place of the one at that URL; for tests. */
  readonly door?: GatewayDoor | undefined;
  /** Reads client documents and asks the gateway, and nothing else. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Who runs this installation; absent: the pages say that it is not stated. */
  readonly operator?: Operator;
  /** The first signs session cookies and seals the signing key; each opens. */
  readonly secrets: Secrets;
  /**
   * How passwords are hashed; scrypt by default. For tests whose subject is not passwords, where scrypt would take
   * most of the time. Deliberately a parameter and no setting: a weak hasher that the environment could choose
   * would one day run in production, and its hashes cannot be made strong afterwards.
   */
  readonly passwordHasher?: PasswordHasher;
  /** 32 bytes; wraps the vault's master keys. */
  readonly kek: Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970. better-auth keeps its own clock for sessions and the `iat` of its own tokens. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly randomUUID: () => string;
  /** The synthetic people; absent: there are none, nor their endpoints, nor an administrator. */
  readonly personas?: PersonasSetup | undefined;
  /** Whether both services can be reached, and how often listening has failed; absent where nobody listens. */
  readonly listeners?: ListenerState;
  /** Repeats heartbeats. */
  readonly every: Every;
  readonly log: ServiceLog;
}

/** The auth service: accounts, sign-in with its pages, and the vault. */
async function createAuth(deps: BackendDeps, databases: Databases, shared: SharedParts) {
  const { memberships, ensureProfile } = shared;
  const { issuer, audience, now, randomBytes } = deps;
  const { mana: db, signIn } = databases;
  const keyWrap = await createKeyWrap(deps.kek, randomBytes);
  const store = createVaultStore(db, now);
  await demandFittingKey(store, keyWrap);
  const vault = createVault({ db, store, keyWrap, randomBytes });
  const gone = new Set<string>();
  const accounts = Promise.withResolvers<AccountRoutesDeps>();
  const server = await createSignInServer({
    ...deps,
    signIn,
    gatewayAddresses: deps.gatewayAddresses ?? DEFAULT_GATEWAY_ADDRESSES,
    accounts: (stores) =>
      toAccountOptions(
        { signIn, audience, passwordHasher: deps.passwordHasher ?? SCRYPT, ensureProfile },
        stores,
      ),
    createPeople({ identity, admission, keys }) {
      const hasAccount = async (userId: string) =>
        await (await identity.$context).internalAdapter.findUserById(userId) !== null;
      const verifyToken = createTokenVerifier({ keys, issuer, audience, now, gone, hasAccount });
      const lockout = createLockout(signIn, now);
      accounts.resolve({ identity, admission, lockout, verifyToken, now });
      return createEmbeddedPeople({
        identity,
        admission,
        lockout,
        verifyToken,
        now,
        issuer,
        memberships,
        vault,
      });
    },
  });
  const parts = { ...await accounts.promise, memberships, vault };
  const personas = await createPersonaRoutes(deps, { ...parts, ...shared, db, signIn, now, gone });
  const app = createAuthApp({ ...deps, ...parts, signIn, listeners: deps.listeners, server, personas });
  return { app, verifyToken: parts.verifyToken, pages: server.gateway };
}

/** What auth shares with sync. */
interface SharedParts {
  readonly memberships: Memberships;
  readonly ensureProfile: EnsureProfile;
  /** Ends the open streams of a person. */
  readonly endStreams: (userId: string) => void;
}

/** The endpoints of synthetic people, where they are wanted. The administrator of an earlier start goes with them. */
async function createPersonaRoutes(
  { personas: setup }: Pick<BackendDeps, "personas">,
  parts: Omit<PersonasDeps, "setup">,
) {
  if (setup !== undefined) return await createPersonas({ ...parts, setup });
  await endOperator(parts);
  return undefined;
}

/** The sync service on the change log. */
function createSync(
  deps: BackendDeps,
  { memberships, verifyToken }: Pick<SyncAppDeps, "memberships" | "verifyToken">,
  changeLog: ChangeLog,
  hub: ReturnType<typeof createStreamHub>,
) {
  return createSyncApp({
    changeLog,
    hub,
    memberships,
    verifyToken,
    origins: deps.origins,
    listeners: deps.listeners,
    every: deps.every,
    now: deps.now,
    log: deps.log,
  });
}
