// One write transaction on one SQLite connection. Never asynchronous.
import type { DatabaseSync } from "node:sqlite";

/**
 * Runs `work` in a write transaction: all of its writes are stored, or none. `work` is synchronous on purpose, so that
 * no other work can slip between BEGIN and COMMIT on the same connection.
 *
 * @throws the error of `work`, after the rollback
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
