// Hashes the session tokens that an earlier version left in plain. Runs at each start and does its work once.
import { sql } from "kysely";
import { z } from "zod";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import { isStoredToken, storedToken } from "./hash_session_tokens.ts";

/**
 * Hashes plain tokens. Their sessions go on, and the plain tokens are gone from the file and from its log. Must run
 * before anybody can ask better-auth.
 */
export async function hashStoredSessions({ type, db, write }: SignInDatabase): Promise<void> {
  if (type !== "sqlite") return; // no version has left a plain token elsewhere
  const { rows } = await sql`SELECT id, token FROM session`.execute(db);
  const plain = z.array(Row).parse(rows).filter(({ token }) => !isStoredToken(token));
  if (plain.length === 0) return;
  await write(async (trx) => {
    for (const { id, token } of plain) {
      await sql`UPDATE session SET token = ${await storedToken(token)} WHERE id = ${id}`.execute(trx);
    }
  });
  // The write-ahead log still has the old pages. The file itself overwrites freed pages (secure_delete).
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
}

const Row = z.object({ id: z.string(), token: z.string() });
