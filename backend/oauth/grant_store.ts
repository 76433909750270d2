import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../in_transaction.ts";
import { CODE_MS, ENDED_GRANT_MS } from "../limits.ts";
import type { Permission, ScopeList, Scopes } from "./scopes.ts";

/** What one person allowed one app, as they chose it. Times are milliseconds since 1970. */
export interface Grant extends Scopes {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  /** What the app had asked for; it never gets more, and hears no complaint for asking it again. */
  readonly requested: readonly Permission[];
  /** Audiences of its tokens (RFC 8707). */
  readonly resources: readonly string[];
  readonly createdAt: number;
  /** When the app redeemed its code; before that there is nothing to use. */
  readonly activatedAt: number | undefined;
  /** `undefined`: until the person takes it back. */
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
}

/** A grant to be made. */
export type NewGrant = Omit<Grant, "createdAt" | "activatedAt" | "revokedAt"> & {
  readonly requestHash: string;
};

/** What came of a code: its grant at the first time, the same grant and a warning at every other. */
export type Redemption =
  | { readonly outcome: "first"; readonly grant: Grant }
  | { readonly outcome: "replayed"; readonly grant: Grant }
  | { readonly outcome: "unknown" };

/** Grants of all people. */
export interface GrantStore {
  /** Returns whether it was made: one authorization request is answered once. */
  create(grant: NewGrant): boolean;
  find(id: string): Grant | undefined;
  /** The grant if it can be used now: redeemed, neither revoked nor expired. */
  findLive(id: string): Grant | undefined;
  /** Live grants of a person, newest first. */
  ofPerson(userId: string): Grant[];
  /** Whether the person has connected this client before. */
  isKnown(userId: string, clientId: string): boolean;
  setCode(id: string, codeHash: string): void;
  /** Takes a code out of circulation, atomically: of two redemptions at once one is the replay. */
  redeem(codeHash: string): Redemption;
  /** Makes a redeemed grant usable. Returns whether it still could be. */
  activate(id: string): boolean;
  revoke(id: string): void;
  /** Keeps only these permissions of a grant; without any it is revoked. */
  narrow(id: string, keep: readonly Permission[]): void;
}

const words = z.string().transform((text) => text.split(" ").filter(Boolean));
const time = z.number().nullable().transform((value) => value ?? undefined);
const Row = z.object({
  id: z.string(),
  user_id: z.string(),
  client_id: z.string(),
  requested: z.string(),
  permissions: z.string(),
  spaces: words,
  offline: z.number(),
  resources: words,
  created_at: z.number(),
  redeemed_at: time,
  activated_at: time,
  expires_at: time,
  revoked_at: time,
});

function toGrant(scopeList: ScopeList, row: z.infer<typeof Row>): Grant {
  return {
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    // What a module could do that is there no longer, nobody is allowed any more.
    requested: scopeList.parse(row.requested).permissions,
    permissions: scopeList.parse(row.permissions).permissions,
    spaces: row.spaces,
    offline: row.offline === 1,
    resources: row.resources,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

const LIVE = "activated_at IS NOT NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)";

/** Keeps grants in SQLite. Nothing is cached: what is revoked is gone for the next question. */
export function createGrantStore(db: DatabaseSync, scopeList: ScopeList, now: () => number): GrantStore {
  const insert = db.prepare(
    `INSERT INTO grants (id, user_id, client_id, requested, permissions, spaces, offline, resources, request_hash,
     created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_hash) DO NOTHING`,
  );
  const byId = db.prepare("SELECT * FROM grants WHERE id = ?");
  const liveById = db.prepare(`SELECT * FROM grants WHERE id = ? AND ${LIVE}`);
  const byPerson = db.prepare(`SELECT * FROM grants WHERE user_id = ? AND ${LIVE} ORDER BY created_at DESC`);
  const known = db.prepare(
    "SELECT 1 FROM grants WHERE user_id = ? AND client_id = ? AND activated_at IS NOT NULL LIMIT 1",
  );
  const writeCode = db.prepare("UPDATE grants SET code_hash = ? WHERE id = ?");
  const byCode = db.prepare("SELECT * FROM grants WHERE code_hash = ?");
  const markRedeemed = db.prepare("UPDATE grants SET redeemed_at = ? WHERE id = ? AND redeemed_at IS NULL");
  const markActive = db.prepare("UPDATE grants SET activated_at = ? WHERE id = ? AND revoked_at IS NULL");
  const markRevoked = db.prepare("UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
  const writePermissions = db.prepare("UPDATE grants SET permissions = ? WHERE id = ?");
  // Never redeemed, or ended so long ago that none of its tokens can turn up any more.
  const forget = db.prepare(
    "DELETE FROM grants WHERE (activated_at IS NULL AND created_at < ?) OR revoked_at < ? OR expires_at < ?",
  );

  const read = (row: z.infer<typeof Row>) => toGrant(scopeList, row);
  const find = (id: string): Grant | undefined => {
    const row = Row.optional().parse(byId.get(id));
    return row && read(row);
  };
  return {
    create: (grant) =>
      inTransaction(db, () => {
        const old = now() - ENDED_GRANT_MS;
        forget.run(old, old, old);
        const { changes } = insert.run(
          grant.id,
          grant.userId,
          grant.clientId,
          grant.requested.join(" "),
          grant.permissions.join(" "),
          grant.spaces.join(" "),
          grant.offline ? 1 : 0,
          grant.resources.join(" "),
          grant.requestHash,
          now(),
          grant.expiresAt ?? null,
        );
        return changes === 1;
      }),
    find,
    findLive(id) {
      const row = Row.optional().parse(liveById.get(id, now()));
      return row && read(row);
    },
    ofPerson: (userId) => z.array(Row).parse(byPerson.all(userId, now())).map(read),
    isKnown: (userId, clientId) => known.get(userId, clientId) !== undefined,
    setCode: (id, codeHash) => void writeCode.run(codeHash, id),
    redeem: (codeHash) =>
      inTransaction(db, () => {
        const row = Row.optional().parse(byCode.get(codeHash));
        if (row === undefined) return { outcome: "unknown" };
        const isFirst = markRedeemed.run(now(), row.id).changes === 1;
        if (!isFirst) return { outcome: "replayed", grant: read(row) };
        const isTooLate = row.created_at + CODE_MS < now() || row.revoked_at !== undefined;
        return isTooLate ? { outcome: "unknown" } : { outcome: "first", grant: read(row) };
      }),
    activate: (id) => markActive.run(now(), id).changes === 1,
    revoke: (id) => void markRevoked.run(now(), id),
    narrow: (id, keep) =>
      inTransaction(db, () => {
        const grant = find(id);
        if (grant === undefined) return;
        const left = grant.permissions.filter((one) => keep.includes(one));
        if (left.length === 0) return void markRevoked.run(now(), id);
        writePermissions.run(left.join(" "), id);
      }),
  };
}
