// Deletes the sealed records and the key of a persona out of the change log and the vault: the only place that ever takes changes out of the
// log. Keeps the log's positions rising.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import { inTransaction } from "../database/in_transaction.ts";

/**
 * Deletes everything in the spaces that nobody else is a member of, and what the persona wrote into no space or into spaces that are
 * gone; with its vault, in one transaction.
 */
export async function deleteRecords(
  { db, signIn }: DeleteRecordsDeps,
  userId: string,
  alone: readonly string[],
): Promise<void> {
  const written = z.array(z.object({ space_id: z.string() })).parse(
    db.prepare("SELECT DISTINCT space_id FROM changes WHERE user_id = ? AND space_id IS NOT NULL").all(
      userId,
    ),
  ).map(({ space_id }) => space_id);
  const gone: string[] = [];
  for (const spaceId of written) {
    const space = await signIn.read.selectFrom("organization").select("id").where("id", "=", spaceId)
      .executeTakeFirst();
    if (space === undefined) gone.push(spaceId);
  }
  inTransaction(db, () => {
    // The newest positions may go; a reader who has seen them must not miss what comes next.
    db.exec(
      `INSERT INTO change_log_floor SELECT 1, max(created_at) FROM changes HAVING max(created_at) IS NOT NULL
       ON CONFLICT (only_row) DO UPDATE SET created_at = max(created_at, excluded.created_at)`,
    );
    const inSpace = db.prepare("DELETE FROM changes WHERE space_id = ?");
    for (const spaceId of alone) inSpace.run(spaceId);
    const ownIn = db.prepare("DELETE FROM changes WHERE user_id = ? AND space_id = ?");
    for (const spaceId of gone) ownIn.run(userId, spaceId);
    db.prepare("DELETE FROM changes WHERE user_id = ? AND space_id IS NULL").run(userId);
    db.prepare("DELETE FROM vaults WHERE user_id = ?").run(userId);
    db.prepare("DELETE FROM vault_audit WHERE user_id = ?").run(userId);
  });
  // Forgotten has to mean the disk as well.
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** What the deletion needs. */
export interface DeleteRecordsDeps {
  readonly db: DatabaseSync;
  readonly signIn: Pick<SignInDatabase, "read">;
}
