// The databases of an installation: sign-in's (auth.sqlite or PostgreSQL), and that of vault and sync (mana.sqlite).
// What is asked of them stands in the stores: files with `db.prepare` (vault, sync) or with kysely (sign-in).
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { SetupFault } from "../../sign_in/kit/setup_fault.ts";
import { migrateSignIn } from "../../sign_in/database/migrate_sign_in.ts";
import { demandUsable } from "../../sign_in/database/demand_usable.ts";
import { openSignInDatabase } from "../../sign_in/database/open_sign_in_database.ts";
import { openSqlite } from "../../sign_in/database/open_sqlite.ts";
import type { PostgresAddress } from "../../sign_in/database/postgres_address.ts";
import { migrate, SIGN_IN_LEAVES } from "./schema.ts";
import type { DatabaseEvents, SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import { takeOverSignIn } from "./take_over_sign_in.ts";

/** The open databases of one installation. */
export interface Databases {
  /** better-auth's tables and our own of sign-in: transactions there stay open across awaits. */
  readonly signIn: SignInDatabase;
  /** Vault and sync: only synchronous transactions. */
  readonly mana: DatabaseSync;
  close(): Promise<void>;
}

/**
 * Opens `auth.sqlite` and `mana.sqlite` in a folder, or both in memory for `:memory:`. Takes over what an earlier version
 * kept in `mana.sqlite`. With an `address`, sign-in is on PostgreSQL, and the folder must hold no accounts.
 *
 * @throws {SetupFault} when the accounts of the folder would be left behind
 * @throws {Error} when the folder cannot be written, the database cannot be reached, or a schema is newer than this service
 */
export async function openDatabases(
  data: string,
  address: PostgresAddress | undefined,
  events: DatabaseEvents,
): Promise<Databases> {
  const pathOf = (name: (typeof DATABASE_FILES)[number]) => data === ":memory:" ? data : `${data}/${name}`;
  if (address !== undefined) demandNoAccounts(data, pathOf("auth.sqlite"));
  const signIn = openSignInDatabase(address ?? pathOf("auth.sqlite"), events);
  if (address !== undefined) await demandUsable(signIn, address);
  const mana = openSqlite(pathOf("mana.sqlite"));
  const close = () => {
    mana.close();
    return signIn.close();
  };
  try {
    migrate(mana, SIGN_IN_LEAVES);
    await migrateSignIn(signIn);
    if (address === undefined) await takeOverSignIn(mana, signIn);
    migrate(mana); // drops what was taken over: the copy is on the disk
  } catch (error) {
    await close();
    throw error;
  }
  return { signIn, mana, close };
}

/** Names of the databases in the data folder. */
export const DATABASE_FILES = ["auth.sqlite", "mana.sqlite"] as const;

/** A database that is named later starts without the accounts of the folder: people would seem to be gone. */
function demandNoAccounts(data: string, path: string): void {
  if (data === ":memory:" || !existsSync(path)) return;
  throw new SetupFault(
    `BACKEND_DATA ${data} holds auth.sqlite, whose accounts would be missing in SIGN_IN_DATABASE_URL: ` +
      "name a new folder, or unset SIGN_IN_DATABASE_URL",
  );
}
