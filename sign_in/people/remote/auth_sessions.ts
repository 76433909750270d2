// Sessions of people at the auth service, in sign-in's database: for each holder (a browser's session here, or a grant) a
// cookie that is sealed for this holder alone. Asks nobody.
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import { AGAIN_MS, SESSION_IDLE_MS, SESSION_NOTED_MS } from "../../kit/limits.ts";
import type { Holder } from "../people.ts";
import type { SealedPlace, Sealing } from "./sealing.ts";

/** The store. A session that is leaving belongs to nobody any more. */
export interface AuthSessions {
  /** The session of a holder; `undefined`: there is none, or its cookie does not open. */
  find(place: SealedPlace): Promise<AuthSession | undefined>;
  /** Keeps a cookie for a holder. */
  keep(place: SealedPlace, cookie: string): Promise<void>;
  /** Gives another holder the same session. Returns false when the first holder has none any more. */
  share(from: SealedPlace, to: SealedPlace): Promise<boolean>;
  /** Notes that the auth service took the cookie just now, at most once in {@link SESSION_NOTED_MS}. */
  noteUse(session: AuthSession): Promise<void>;
  /** Lets a session that could not be used be idle again in {@link AGAIN_MS}. */
  putOff(session: AuthSession): Promise<void>;
  /**
   * Takes a holder out. Where nobody else holds the session, the row stays, marked as leaving, and the session is returned
   * to be ended at the auth service.
   */
  leave(holder: string): Promise<AuthSession | undefined>;
  /** Takes a holder out, and asks for nothing. */
  forget(holder: string): Promise<void>;
  /** Takes all holders of a session out, since it is over. Returns them. */
  forgetAll(fingerprint: string): Promise<readonly string[]>;
  /** Holders whose session was not used since `before`, the longest first, at most `limit`. */
  listIdle(before: number, limit: number): Promise<readonly SealedPlace[]>;
  /** Sessions that are to be ended, and that was not tried since `before`; at most `limit`. */
  listLeaving(before: number, limit: number): Promise<readonly LeavingSession[]>;
  /** Notes that a session was to be ended just now, and could not be. */
  noteTry(holder: string): Promise<void>;
  isLeaving(userId: string): Promise<boolean>;
}

/** A person's session at the auth service. */
export interface AuthSession extends SealedPlace {
  /** `name=value` */
  readonly cookie: string;
  /** Equal for all holders of one session. */
  readonly fingerprint: string;
  readonly usedAt: number;
}

/** A session that is to be ended. `cookie`: undefined where it does not open. */
export interface LeavingSession extends SealedPlace {
  readonly cookie: string | undefined;
  readonly leavingSince: number;
}

/** The row of a holder. */
export function placeOf(holder: Holder): SealedPlace {
  const name = holder.kind === "grant" ? `grant:${holder.grantId}` : `session:${holder.sessionId}`;
  return { holder: name, userId: holder.userId };
}

/** Creates the store on `auth_sessions`. */
export function createAuthSessions(
  signIn: SignInDatabase,
  sealing: Sealing,
  now: () => number,
): AuthSessions {
  const store: Store = { signIn, sealing, now };
  const { db, read } = signIn;
  return {
    find: (place) => find(store, place),
    async keep(place, cookie) {
      const values = await toRow(store, place, cookie, await sealing.fingerprint(cookie));
      await db.insertInto("auth_sessions").values(values).execute();
    },
    share: (from, to) => share(store, from, to),
    async noteUse({ fingerprint, usedAt }) {
      if (now() - usedAt < SESSION_NOTED_MS) return;
      await db.updateTable("auth_sessions").set({ used_at: now() }).where("fingerprint", "=", fingerprint)
        .where("leaving_since", "is", null).execute();
    },
    async putOff({ fingerprint }) {
      await db.updateTable("auth_sessions").set({ used_at: now() - SESSION_IDLE_MS + AGAIN_MS })
        .where("fingerprint", "=", fingerprint).where("leaving_since", "is", null).execute();
    },
    leave: (holder) => leave(store, holder),
    async forget(holder) {
      await db.deleteFrom("auth_sessions").where("holder", "=", holder).execute();
    },
    forgetAll: (fingerprint) => forgetAll(store, fingerprint),
    async listIdle(before, limit) {
      const rows = await read.selectFrom("auth_sessions").select(["holder", "user_id"])
        .where("used_at", "<", before).where("leaving_since", "is", null)
        .orderBy("used_at").limit(limit).execute();
      return rows.map(({ holder, user_id }) => ({ holder, userId: user_id }));
    },
    async listLeaving(before, limit) {
      const rows = await read.selectFrom("auth_sessions").selectAll().where("used_at", "<", before)
        .where("leaving_since", "is not", null).orderBy("used_at").limit(limit).execute();
      return await Promise.all(rows.map(async ({ holder, user_id: userId, sealed, leaving_since }) => ({
        holder,
        userId,
        cookie: await sealing.open(sealed, { holder, userId }),
        leavingSince: leaving_since ?? 0,
      })));
    },
    async noteTry(holder) {
      await db.updateTable("auth_sessions").set({ used_at: now() }).where("holder", "=", holder).execute();
    },
    async isLeaving(userId) {
      const row = await read.selectFrom("auth_sessions").select("holder").where("user_id", "=", userId)
        .where("leaving_since", "is not", null).executeTakeFirst();
      return row !== undefined;
    },
  };
}

