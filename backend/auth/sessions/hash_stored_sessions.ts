// Hashes the session tokens that an earlier version left in plain. Runs at each start and does its work once.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../../database/in_transaction.ts";
import { isStoredToken, storedToken } from "./hash_session_tokens.ts";

/**
 * Hashes plain tokens. Their sessions go on, and the plain tokens are gone from the file and from its log. Must run
 * before anything else uses the connection.
 */
export async function hashStoredSessions(db: DatabaseSync): Promise<void> {
  const rows = z.array(Row).parse(db.prepare("SELECT id, token FROM session").all());
  const plain = rows.filter(({ token }) => !isStoredToken(token));
  if (plain.length === 0) return;
  const hashed = await Promise.all(
    plain.map(async ({ id, token }) => ({ id, token: await storedToken(token) })),
  );
  const update = db.prepare("UPDATE session SET token = ? WHERE id = ?");
  inTransaction(db, () => {
    for (const { id, token } of hashed) update.run(token, id);
  });
  // The write-ahead log still has the old pages. The file itself overwrites freed pages (secure_delete).
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

const Row = z.object({ id: z.string(), token: z.string() });
