// How many spaces each person had when they were listed last, in sign-in's database: all nodes tell the gateway one number,
// also long after the list, so that the gateway's tools do not change to and fro.
import type { SignInDatabase } from "../../database/sign_in_database.ts";

/** The numbers, by person. */
export interface SpaceCounts {
  /** Notes the length of a list. */
  note(userId: string, count: number): Promise<void>;
  /** `undefined`: the person's spaces were never listed. */
  find(userId: string): Promise<number | undefined>;
}

/** Creates the numbers on `space_counts`. */
export function createSpaceCounts({ db, read }: SignInDatabase): SpaceCounts {
  const find = async (userId: string): Promise<number | undefined> => {
    const row = await read.selectFrom("space_counts").select("count").where("user_id", "=", userId)
      .executeTakeFirst();
    return row?.count;
  };
  return {
    find,
    async note(userId, count) {
      if (await find(userId) === count) return; // at nearly every list: no write for what is known
      await db.insertInto("space_counts").values({ user_id: userId, count })
        .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ count })).execute();
    },
  };
}
