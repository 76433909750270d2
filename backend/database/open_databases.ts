// The SQLite files of an installation, opened with the pragmas that make writes durable and deletes real.
// What is asked of them stands in the stores: files with `db.prepare`.
import { DatabaseSync } from "node:sqlite";
import { migrate } from "./schema.ts";

/** The open databases of one installation. */
export interface Databases {
  /** better-auth's own connection: it holds transactions open across awaits, so nobody else writes here. */
  readonly auth: DatabaseSync;
  /** Reads the same file and sees only committed rows. In memory it is the same connection. */
  readonly authReader: DatabaseSync;
  /** Lockout, vault and sync: only synchronous transactions. */
  readonly mana: DatabaseSync;
  close(): void;
}

/**
 * Opens `auth.sqlite` and `mana.sqlite` in a folder, or both in memory for `:memory:`.
 *
 * @throws {Error} when the folder cannot be written or a schema is newer than this service
 */
export function openDatabases(data: string): Databases {
  const inMemory = data === ":memory:";
  const open = (name: (typeof DATABASE_FILES)[number]) => {
    const db = new DatabaseSync(inMemory ? ":memory:" : `${data}/${name}`);
    // FULL: a commit is on the disk before the answer leaves, so an acknowledged write survives a power cut.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    // Deleted rows are overwritten: after switching to zero-knowledge the old wrapped key is gone and not just unlinked.
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON");
    return db;
  };
  const auth = open("auth.sqlite");
  const authReader = inMemory ? auth : open("auth.sqlite");
  if (!inMemory) authReader.exec("PRAGMA query_only = ON");
  const mana = open("mana.sqlite");
  migrate(mana);
  return {
    auth,
    authReader,
    mana,
    close() {
      if (authReader !== auth) authReader.close();
      auth.close();
      mana.close();
    },
  };
}

/** Names of the databases in the data folder. */
export const DATABASE_FILES = ["auth.sqlite", "mana.sqlite"] as const;
