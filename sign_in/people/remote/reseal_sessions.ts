// Seals the kept sessions with the first secret, so that an older secret can be taken off the list without anybody connecting
// anew. Runs at each start, before anybody is served.
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import { SetupFault } from "../../kit/setup_fault.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import type { Sealing } from "./sealing.ts";

/**
 * Seals each session anew that another secret than the first has sealed. A session that does not open is left as it is: its
 * holder is told when it is asked for. Another node may do the same at the same time.
 *
 * @throws {SetupFault} when a session was sealed with a secret that is not on the list: its app would have to connect anew
 */
export async function resealSessions(
  { db, read }: SignInDatabase,
  sealing: Sealing,
  secrets: Secrets,
): Promise<void> {
  const ids = secrets.map(({ id }) => String(id));
  let after = "";
  for (;;) {
    const rows = await read.selectFrom("auth_sessions").select(["holder", "user_id", "sealed"])
      .where("holder", ">", after).where("sealed", "not like", `${ids[0]}.%`)
      .orderBy("holder").limit(ROWS_AT_ONCE).execute();
    for (const { holder, user_id: userId, sealed } of rows) {
      const id = sealed.split(".")[0] ?? "";
      if (!ids.includes(id)) {
        throw new SetupFault(
          `SIGN_IN_SECRETS lacks the secret with the number ${
            Number(id)
          }, which sealed sessions of people: put it at the end ` +
            "of the list, and take it away after every node has started with the new first secret",
        );
      }
      const place = { holder, userId };
      const cookie = await sealing.open(sealed, place);
      if (cookie === undefined) continue;
      await db.updateTable("auth_sessions").set({ sealed: await sealing.seal(cookie, place) })
        .where("holder", "=", holder).where("sealed", "=", sealed).execute();
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.holder;
  }
}

/** Rows that are read at a time. */
const ROWS_AT_ONCE = 200;
