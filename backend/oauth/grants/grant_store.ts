import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../../database/in_transaction.ts";
import { CODE_MS, ENDED_GRANT_MS, USE_NOTED_MS } from "../../kit/limits.ts";
import type { Permission, ScopeList, Scopes } from "./scopes.ts";

/** What one person allowed one app, as they chose it. Times are milliseconds since 1970. */
export interface Grant extends Scopes {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  /** What the app had asked for; it never gets more, and hears no complaint for asking it again. */
  readonly requested: readonly Permission[];
  /** Spaces that the app named; it never gets others. Empty: it named none. */
  readonly requestedSpaces: readonly string[];
  /** Audiences of its tokens (RFC 8707). */
  readonly resources: readonly string[];
  readonly createdAt: number;
  /** When the app redeemed its code; before that there is nothing to use. */
  readonly activatedAt: number | undefined;
  /** `undefined`: until the person takes it back. */
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** When the app last came with a token of this grant, whatever came of it. */
  readonly lastUsedAt: number | undefined;
  /** Raised by each change of the person's; a token says which it was made under. */
  readonly version: number;
  /** Whether other connections of the same app stay when this one is made: it is on another computer. */
  readonly keepsOthers: boolean;
}

/** What a person may change of a grant later. */
export type GrantChange = Pick<Grant, "permissions" | "spaces">;

/** A grant to be made. */
export type NewGrant = Omit<Grant, "createdAt" | "activatedAt" | "revokedAt" | "lastUsedAt" | "version"> & {
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
  /** Every grant of a person that an app ever used, also those that have ended, newest first. */
  everOfPerson(userId: string): Grant[];
  setCode(id: string, codeHash: string): void;
  /** Takes a code out of circulation, atomically: of two redemptions at once one is the replay. */
  redeem(codeHash: string): Redemption;
  /** Makes a redeemed grant usable. Returns whether it still could be. */
  activate(id: string): boolean;
  revoke(id: string): void;
  /**
   * Gives a grant other permissions and spaces, more or fewer, within what the app had asked for; without a permission it is
   * revoked. Returns whether it was done: not when the grant was changed since `version`, or has ended.
   */
  change(id: string, version: number, to: GrantChange): boolean;
  /** Notes that the app came with a token of this grant. */
  noteUse(id: string): void;
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
  requested_spaces: words,
  version: z.number(),
  last_used_at: time,
  keeps_others: z.number(),
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
    requestedSpaces: row.requested_spaces,
    version: row.version,
    lastUsedAt: row.last_used_at,
    keepsOthers: row.keeps_others === 1,
  };
}

const LIVE = "activated_at IS NOT NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)";

/** Keeps grants in SQLite. Nothing is cached: what is revoked is gone for the next question. */
export function createGrantStore(db: DatabaseSync, scopeList: ScopeList, now: () => number): GrantStore {
  const insert = db.prepare(
    `INSERT INTO grants (id, user_id, client_id, requested, permissions, spaces, offline, resources, request_hash,
     created_at, expires_at, requested_spaces, keeps_others) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_hash) DO NOTHING`,
  );
  const byId = db.prepare("SELECT * FROM grants WHERE id = ?");
  const liveById = db.prepare(`SELECT * FROM grants WHERE id = ? AND ${LIVE}`);
  const byPerson = db.prepare(`SELECT * FROM grants WHERE user_id = ? AND ${LIVE} ORDER BY created_at DESC`);
  const everByPerson = db.prepare(
    "SELECT * FROM grants WHERE user_id = ? AND activated_at IS NOT NULL ORDER BY created_at DESC",
  );
  const writeCode = db.prepare("UPDATE grants SET code_hash = ? WHERE id = ?");
  const byCode = db.prepare("SELECT * FROM grants WHERE code_hash = ?");
  const markRedeemed = db.prepare("UPDATE grants SET redeemed_at = ? WHERE id = ? AND redeemed_at IS NULL");
  const markActive = db.prepare("UPDATE grants SET activated_at = ? WHERE id = ? AND revoked_at IS NULL");
  const markRevoked = db.prepare("UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
  const writeChoice = db.prepare(
    "UPDATE grants SET permissions = ?, spaces = ?, version = version + 1 WHERE id = ?",
  );
  const writeUse = db.prepare(
    "UPDATE grants SET last_used_at = ?1 WHERE id = ?2 AND (last_used_at IS NULL OR last_used_at < ?1 - ?3)",
  );
  // Never redeemed, or ended so long ago that none of its tokens can turn up any more.
  const forget = db.prepare(
    "DELETE FROM grants WHERE (activated_at IS NULL AND created_at < ?) OR revoked_at < ? OR expires_at < ?",
  );

  const read = (row: z.infer<typeof Row>) => toGrant(scopeList, row);
  const find = (id: string): Grant | undefined => {
    const row = Row.optional().parse(byId.get(id));
    return row && read(row);
  };
  const findLive = (id: string): Grant | undefined => {
    const row = Row.optional().parse(liveById.get(id, now()));
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
          grant.requestedSpaces.join(" "),
          grant.keepsOthers ? 1 : 0,
        );
        return changes === 1;
      }),
    find,
    findLive,
    ofPerson: (userId) => z.array(Row).parse(byPerson.all(userId, now())).map(read),
    everOfPerson: (userId) => z.array(Row).parse(everByPerson.all(userId)).map(read),
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
    change: (id, version, to) =>
      inTransaction(db, () => {
        const grant = findLive(id);
        if (grant === undefined || grant.version !== version) return false;
        const within = (one: Permission) => grant.requested.includes(one) || grant.permissions.includes(one);
        const permissions = scopeList.permissions.filter((one) =>
          to.permissions.includes(one) && within(one)
        );
        const isOutside = grant.requestedSpaces.length > 0 &&
          (to.spaces.length === 0 || to.spaces.some((space) => !grant.requestedSpaces.includes(space)));
        if (isOutside) return false;
        if (permissions.length === 0) markRevoked.run(now(), id);
        else writeChoice.run(permissions.join(" "), to.spaces.join(" "), id);
        return true;
      }),
    noteUse: (id) => void writeUse.run(now(), id, USE_NOTED_MS),
  };
}