interface Store {
  readonly signIn: SignInDatabase;
  readonly sealing: Sealing;
  readonly now: () => number;
}

async function toRow({ sealing, now }: Store, place: SealedPlace, cookie: string, fingerprint: string) {
  const { holder, userId } = place;
  return { holder, user_id: userId, fingerprint, sealed: await sealing.seal(cookie, place), used_at: now() };
}

async function find(
  { signIn, sealing }: Store,
  { holder, userId }: SealedPlace,
): Promise<AuthSession | undefined> {
  const row = await signIn.read.selectFrom("auth_sessions").selectAll().where("holder", "=", holder)
    .where("leaving_since", "is", null).executeTakeFirst();
  // The person who asks is part of what the cookie was sealed for: another person's row does not open for them.
  const cookie = row && await sealing.open(row.sealed, { holder, userId });
  return row === undefined || cookie === undefined
    ? undefined
    : { holder, userId, cookie, fingerprint: row.fingerprint, usedAt: row.used_at };
}

async function share(store: Store, from: SealedPlace, to: SealedPlace): Promise<boolean> {
  const session = await find(store, from);
  if (session === undefined) return false;
  const values = await toRow(store, to, session.cookie, session.fingerprint);
  return await store.signIn.write(async (trx) => {
    // The person may be signing out in another window: a session that leaves takes no new holder along.
    const held = await trx.selectFrom("auth_sessions").select("holder").where("holder", "=", from.holder)
      .where("leaving_since", "is", null).executeTakeFirst();
    if (held === undefined) return false;
    await trx.insertInto("auth_sessions").values(values).execute();
    return true;
  });
}

async function leave({ signIn, sealing, now }: Store, holder: string): Promise<AuthSession | undefined> {
  const row = await signIn.write(async (trx) => {
    const left = await trx.selectFrom("auth_sessions").selectAll().where("holder", "=", holder)
      .where("leaving_since", "is", null).executeTakeFirst();
    if (left === undefined) return undefined;
    const other = await trx.selectFrom("auth_sessions").select("holder")
      .where("fingerprint", "=", left.fingerprint).where("holder", "!=", holder).executeTakeFirst();
    if (other === undefined) {
      await trx.updateTable("auth_sessions").set({ leaving_since: now(), used_at: now() })
        .where("holder", "=", holder).execute();
      return left;
    }
    await trx.deleteFrom("auth_sessions").where("holder", "=", holder).execute();
    return undefined;
  });
  if (row === undefined) return undefined;
  const place = { holder, userId: row.user_id };
  const cookie = await sealing.open(row.sealed, place);
  return cookie === undefined
    ? undefined
    : { ...place, cookie, fingerprint: row.fingerprint, usedAt: row.used_at };
}

async function forgetAll({ signIn }: Store, fingerprint: string): Promise<readonly string[]> {
  return await signIn.write(async (trx) => {
    const rows = await trx.selectFrom("auth_sessions").select("holder")
      .where("fingerprint", "=", fingerprint).execute();
    await trx.deleteFrom("auth_sessions").where("fingerprint", "=", fingerprint).execute();
    return rows.map(({ holder }) => holder);
  });
}
