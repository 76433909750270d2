import type { DatabaseSync } from "node:sqlite";

/**
 * Runs `work` in one write transaction: all of it is stored, or nothing. `work` is synchronous on purpose, so
 * nothing else can slip between BEGIN and COMMIT on the same connection.
 *
 * @throws whatever `work` throws, after the rollback
 */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures (a full disk) have already rolled back; a second ROLLBACK would hide their cause.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
