// Sign-in's database: accounts, apps, grants and failed logins, all through kysely on a connection of its own.
// Another database (PostgreSQL, say) is a dialect here and the words of its columns in migrate_sign_in.ts.
import { NodeSqliteDialect } from "@better-auth/kysely-adapter/node-sqlite-dialect";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type Transaction,
} from "kysely";
import type { DatabaseSync } from "node:sqlite";
import type { SignInTables } from "./sign_in_tables.ts";

/**
 * Sign-in's database on a SQLite file that nothing else writes. A statement that was written past kysely, on the same
 * connection, would join the transaction that happens to be open, and would be rolled back with it without an error.
 */
export function openSignInDatabase(file: DatabaseSync): SignInDatabase {
  const db = new Kysely<SignInTables>({ dialect: createSqliteDialect(file) });
  return {
    type: "sqlite",
    db,
    write: (work) => db.transaction().execute(work),
    close: () => file.close(),
  };
}

/** The open database. */
export interface SignInDatabase {
  /** The kind of database, by the name that better-auth has for it. */
  readonly type: "sqlite";
  /** For a single statement. Statements that belong together are a {@link write}. */
  readonly db: Kysely<SignInTables>;
  /**
   * Runs `work` in a write transaction: all of its writes are stored, or none. Such transactions run one after the other,
   * so that what `work` read still holds when it writes. `work` asks `trx` and never {@link db}, which would wait for the
   * end of the transaction, and so for itself.
   *
   * @throws the error of `work`, after the rollback
   */
  write<T>(work: (trx: Transaction<SignInTables>) => Promise<T>): Promise<T>;
  /** Nothing may be asked afterwards. */
  close(): void;
}

/** better-auth's dialect for node:sqlite (kysely has none), with two differences in how transactions begin and end. */
function createSqliteDialect(file: DatabaseSync): Dialect {
  const dialect = new NodeSqliteDialect({ database: file });
  return {
    createDriver: () => createSqliteDriver(file, dialect.createDriver()),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

function createSqliteDriver(file: DatabaseSync, driver: Driver): Driver {
  return {
    init: () => driver.init(),
    acquireConnection: () => driver.acquireConnection(),
    // At once for writing: a transaction that reads first must not find out later that somebody else writes.
    beginTransaction: async (connection: DatabaseConnection) =>
      void await connection.executeQuery(CompiledQuery.raw("begin immediate")),
    commitTransaction: (connection) => driver.commitTransaction(connection),
    async rollbackTransaction(connection) {
      // Some failures (a full disk) have already rolled back; a second rollback would hide their cause.
      if (file.isTransaction) await driver.rollbackTransaction(connection);
    },
    releaseConnection: (connection) => driver.releaseConnection(connection),
    destroy: () => driver.destroy(),
  };
}
