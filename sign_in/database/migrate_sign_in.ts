// Our tables of sign-in as numbered steps, and how a database gets them. better-auth makes its own tables.
import { sql, type Transaction } from "kysely";
import { SetupFault } from "../kit/setup_fault.ts";
import type { SignInDatabase } from "./sign_in_database.ts";
import type { SignInTables } from "./sign_in_tables.ts";

/**
 * Brings the tables to the newest version. Each step is a write transaction that looks for the version itself, so that a
 * step runs once, whoever else is starting on the same database.
 *
 * @throws {SetupFault} when the database was written by a newer version of this service
 */
export async function migrateSignIn(signIn: SignInDatabase): Promise<void> {
  const words = WORDS[signIn.type];
  await signIn.write(async (trx) => {
    await sql
      .raw(
        `CREATE TABLE IF NOT EXISTS sign_in_state (name TEXT PRIMARY KEY, value ${words.integer} NOT NULL)`,
      )
      .execute(trx);
  });
  for (const [index, step] of SIGN_IN_MIGRATIONS.entries()) {
    await signIn.write(async (trx) => {
      const version = await readState(trx, SCHEMA) ?? 0;
      if (version > SIGN_IN_MIGRATIONS.length) {
        throw new SetupFault(
          `Cannot open sign-in's database: its schema is version ${version}, this service knows ${SIGN_IN_MIGRATIONS.length}`,
        );
      }
      if (version > index) return;
      for (const statement of step(words)) await sql.raw(statement).execute(trx);
      await writeState(trx, SCHEMA, index + 1);
    });
  }
}

/** What `sign_in_state` says under a name; `undefined`: nothing. */
export async function readState(trx: Transaction<SignInTables>, name: string): Promise<number | undefined> {
  const row = await trx.selectFrom("sign_in_state").select("value").where("name", "=", name)
    .executeTakeFirst();
  return row?.value;
}

/** Writes a value of `sign_in_state`. */
export async function writeState(trx: Transaction<SignInTables>, name: string, value: number): Promise<void> {
  await trx.insertInto("sign_in_state").values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value })).execute();
}

/** Name of the version in `sign_in_state`. */
const SCHEMA = "schema";

/** The words that differ between databases. */
interface ColumnWords {
  /** A whole number that can hold milliseconds since 1970. */
  readonly integer: string;
  /** A primary key that rises with every row. */
  readonly rising: string;
  /** End of a table. */
  readonly end: string;
  /** End of a table that is only ever asked by its primary key. */
  readonly keyed: string;
}

const WORDS: Readonly<Record<SignInDatabase["type"], ColumnWords>> = {
  sqlite: {
    integer: "INTEGER",
    rising: "INTEGER PRIMARY KEY",
    end: " STRICT",
    keyed: " STRICT, WITHOUT ROWID",
  },
  postgres: {
    integer: "BIGINT",
    rising: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    end: "",
    keyed: "",
  },
};

