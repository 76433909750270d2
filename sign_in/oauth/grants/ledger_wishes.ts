// People who want a strict ledger: nothing of theirs is opened for an app that cannot be noted. A wish for all apps of a person, present
// and later, so that it is kept for itself and read with each grant (grant_rows.ts).
import type { SignInDatabase } from "../../database/sign_in_database.ts";

/** The wishes. */
export interface LedgerWishes {
  isStrict(userId: string): Promise<boolean>;
  /** In force for every connection of the person with its next introspection. */
  setStrict(userId: string, isStrict: boolean): Promise<void>;
}

/** Keeps them in sign-in's database. */
export function createLedgerWishes({ db, read }: SignInDatabase): LedgerWishes {
  return {
    async isStrict(userId) {
      const row = await read.selectFrom("ledger_wishes").select("wish").where("user_id", "=", userId)
        .executeTakeFirst();
      return row !== undefined;
    },
    async setStrict(userId, isStrict) {
      if (isStrict) {
        await db.insertInto("ledger_wishes").values({ user_id: userId, wish: "strict" })
          .onConflict((conflict) => conflict.column("user_id").doNothing()).execute();
      } else {
        await db.deleteFrom("ledger_wishes").where("user_id", "=", userId).execute();
      }
    },
  };
}
