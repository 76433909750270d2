// Sign-in's database in a SQLite file: kysely on Deno's node:sqlite, by the dialect that better-auth ships.
import { NodeSqliteDialect } from "@better-auth/kysely-adapter/node-sqlite-dialect";
import { CompiledQuery, type Driver, Kysely } from "kysely";
import type { DatabaseSync } from "node:sqlite";
import { createInTurn } from "../kit/in_turn.ts";
import { createDatabaseFaults, type DatabaseFaults, observeDriver, observeTurns } from "./database_faults.ts";
import { openSqlite } from "./open_sqlite.ts";
import type { DatabaseEvents, SignInDatabase } from "./sign_in_database.ts";
import type { SignInTables } from "./sign_in_tables.ts";

/**
 * Opens the file, or a database in memory for `:memory:`. Nothing else may write on its connection: a statement past
 * kysely would join the transaction that happens to be open, and would be rolled back with it without an error.
 *
 * @throws {Error} when the file cannot be opened or written
 */
export function openSqliteSignIn(path: string, events: DatabaseEvents): SignInDatabase {
  const faults = createDatabaseFaults(events.onFault);
  const file = openSqlite(path);
  const reader = path === ":memory:" ? file : openSqlite(path);
  if (reader !== file) reader.exec("PRAGMA query_only = ON");
  const db = kyselyOn(file, faults);
  return {
    type: "sqlite",
    db,
    read: reader === file ? db : kyselyOn(reader, faults),
    write: (work) => db.transaction().execute(work),
    alone: (work) => work(), // one process has the data folder
    inTurn: observeTurns(createInTurn(), faults),
    watch: faults.watch,
    close() {
      if (reader !== file) reader.close();
      file.close();
      return Promise.resolve();
    },
  };
}

/**
 * kysely on a connection, by better-auth's dialect for node:sqlite (kysely has none), with two differences in how
 * transactions begin and end.
 */
export function kyselyOn(file: DatabaseSync, faults?: DatabaseFaults): Kysely<SignInTables> {
  const dialect = new NodeSqliteDialect({ database: file });
  return new Kysely({
    dialect: {
      createDriver() {
        const driver = createSqliteDriver(file, dialect.createDriver());
        return faults === undefined ? driver : observeDriver(driver, faults);
      },
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createAdapter: () => dialect.createAdapter(),
      createIntrospector: (db) => dialect.createIntrospector(db),
    },
  });
}

function createSqliteDriver(file: DatabaseSync, driver: Driver): Driver {
  return {
    init: () => driver.init(),
    acquireConnection: () => driver.acquireConnection(),
    async beginTransaction(connection) {
      // At once for writing: a transaction that reads first must not find out later that somebody else writes.
      await connection.executeQuery(CompiledQuery.raw("begin immediate"));
    },
    commitTransaction: (connection) => driver.commitTransaction(connection),
    async rollbackTransaction(connection) {
      // Some failures (a full disk) have already rolled back; a second rollback would hide their cause.
      if (file.isTransaction) await driver.rollbackTransaction(connection);
    },
    releaseConnection: (connection) => driver.releaseConnection(connection),
    destroy: () => driver.destroy(),
  };
}
