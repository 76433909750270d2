// The vault and the sync service of the stand-in: the embedded backend's own routes over a database in memory. They check
// JWTs by the stand-in's published keys. The real sync service checks neither issuer nor audience (auth-vault, section 1).
import type { JSONWebKeySet } from "@panva/jose";
import { z } from "zod";
import { createSigningKeys } from "../../../sign_in/identity/signing_keys.ts";
import { createTokenVerifier } from "../../../backend/auth/tokens/token_verifier.ts";
import { openSqlite } from "../../../sign_in/database/open_sqlite.ts";
import { migrate } from "../../../backend/database/schema.ts";
import { createChangeLog } from "../../../backend/sync/change_log.ts";
import { createLogClock } from "../../../backend/sync/log_clock.ts";
import { createStreamHub } from "../../../backend/sync/stream_hub.ts";
import { createSyncApp } from "../../../backend/sync/sync_app.ts";
import { createKeyWrap } from "../../../backend/vault/key_wrap.ts";
import { createVault } from "../../../backend/vault/vault.ts";
import { createVaultRoutes } from "../../../backend/vault/vault_routes.ts";
import { createVaultStore } from "../../../backend/vault/vault_store.ts";

/** Creates both. */
export async function createVaultAndSync(deps: VaultAndSyncDeps): Promise<VaultAndSync> {
  const { now } = deps;
  const db = openSqlite(":memory:");
  migrate(db);
  const keys = createSigningKeys(() => readKeys(deps), now);
  const verifyToken = createTokenVerifier({ keys, issuer: deps.issuer, audience: deps.audience, now });
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const keyWrap = await createKeyWrap(randomBytes(32), randomBytes);
  const vault = createVault({ db, store: createVaultStore(db, now), keyWrap, randomBytes });
  // Writes of others in a shared space do not wake a stream (sync-protocol, section 4, item 4).
  const hub = createStreamHub(() => Promise.resolve([]));
  const sync = createSyncApp({
    changeLog: createChangeLog({ db, clock: createLogClock(0, now), randomUUID: () => crypto.randomUUID() }),
    hub,
    memberships: rememberMemberships(deps),
    verifyToken,
    origins: [],
    listeners: undefined,
    every: () => () => {},
    now,
    log: () => {},
  });
  const vaultRoutes = createVaultRoutes(vault, verifyToken);
  return {
    vault: async (request) => {
      const url = new URL(request.url);
      url.pathname = url.pathname.slice(VAULT_PATH.length);
      return await vaultRoutes.fetch(new Request(url, request));
    },
    sync: async (request) => await sync.fetch(request),
    endStreams: () => hub.closeAll(),
    close() {
      hub.closeAll();
      db.close();
    },
  };
}

/** The vault and the sync service. */
export interface VaultAndSync {
  /** Requests to {@link VAULT_PATH} and below. */
  readonly vault: (request: Request) => Promise<Response>;
  readonly sync: (request: Request) => Promise<Response>;
  readonly endStreams: () => void;
  readonly close: () => void;
}

/** Where the vault is (auth-vault, section 5). */
export const VAULT_PATH = "/api/v1/me/encryption-vault";

/** What both need. */
export interface VaultAndSyncDeps {
  /** Asks the auth service, as other services do. */
  readonly askAuth: (path: string, headers?: Record<string, string>) => Promise<Response>;
  readonly issuer: string;
  readonly audience: string;
  readonly serviceKey: string;
  readonly now: () => number;
}

async function readKeys({ askAuth }: VaultAndSyncDeps): Promise<JSONWebKeySet> {
  return Keys.parse(await (await askAuth("/api/auth/jwks")).json());
}

const Keys = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** How long the sync service keeps who is a member of what (sync-protocol, section 7). */
const MEMBERSHIP_MS = 5 * 60_000;

/**
 * Memberships as the real sync service has them: asked with the service key, kept for five minutes, so that somebody who
 * was removed goes on receiving, and somebody who joined does not receive yet. An error is an empty list, once.
 */
function rememberMemberships({ askAuth, serviceKey, now }: VaultAndSyncDeps) {
  const known = new Map<string, { until: number; list: Membership[] }>();
  const listFor = async (userId: string): Promise<Membership[]> => {
    const before = known.get(userId);
    if (before !== undefined && before.until > now()) return before.list;
    const answer = await askAuth(`/api/v1/internal/users/${userId}/memberships`, {
      "x-service-key": serviceKey,
    });
    if (answer.status !== 200) return [];
    const { memberships } = Memberships.parse(await answer.json());
    known.set(userId, { until: now() + MEMBERSHIP_MS, list: memberships });
    return memberships;
  };
  return {
    listFor,
    roleIn: async (spaceId: string, userId: string) =>
      (await listFor(userId)).find(({ organizationId }) => organizationId === spaceId)?.role,
    membersOf: () => Promise.resolve([]),
    spacesOf: () => Promise.resolve([]),
  };
}

const Membership = z.object({ organizationId: z.string(), role: z.string() });
const Memberships = z.object({ memberships: z.array(Membership) });
type Membership = z.infer<typeof Membership>;
