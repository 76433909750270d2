// Sign-in's database on PostgreSQL: kysely on a pool of `pg`, shared by several nodes.
import { type Dialect, Kysely, PostgresDialect, sql } from "kysely";
// @ts-types="./pg.d.ts"
import { type ClientOptions, Pool, types } from "pg";
import { createDatabaseFaults, type DatabaseFaults, observeDriver, observeTurns } from "./database_faults.ts";
import type { PostgresAddress } from "./postgres_address.ts";
import { createPostgresLocks } from "./postgres_locks.ts";
import type { DatabaseEvents, SignInDatabase } from "./sign_in_database.ts";
import type { SignInTables } from "./sign_in_tables.ts";

/**
 * Opens the database; connections are made when they are needed, and made anew when they were lost. `onLost` hears of a
 * connection that ended while nobody used it.
 */
export function openPostgresSignIn(address: PostgresAddress, events: DatabaseEvents): SignInDatabase {
  const faults = createDatabaseFaults(events.onFault);
  const options = toOptions(address);
  const pool = new Pool({ ...options, max: CONNECTIONS });
  pool.on("error", events.onLost);
  // A connection that ends while somebody uses it fails their query, and tells of its end once more: unheard, that would end
  // the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  const locks = createPostgresLocks(options, { onLost: events.onLost, onFault: faults.note });
  const db = new Kysely<SignInTables>({ dialect: observedDialect(new PostgresDialect({ pool }), faults) });
  const inTurn = observeTurns(locks.hold, faults);
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
    alone: (work) => inTurn("alone", work),
    inTurn,
    watch: faults.watch,
    async close() {
      await locks.close();
      await pool.end();
    },
  };
}

function toOptions({ isEncrypted, ...place }: PostgresAddress): ClientOptions {
  return {
    ...place,
    ssl: isEncrypted,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: "mana-sign-in",
    // Counts and times fit into a number; pg would give them as text, for numbers beyond 2^53.
    types: {
      getTypeParser: (oid, format) => oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format),
    },
  };
}

/** The dialect, whose connections tell of their faults. */
function observedDialect(dialect: Dialect, faults: DatabaseFaults): Dialect {
  return {
    createDriver: () => observeDriver(dialect.createDriver(), faults),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** Connections of one node, besides the one that has its locks. */
const CONNECTIONS = 10;
/** Longest wait for a connection. */
const CONNECT_MS = 5000;
/** Longest wait for an answer, and so for the turn of a write. */
const STATEMENT_MS = 30_000;
/** The same, for a server that is gone without a word. */
const ANSWER_MS = 35_000;
/** Number of the lock of writes: any that nobody else in the database uses. */
const WRITE_LOCK = 0x6d616e61;
