// Copies the tables of sign-in out of the mana.sqlite of an earlier version, once. Drops nothing: schema.ts does, afterwards.
import { sql } from "kysely";
import type { DatabaseSync } from "node:sqlite";
import { readState, writeState } from "../../sign_in/database/migrate_sign_in.ts";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";

/**
 * Copies every row in one transaction, together with the mark that it was done. A crash before the commit leaves nothing,
 * so that the next start begins anew. After the commit the mark keeps rows that people have changed or taken back since
 * from coming back.
 */
export async function takeOverSignIn(mana: DatabaseSync, signIn: SignInDatabase): Promise<void> {
  await signIn.write(async (trx) => {
    if (await readState(trx, TAKEN_OVER) !== undefined) return;
    for (const [table, order] of TABLES) {
      const rows = mana.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).all();
      for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
        const some = rows.slice(start, start + ROWS_AT_ONCE);
        const columns = Object.keys(some[0] ?? {}).map((column) => sql.ref(column));
        const values = some.map((row) => sql`(${sql.join(Object.values(row))})`);
        await sql`INSERT INTO ${sql.table(table)} (${sql.join(columns)}) VALUES ${sql.join(values)}`
          .execute(trx);
      }
    }
    await writeState(trx, TAKEN_OVER, 1);
  });
}

/** Name of the mark in `sign_in_state`. */
const TAKEN_OVER = "taken_over_from_mana";

/** The tables, each after those that it refers to, and the order of their rows. */
const TABLES = [
  ["grants", "id"],
  ["grant_uses", "grant_id"],
  ["client_registrations", "rowid"],
  ["login_failures", "rowid"],
  ["login_locks", "address"],
] as const;

/** Rows of one statement: SQLite binds 32,766 values at most, and a grant has 19. */
const ROWS_AT_ONCE = 500;
