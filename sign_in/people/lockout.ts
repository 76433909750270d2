// Locks an account's logins after repeated failures (auth-vault, section 3). Does not compare passwords itself.
import type { Kysely } from "kysely";
import type { SignInDatabase } from "../database/sign_in_database.ts";
import type { SignInTables } from "../database/sign_in_tables.ts";
import { addressHash } from "../kit/address_hash.ts";
import { LOGIN_FAILURES, LOGIN_LOCK_MS, LOGIN_WINDOW_MS } from "../kit/limits.ts";

/** Guards logins, each e-mail address by itself. */
export interface Lockout {
  /**
   * Runs `attempt` unless the address is locked. Attempts on one address run one after the other, on all nodes: otherwise a thousand
   * guesses sent at once would all pass the check before the first failure is written.
   */
  guard<T>(
    email: string,
    attempt: () => Promise<{ readonly outcome: LoginOutcome; readonly answer: T }>,
  ): Promise<GuardedLogin<T>>;
}

/**
 * Counts failed logins in sign-in's database, so that a restart does not open a lock. Unknown addresses are counted like
 * known addresses: a lock must not tell which accounts exist. Old rows go at the next failure, and each row is small,
 * however long the address that somebody typed.
 */
export function createLockout(signIn: SignInDatabase, now: () => number): Lockout {
  return {
    guard(email, attempt) {
      const address = addressHash(email.trim().toLowerCase());
      return signIn.inTurn(`login ${address}`, async () => {
        const seconds = await secondsLocked(signIn, address, now());
        if (seconds > 0) return { locked: true, retryAfterSeconds: seconds };
        const { outcome, answer } = await attempt();
        if (outcome === "wrong-password") await recordFailure(signIn, address, now());
        if (outcome === "success") await forgetFailures(signIn.db, address);
        return { locked: false, answer };
      });
    },
  };
}

async function secondsLocked({ read }: SignInDatabase, address: string, now: number): Promise<number> {
  const lock = await read.selectFrom("login_locks").select("locked_until").where("address", "=", address)
    .executeTakeFirst();
  return Math.max(0, Math.ceil(((lock?.locked_until ?? 0) - now) / 1000));
}

async function recordFailure(signIn: SignInDatabase, address: string, now: number): Promise<void> {
  await signIn.write(async (trx) => {
    await trx.deleteFrom("login_failures").where("failed_at", "<=", now - LOGIN_WINDOW_MS).execute();
    await trx.deleteFrom("login_locks").where("locked_until", "<=", now).execute();
    await trx.insertInto("login_failures").values({ address, failed_at: now }).execute();
    const { failures } = await trx.selectFrom("login_failures")
      .select(({ fn }) => fn.countAll<number>().as("failures"))
      .where("address", "=", address).where("failed_at", ">", now - LOGIN_WINDOW_MS)
      .executeTakeFirstOrThrow();
    if (failures < LOGIN_FAILURES) return;
    const locked_until = now + LOGIN_LOCK_MS;
    await trx.insertInto("login_locks").values({ address, locked_until })
      .onConflict((conflict) => conflict.column("address").doUpdateSet({ locked_until })).execute();
    await forgetFailures(trx, address);
  });
}

async function forgetFailures(db: Kysely<SignInTables>, address: string): Promise<void> {
  await db.deleteFrom("login_failures").where("address", "=", address).execute();
}

/** The outcome of a guarded login: its own answer, or the seconds until the lock opens. */
export type GuardedLogin<T> =
  | { readonly locked: false; readonly answer: T }
  | { readonly locked: true; readonly retryAfterSeconds: number };

/** The outcome that a login attempt reports to the guard. `undecided`: no password was compared, so nothing is counted. */
export type LoginOutcome = "success" | "wrong-password" | "undecided";
