// The databases of an installation: sign-in's (auth.sqlite), and that of vault and sync (mana.sqlite).
// What is asked of them stands in the stores: files with `db.prepare` (vault, sync) or with kysely (sign-in).
import type { DatabaseSync } from "node:sqlite";
import { migrateSignIn } from "./migrate_sign_in.ts";
import { openSignInDatabase } from "./open_sign_in_database.ts";
import { openSqlite } from "./open_sqlite.ts";
import { migrate, SIGN_IN_LEAVES } from "./schema.ts";
import type { SignInDatabase } from "./sign_in_database.ts";
import { takeOverSignIn } from "./take_over_sign_in.ts";

/** The open databases of one installation. */
export interface Databases {
  /** better-auth's tables and our own of sign-in: transactions there stay open across awaits. */
  readonly signIn: SignInDatabase;
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
  const pathOf = (name: (typeof DATABASE_FILES)[number]) => data === ":memory:" ? data : `${data}/${name}`;
  const signIn = openSignInDatabase(pathOf("auth.sqlite"));
  const mana = openSqlite(pathOf("mana.sqlite"));
  const close = () => {
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
  return { signIn, mana, close };
}

/** Names of the databases in the data folder. */
export const DATABASE_FILES = ["auth.sqlite", "mana.sqlite"] as const;
