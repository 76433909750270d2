// The databases of an installation: sign-in's (auth.sqlite), and that of vault and sync (mana.sqlite).
// What is asked of them stands in the stores: files with `db.prepare` (vault, sync, memberships) or with kysely (sign-in).
import type { DatabaseSync } from "node:sqlite";
import { migrateSignIn } from "./migrate_sign_in.ts";
import { openSignInDatabase, type SignInDatabase } from "./open_sign_in_database.ts";
import { openSqlite } from "./open_sqlite.ts";
import { migrate, SIGN_IN_LEAVES } from "./schema.ts";
import { takeOverSignIn } from "./take_over_sign_in.ts";

/** The open databases of one installation. */
export interface Databases {
  /** better-auth's tables and our own of sign-in: transactions there stay open across awaits. */
  readonly signIn: SignInDatabase;
  /** Reads sign-in's file and sees only committed rows. In memory it is the same connection. */
  readonly authReader: DatabaseSync;
  /** Vault and sync: only synchronous transactions. */
  readonly mana: DatabaseSync;
  close(): void;
}

/**
 * Opens `auth.sqlite` and `mana.sqlite` in a folder, or both in memory for `:memory:`. Takes over what an earlier version
 * kept in `mana.sqlite`.
 *
 * @throws {Error} when the folder cannot be written or a schema is newer than this service
 */
export async function openDatabases(data: string): Promise<Databases> {
  const inMemory = data === ":memory:";
  const open = (name: (typeof DATABASE_FILES)[number]) =>
    openSqlite(inMemory ? ":memory:" : `${data}/${name}`);
  const auth = open("auth.sqlite");
  const authReader = inMemory ? auth : open("auth.sqlite");
  if (!inMemory) authReader.exec("PRAGMA query_only = ON");
  const mana = open("mana.sqlite");
  const signIn = openSignInDatabase(auth);
  const close = () => {
    if (authReader !== auth) authReader.close();
    signIn.close();
    mana.close();
  };
  try {
    migrate(mana, SIGN_IN_LEAVES);
    await migrateSignIn(signIn);
    await takeOverSignIn(mana, signIn);
    migrate(mana); // drops what was taken over: the copy is on the disk
  } catch (error) {
    close();
    throw error;
  }
  return { signIn, authReader, mana, close };
}

/** Names of the databases in the data folder. */
export const DATABASE_FILES = ["auth.sqlite", "mana.sqlite"] as const;
