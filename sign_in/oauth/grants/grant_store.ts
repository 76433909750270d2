// Grants in sign-in's database: made at consent, used by tokens, changed and revoked by the person. Caches nothing, so that
// a revoked grant is gone for the next request. Codes are authorization_codes.ts, counts are grant_uses.ts.
import type { EndReason } from "../../people/people.ts";
import type { Kysely } from "kysely";
import { z } from "zod";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import type { SignInTables } from "../../database/sign_in_tables.ts";
import { UNUSED_GRANT_MS, USE_NOTED_MS } from "../../kit/limits.ts";
import type { KnownApp } from "../clients/is_same_app.ts";
import { type Grant, GrantRow, toGrant } from "./grant.ts";
import { ASK_WRITES, changeGrant, type GrantChange, keepReading, storedBudget } from "./grant_changes.ts";
import { findLiveGrant, type GrantTables, isLive, parseGrant, selectGrants } from "./grant_rows.ts";
import { narrowingWithin, writeNarrowing } from "./narrowing.ts";
import type { ScopeList } from "./scopes.ts";

/** Grants of all people. A live grant is redeemed and neither revoked nor expired. */
export interface GrantStore {
  /** Returns whether the grant was made: one authorization request is answered once. */
  create(grant: NewGrant): Promise<boolean>;
  find(id: string): Promise<Grant | undefined>;
  findLive(id: string): Promise<Grant | undefined>;
  /** Live grants of a person, newest first. */
  listLive(userId: string): Promise<Grant[]>;
  /** Every grant of a person that an app ever used, also those that have ended, newest first. */
  listEver(userId: string): Promise<Grant[]>;
  /** Grants of a person that ended after `since` without the person at this server, newest end first. */
  listEnded(userId: string, since: number): Promise<Grant[]>;
  /** Makes a redeemed grant usable. Returns false when it was revoked meanwhile. */
  activate(id: string): Promise<boolean>;
  /** `reason`: why it ended without the person at this server. */
  revoke(id: string, reason?: EndReason): Promise<void>;
  /**
   * Gives a grant other permissions, spaces and another profile, more or fewer, within what the app had asked for, and sets whether the
   * person is asked before each change, what the app is narrowed by and how much it may open. What it is narrowed by in a module goes with
   * the last permission of the module. A grant left without a permission is revoked. Returns false when the grant was changed since
   * `revision`, or has ended.
   */
  change(id: string, revision: number, to: GrantChange): Promise<boolean>;
  /**
   * Takes every permission but reading, whatever the person changed meanwhile. Returns false when there is no such grant
   * any more, or nothing that it may read: then the grant is to be ended.
   */
  keepReading(id: string): Promise<boolean>;
  /**
   * Keeps a person's time zone in all their grants; `undefined`: it is not told. Tokens do not carry the zone, so that the
   * versions of the grants stay.
   */
  setZone(userId: string, zone: string | undefined): Promise<void>;
  /** Notes that the app came with a token of this grant, at most once in {@link USE_NOTED_MS}. */
  noteUse(id: string): Promise<void>;
}

