// Grants in SQLite: made at consent, used by tokens, changed and revoked by the person. Caches nothing, so that a
// revoked grant is gone for the next request. Codes are authorization_codes.ts, counts are grant_uses.ts.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../../database/in_transaction.ts";
import { ENDED_GRANT_MS, USE_NOTED_MS } from "../../kit/limits.ts";
import { type Grant, GrantRow, toGrant } from "./grant.ts";
import type { Permission, ScopeList } from "./scopes.ts";

/** Grants of all people. A live grant is redeemed and neither revoked nor expired. */
export interface GrantStore {
  /** Returns whether the grant was made: one authorization request is answered once. */
  create(grant: NewGrant): boolean;
  find(id: string): Grant | undefined;
  findLive(id: string): Grant | undefined;
  /** Live grants of a person, newest first. */
  listLive(userId: string): Grant[];
  /** Every grant of a person that an app ever used, also those that have ended, newest first. */
  listEver(userId: string): Grant[];
  /** Makes a redeemed grant usable. Returns false when it was revoked meanwhile. */
  activate(id: string): boolean;
  revoke(id: string): void;
  /**
   * Gives a grant other permissions and spaces, more or fewer, within what the app had asked for. A grant left without a
   * permission is revoked. Returns false when the grant was changed since `version`, or has ended.
   */
  change(id: string, version: number, to: GrantChange): boolean;
  /** Notes that the app came with a token of this grant, at most once in {@link USE_NOTED_MS}. */
  noteUse(id: string): void;
}

/** Creates the store on `grants`. */
export function createGrantStore(db: DatabaseSync, scopeList: ScopeList, now: () => number): GrantStore {
  const statements = prepareStatements(db);
  const store = { db, scopeList, now, statements };
  const all = (rows: unknown) => z.array(GrantRow).parse(rows).map((row) => toGrant(scopeList, row));
  return {
    create: (grant) => create(store, grant),
    find: (id) => parseGrant(store, statements.byId.get(id)),
    findLive: (id) => findLive(store, id),
    listLive: (userId) => all(statements.liveByPerson.all(userId, now())),
    listEver: (userId) => all(statements.everByPerson.all(userId)),
    activate: (id) => statements.markActive.run(now(), id).changes === 1,
    revoke: (id) => void statements.markRevoked.run(now(), id),
    change: (id, version, to) => change(store, id, version, to),
    noteUse: (id) => void statements.writeUse.run(now(), id, USE_NOTED_MS),
  };
}

/** A grant to be made. */
export type NewGrant = Omit<Grant, "createdAt" | "activatedAt" | "revokedAt" | "lastUsedAt" | "version"> & {
  readonly requestHash: string;
};

/** The parts of a grant that a person may change later. */
export type GrantChange = Pick<Grant, "permissions" | "spaces">;

const LIVE = "activated_at IS NOT NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)";

function prepareStatements(db: DatabaseSync) {
  return {
    insert: db.prepare(
      `INSERT INTO grants (id, user_id, client_id, requested, permissions, spaces, offline, resources, request_hash,
       created_at, expires_at, requested_spaces, keeps_others) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (request_hash) DO NOTHING`,
    ),
    byId: db.prepare("SELECT * FROM grants WHERE id = ?"),
    liveById: db.prepare(`SELECT * FROM grants WHERE id = ? AND ${LIVE}`),
    liveByPerson: db.prepare(`SELECT * FROM grants WHERE user_id = ? AND ${LIVE} ORDER BY created_at DESC`),
    everByPerson: db.prepare(
      "SELECT * FROM grants WHERE user_id = ? AND activated_at IS NOT NULL ORDER BY created_at DESC",
    ),
    markActive: db.prepare("UPDATE grants SET activated_at = ? WHERE id = ? AND revoked_at IS NULL"),
    markRevoked: db.prepare("UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"),
    writeChoice: db.prepare(
      "UPDATE grants SET permissions = ?, spaces = ?, version = version + 1 WHERE id = ?",
    ),
    writeUse: db.prepare(
      "UPDATE grants SET last_used_at = ?1 WHERE id = ?2 AND (last_used_at IS NULL OR last_used_at < ?1 - ?3)",
    ),
    // Never redeemed, or ended so long ago that none of its tokens can turn up any more.
    forget: db.prepare(
      "DELETE FROM grants WHERE (activated_at IS NULL AND created_at < ?) OR revoked_at < ? OR expires_at < ?",
    ),
  };
}

/** State of the store. */
interface Store {
  readonly db: DatabaseSync;
  readonly scopeList: ScopeList;
  readonly now: () => number;
  readonly statements: ReturnType<typeof prepareStatements>;
}

function parseGrant({ scopeList }: Store, found: unknown): Grant | undefined {
  const row = GrantRow.optional().parse(found);
  return row && toGrant(scopeList, row);
}

function findLive(store: Store, id: string): Grant | undefined {
  return parseGrant(store, store.statements.liveById.get(id, store.now()));
}

function create({ db, now, statements }: Store, grant: NewGrant): boolean {
  return inTransaction(db, () => {
    const old = now() - ENDED_GRANT_MS;
    statements.forget.run(old, old, old);
    const { changes } = statements.insert.run(
      grant.id,
      grant.userId,
      grant.clientId,
      grant.requested.join(" "),
      grant.permissions.join(" "),
      grant.spaces.join(" "),
      grant.offline ? 1 : 0,
      grant.gatewayAddresses.join(" "),
      grant.requestHash,
      now(),
      grant.expiresAt ?? null,
      grant.requestedSpaces.join(" "),
      grant.keepsOthers ? 1 : 0,
    );
    return changes === 1;
  });
}

function change(store: Store, id: string, version: number, to: GrantChange): boolean {
  const { db, scopeList, now, statements } = store;
  return inTransaction(db, () => {
    const grant = findLive(store, id);
    if (grant === undefined || grant.version !== version) return false;
    const isWithin = (permission: Permission) =>
      grant.requested.includes(permission) || grant.permissions.includes(permission);
    const permissions = scopeList.permissions.filter((permission) =>
      to.permissions.includes(permission) && isWithin(permission)
    );
    const isOutside = grant.requestedSpaces.length > 0 &&
      (to.spaces.length === 0 || to.spaces.some((space) => !grant.requestedSpaces.includes(space)));
    if (isOutside) return false;
    if (permissions.length === 0) statements.markRevoked.run(now(), id);
    else statements.writeChoice.run(permissions.join(" "), to.spaces.join(" "), id);
    return true;
  });
}
