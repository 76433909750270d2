// Sign-in's database on PostgreSQL: kysely on a pool of `pg`, shared by several nodes.
import { Kysely, PostgresDialect, sql } from "kysely";
// @ts-types="./pg.d.ts"
import { Pool, types } from "pg";
import type { PostgresAddress } from "./postgres_address.ts";
import type { SignInDatabase } from "./sign_in_database.ts";
import type { SignInTables } from "./sign_in_tables.ts";

/**
 * Opens the database; connections are made when they are needed, and made anew when they were lost. `onLost` hears of a
 * connection that ended while nobody used it.
 */
export function openPostgresSignIn(address: PostgresAddress, onLost: () => void): SignInDatabase {
  const { isEncrypted, ...place } = address;
  const pool = new Pool({
    ...place,
    ssl: isEncrypted,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: "mana-sign-in",
    // Counts and times fit into a number; pg would give them as text, for numbers beyond 2^53.
    types: {
      getTypeParser: (oid, format) => oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format),
    },
  });
  pool.on("error", onLost);
  const db = new Kysely<SignInTables>({ dialect: new PostgresDialect({ pool }) });
  return {
    type: "postgres",
    db,
    read: db,
    write: (work) =>
      db.transaction().execute(async (trx) => {
        // One write of all nodes at a time, as in SQLite: work may rely on what it has read.
        await sql`SELECT pg_advisory_xact_lock(${WRITE_LOCK})`.execute(trx);
        return await work(trx);
      }),
    alone: (work) =>
      db.connection().execute(async (connection) => {
        await sql`SELECT pg_advisory_lock(${ALONE_LOCK})`.execute(connection);
        try {
          return await work();
        } finally {
          await sql`SELECT pg_advisory_unlock(${ALONE_LOCK})`.execute(connection);
        }
      }),
    close: () => pool.end(),
  };
}

/** Connections of one node. Work that runs {@link SignInDatabase.alone} holds one and asks by others. */
const CONNECTIONS = 10;
/** Longest wait for a connection. */
const CONNECT_MS = 5000;
/** Longest wait for an answer, and so for a lock. */
const STATEMENT_MS = 30_000;
/** Numbers of our two locks: any two that nobody else in the database uses. */
const WRITE_LOCK = 0x6d616e61;
const ALONE_LOCK = 0x6d616e62;
