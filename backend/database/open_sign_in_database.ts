// Opens sign-in's database. Another kind of database is a case here, a file beside sqlite_sign_in.ts, and the words of its
// columns in migrate_sign_in.ts.
import type { SignInDatabase } from "./sign_in_database.ts";
import { openSqliteSignIn } from "./sqlite_sign_in.ts";

/** Opens the database in a SQLite file, or in memory for `:memory:`. @throws {Error} when that is impossible */
export function openSignInDatabase(path: string): SignInDatabase {
  return openSqliteSignIn(path);
}
