// Holds attempts back before they are sent, so that nobody can lock a person out at the auth service by way of this server,
// and nobody can try a list of passwords. Counts in sign-in's database, which several nodes share.
import type { Transaction } from "kysely";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import type { SignInTables } from "../../database/sign_in_tables.ts";
import { addressHash } from "../../kit/address_hash.ts";
import {
  ATTEMPT_WINDOW_MS,
  ATTEMPTS_PER_ADDRESS,
  LOGIN_WINDOW_MS,
  REMOTE_FAILURES,
  REMOTE_FAILURES_PER_ADDRESS,
} from "../../kit/limits.ts";

/** Counts attempts. */
export interface HeldAttempts {
  /**
   * Counts an attempt as a failure before it is sent: a thousand guesses sent at once must not all pass the check before the
   * first one has failed. Refused where too many have failed, or have come at once.
   */
  begin(attempt: CountedAttempt): Promise<BegunAttempt | HeldBack>;
}

/** Creates the counts on `login_failures`. */
export function createHeldAttempts(signIn: SignInDatabase, now: () => number): HeldAttempts {
  return {
    async begin({ kind, email, address }) {
      const keys: Keys = {
        account: addressHash(`${kind} of\n${email}`),
        network: addressHash(`${kind} from\n${address}`),
        pace: addressHash(`${kind} pace\n${address}`),
      };
      const begun = await signIn.write((trx) => count(trx, keys, now()));
      if (typeof begun !== "number") return begun;
      const forget = async (...rows: readonly ("account" | "network")[]) => {
        for (const row of rows) {
          await signIn.db.deleteFrom("login_failures").where("address", "=", keys[row])
            .where("failed_at", "=", begun).execute();
        }
      };
      return {
        outcome: "begun",
        notCompared: () => forget("account", "network"),
        async succeeded() {
          await forget("network");
          await signIn.db.deleteFrom("login_failures").where("address", "=", keys.account).execute();
        },
      };
    },
  };
}

/** An attempt, as it is counted. */
export interface CountedAttempt {
  /** Passwords and codes are counted apart: whoever knows the password must not have more codes to try for it. */
  readonly kind: "password" | "code";
  /** The e-mail address, normalised. */
  readonly email: string;
  /** The network address, as limits count it. */
  readonly address: string;
}

/** An attempt that may be sent. It counts as failed unless one of these is called. */
export interface BegunAttempt {
  readonly outcome: "begun";
  /** The auth service did not compare anything, or found the attempt right and did not let the person in. */
  notCompared(): Promise<void>;
  /** The person is in: earlier failures of the account are forgotten. Those of the network address are not. */
  succeeded(): Promise<void>;
}

/** An attempt that must not be sent for `seconds`. `busy`: too many at once; `held-back`: too many failed. */
export interface HeldBack {
  readonly outcome: "held-back" | "busy";
  readonly seconds: number;
}

interface Keys {
  readonly account: string;
  readonly network: string;
  /** Every attempt, failed or not, for a few seconds. */
  readonly pace: string;
}

/** The time under which the attempt is counted: one that no other attempt of these keys has. */
async function count(trx: Transaction<SignInTables>, keys: Keys, now: number): Promise<number | HeldBack> {
  await trx.deleteFrom("login_failures").where("failed_at", "<=", now - LOGIN_WINDOW_MS).execute();
  await trx.deleteFrom("login_failures").where("address", "=", keys.pace)
    .where("failed_at", "<=", now - ATTEMPT_WINDOW_MS).execute();
  const rules = [
    { key: keys.pace, most: ATTEMPTS_PER_ADDRESS, windowMs: ATTEMPT_WINDOW_MS, outcome: "busy" },
    { key: keys.network, most: REMOTE_FAILURES_PER_ADDRESS, windowMs: LOGIN_WINDOW_MS, outcome: "held-back" },
    { key: keys.account, most: REMOTE_FAILURES, windowMs: LOGIN_WINDOW_MS, outcome: "held-back" },
  ] as const;
  let at = now;
  for (const { key, most, windowMs, outcome } of rules) {
    const newest = await trx.selectFrom("login_failures").select("failed_at").where("address", "=", key)
      .orderBy("failed_at", "desc").limit(most).execute();
    const oldest = newest[most - 1];
    if (oldest !== undefined) {
      return { outcome, seconds: Math.max(1, Math.ceil((oldest.failed_at + windowMs - now) / 1000)) };
    }
    at = Math.max(at, (newest[0]?.failed_at ?? 0) + 1);
  }
  for (const { key } of rules) {
    await trx.insertInto("login_failures").values({ address: key, failed_at: at }).execute();
  }
  return at;
}