/** The steps: step n takes version n to n + 1. A released step is never edited; a change is a new step. */
export const SIGN_IN_MIGRATIONS: readonly ((words: ColumnWords) => readonly string[])[] = [
  // 0 → 1: the tables that lay in mana.sqlite before.
  ({ integer, rising, end, keyed }) => [
    `CREATE TABLE grants (
      id               TEXT PRIMARY KEY,
      user_id          TEXT NOT NULL,
      client_id        TEXT NOT NULL,
      requested        TEXT NOT NULL,
      permissions      TEXT NOT NULL,
      spaces           TEXT NOT NULL,
      offline          ${integer} NOT NULL,
      resources        TEXT NOT NULL,
      request_hash     TEXT NOT NULL UNIQUE,
      code_hash        TEXT UNIQUE,
      created_at       ${integer} NOT NULL,
      redeemed_at      ${integer},
      activated_at     ${integer},
      expires_at       ${integer},
      revoked_at       ${integer},
      requested_spaces TEXT NOT NULL,
      version          ${integer} NOT NULL DEFAULT 0,
      last_used_at     ${integer},
      keeps_others     ${integer} NOT NULL
    )${keyed}`,
    "CREATE INDEX grants_by_user ON grants (user_id, client_id)",
    `CREATE TABLE grant_uses (
      grant_id     TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
      module       TEXT NOT NULL,
      access       TEXT NOT NULL,
      count        ${integer} NOT NULL,
      last_used_at ${integer} NOT NULL,
      PRIMARY KEY (grant_id, module, access)
    )${keyed}`,
    `CREATE TABLE client_registrations (
      id            ${rising},
      client_id     TEXT NOT NULL UNIQUE,
      registered_at ${integer} NOT NULL,
      used_at       ${integer},
      address       TEXT NOT NULL
    )${end}`,
    "CREATE INDEX client_registrations_by_address ON client_registrations (address, registered_at)",
    `CREATE TABLE login_failures (address TEXT NOT NULL, failed_at ${integer} NOT NULL)${end}`,
    "CREATE INDEX login_failures_by_address ON login_failures (address, failed_at)",
    `CREATE TABLE login_locks (address TEXT PRIMARY KEY, locked_until ${integer} NOT NULL)${keyed}`,
  ],
  // 1 → 2: why a grant ended, the person's time zone, and sessions at an auth service that sign-in stands in front of.
  ({ integer, keyed }) => [
    "ALTER TABLE grants ADD COLUMN ended_because TEXT",
    "ALTER TABLE grants ADD COLUMN zoneinfo TEXT",
    `CREATE TABLE auth_sessions (
      holder        TEXT PRIMARY KEY,
      user_id       TEXT NOT NULL,
      fingerprint   TEXT NOT NULL,
      sealed        TEXT NOT NULL,
      used_at       ${integer} NOT NULL,
      leaving_since ${integer}
    )${keyed}`,
    "CREATE INDEX auth_sessions_by_fingerprint ON auth_sessions (fingerprint)",
    "CREATE INDEX auth_sessions_by_use ON auth_sessions (used_at)",
  ],
  // 2 → 3: the auth service whose people lie in this database.
  ({ keyed }) => [
    `CREATE TABLE auth_services (issuer TEXT PRIMARY KEY)${keyed}`,
    "CREATE INDEX auth_sessions_by_user ON auth_sessions (user_id)",
  ],
  // 3 → 4: how many spaces each person of an auth service had when they were listed last.
  ({ integer, keyed }) => [
    `CREATE TABLE space_counts (user_id TEXT PRIMARY KEY, count ${integer} NOT NULL)${keyed}`,
  ],
  // 4 → 5: the profile of tools that an app is shown.
  () => ["ALTER TABLE grants ADD COLUMN tool_profile TEXT"],
  // 5 → 6: whether the person is asked before each change that an app makes.
  () => ["ALTER TABLE grants ADD COLUMN ask_first TEXT"],
  // 6 → 7: how the app called itself, so that a connection that ended long ago still has a name.
  () => [
    "ALTER TABLE grants ADD COLUMN client_name TEXT",
    "ALTER TABLE grants ADD COLUMN client_redirects TEXT",
    "CREATE INDEX grants_never_used ON grants (created_at) WHERE activated_at IS NULL",
  ],
  // 7 → 8: what a person narrowed an app by, how much it may open, a number for the form's lock, and who wants a strict ledger.
  ({ integer, keyed }) => [
    "ALTER TABLE grants ADD COLUMN narrowing TEXT",
    `ALTER TABLE grants ADD COLUMN read_budget ${integer}`,
    `ALTER TABLE grants ADD COLUMN revision ${integer} NOT NULL DEFAULT 0`,
    `CREATE TABLE ledger_wishes (user_id TEXT PRIMARY KEY, wish TEXT NOT NULL)${keyed}`,
  ],
];