/** Creates the store on `grants`. */
export function createGrantStore(
  signIn: SignInDatabase,
  scopeList: ScopeList,
  now: () => number,
): GrantStore {
  const { db, read } = signIn;
  const store = { signIn, scopeList, now };
  const all = (rows: unknown) => z.array(GrantRow).parse(rows).map((row) => toGrant(scopeList, row));
  return {
    create: (grant) => create(store, grant),
    find: async (id) =>
      parseGrant(
        store,
        await selectGrants(read).where("id", "=", id).executeTakeFirst(),
      ),
    findLive: (id) => findLiveGrant(store, read, id),
    listLive: async (userId) =>
      all(
        await selectGrants(read).where("user_id", "=", userId).where(isLive(now()))
          .orderBy("created_at", "desc").execute(),
      ),
    listEver: async (userId) =>
      all(
        await selectGrants(read).where("user_id", "=", userId)
          .where("activated_at", "is not", null).orderBy("created_at", "desc").execute(),
      ),
    listEnded: async (userId, since) =>
      all(
        await selectGrants(read).where("user_id", "=", userId)
          .where("ended_because", "is not", null).where("revoked_at", ">", since)
          .orderBy("revoked_at", "desc").execute(),
      ),
    async activate(id) {
      const { numUpdatedRows } = await db.updateTable("grants").set({ activated_at: now() })
        .where("id", "=", id).where("revoked_at", "is", null).executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    revoke: (id, reason) => revoke(store, db, id, reason),
    change: (id, revision, to) => changeGrant(store, { id, revision, to }, (trx) => revoke(store, trx, id)),
    keepReading: (id) => keepReading(store, id),
    async setZone(userId, zone) {
      await db.updateTable("grants").set({ zoneinfo: zone ?? null }).where("user_id", "=", userId).execute();
    },
    async noteUse(id) {
      await db.updateTable("grants").set({ last_used_at: now() }).where("id", "=", id)
        .where(({ eb, or }) =>
          or([eb("last_used_at", "is", null), eb("last_used_at", "<", now() - USE_NOTED_MS)])
        ).execute();
    },
  };
}

/** A grant to be made. */
export type NewGrant =
  & Omit<
    Grant,
    | "app"
    | "createdAt"
    | "activatedAt"
    | "revokedAt"
    | "lastUsedAt"
    | "version"
    | "revision"
    | "ledger"
    | "endedBecause"
  >
  & {
    readonly app: KnownApp;
    readonly requestHash: string;
  };

async function revoke(
  { now }: Pick<GrantTables, "now">,
  db: Kysely<SignInTables>,
  id: string,
  reason?: EndReason,
): Promise<void> {
  await db.updateTable("grants").set({ revoked_at: now(), ended_because: reason ?? null }).where(
    "id",
    "=",
    id,
  )
    .where("revoked_at", "is", null).execute();
}

async function create({ signIn, now }: GrantTables, grant: NewGrant): Promise<boolean> {
  return await signIn.write(async (trx) => {
    await forgetGrants(trx, now() - UNUSED_GRANT_MS);
    const { numInsertedOrUpdatedRows } = await trx.insertInto("grants").values({
      id: grant.id,
      user_id: grant.userId,
      client_id: grant.clientId,
      requested: grant.requested.join(" "),
      permissions: grant.permissions.join(" "),
      spaces: grant.spaces.join(" "),
      offline: grant.offline ? 1 : 0,
      resources: grant.gatewayAddresses.join(" "),
      request_hash: grant.requestHash,
      created_at: now(),
      expires_at: grant.expiresAt ?? null,
      requested_spaces: grant.requestedSpaces.join(" "),
      keeps_others: grant.keepsOthers ? 1 : 0,
      zoneinfo: grant.zoneinfo ?? null,
      tool_profile: grant.toolProfile ?? null,
      ask_first: grant.askFirst ? ASK_WRITES : null,
      narrowing: writeNarrowing(narrowingWithin(grant.narrowing, grant.permissions)),
      read_budget: storedBudget(grant.readBudget ?? null),
      client_name: grant.app.name,
      client_redirects: grant.app.redirectUris.join(" "),
    }).onConflict((conflict) => conflict.column("request_hash").doNothing()).executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  });
}

/**
 * Deletes grants that nobody redeemed before `old`, and every grant and wish of people whose account is gone. A connection that ended is kept
 * as long as the account lives: the person can still see which app wrote what, and until when it could.
 */
async function forgetGrants(trx: Kysely<SignInTables>, old: number): Promise<void> {
  await trx.deleteFrom("grants").where("activated_at", "is", null).where("created_at", "<", old).execute();
  await trx.deleteFrom("grants").where(({ not, exists, selectFrom }) =>
    not(exists(selectFrom("user").select("user.id").whereRef("user.id", "=", "grants.user_id")))
  ).execute();
  await trx.deleteFrom("ledger_wishes").where(({ not, exists, selectFrom }) =>
    not(exists(selectFrom("user").select("user.id").whereRef("user.id", "=", "ledger_wishes.user_id")))
  ).execute();
}
