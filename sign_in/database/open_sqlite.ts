// One SQLite file, opened with the pragmas that make writes durable and deletes real. Knows no table.
import { DatabaseSync } from "node:sqlite";

/** Opens a file, or a database in memory for `:memory:`. @throws {Error} when the file cannot be opened or written */
export function openSqlite(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  // FULL: a commit is on the disk before the answer leaves, so an acknowledged write survives a power cut.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  // Deleted rows are overwritten: after switching to zero-knowledge the old wrapped key is gone and not just unlinked.
  db.exec("PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON");
  return db;
}
