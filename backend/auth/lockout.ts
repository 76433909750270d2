// Locks an account's logins after repeated failures (auth-vault, section 3). Does not compare passwords itself.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { addressHash } from "../kit/address_hash.ts";
import { inTransaction } from "../database/in_transaction.ts";
import { LOGIN_FAILURES, LOGIN_LOCK_MS, LOGIN_WINDOW_MS } from "../kit/limits.ts";

/** Guards logins, each e-mail address by itself. */
export interface Lockout {
  /**
   * Runs `attempt` unless the address is locked. Attempts on one address run one after the other: otherwise a thousand
   * guesses sent at once would all pass the check before the first failure is written.
   */
  guard<T>(
    email: string,
    attempt: () => Promise<{ readonly outcome: LoginOutcome; readonly answer: T }>,
  ): Promise<GuardedLogin<T>>;
}

/**
 * Counts failed logins in SQLite, so that a restart does not open a lock. Unknown addresses are counted like known
 * addresses: a lock must not tell which accounts exist. Old rows go at the next failure, and each row is small,
 * however long the address that somebody typed.
 */
export function createLockout(db: DatabaseSync, now: () => number): Lockout {
  const lock = db.prepare("SELECT locked_until FROM login_locks WHERE address = ?");
  const count = db.prepare(
    "SELECT count(*) AS failures FROM login_failures WHERE address = ? AND failed_at > ?",
  );
  const add = db.prepare("INSERT INTO login_failures (address, failed_at) VALUES (?, ?)");
  const forgetOld = db.prepare("DELETE FROM login_failures WHERE failed_at <= ?");
  const forget = db.prepare("DELETE FROM login_failures WHERE address = ?");
  const setLock = db.prepare("INSERT OR REPLACE INTO login_locks (address, locked_until) VALUES (?, ?)");
  const dropOldLocks = db.prepare("DELETE FROM login_locks WHERE locked_until <= ?");
  const waiting = new Map<string, Promise<unknown>>();

  const secondsLocked = (address: string): number => {
    const until = Lock.parse(lock.get(address))?.locked_until ?? 0;
    return Math.max(0, Math.ceil((until - now()) / 1000));
  };
  const recordFailure = (address: string) =>
    inTransaction(db, () => {
      forgetOld.run(now() - LOGIN_WINDOW_MS);
      dropOldLocks.run(now());
      add.run(address, now());
      if (Count.parse(count.get(address, now() - LOGIN_WINDOW_MS)).failures < LOGIN_FAILURES) return;
      setLock.run(address, now() + LOGIN_LOCK_MS);
      forget.run(address);
    });

  return {
    async guard(email, attempt) {
      const address = addressHash(email.trim().toLowerCase());
      const before = waiting.get(address);
      const turn = Promise.withResolvers<void>();
      waiting.set(address, turn.promise);
      await before;
      try {
        const seconds = secondsLocked(address);
        if (seconds > 0) return { locked: true, retryAfterSeconds: seconds };
        const { outcome, answer } = await attempt();
        if (outcome === "wrong-password") recordFailure(address);
        if (outcome === "success") forget.run(address);
        return { locked: false, answer };
      } finally {
        turn.resolve();
        if (waiting.get(address) === turn.promise) waiting.delete(address);
      }
    },
  };
}

/** The outcome of a guarded login: its own answer, or the seconds until the lock opens. */
export type GuardedLogin<T> =
  | { readonly locked: false; readonly answer: T }
  | { readonly locked: true; readonly retryAfterSeconds: number };

/** The outcome that a login attempt reports to the guard. `undecided`: no password was compared, so nothing is counted. */
export type LoginOutcome = "success" | "wrong-password" | "undecided";

const Lock = z.object({ locked_until: z.number() }).optional();

const Count = z.object({ failures: z.number() });
