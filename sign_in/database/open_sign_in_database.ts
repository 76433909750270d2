// Opens sign-in's database: a SQLite file by default, PostgreSQL where SIGN_IN_DATABASE_URL names one. Another kind of
// database is a case here, a file beside these two, and the words of its columns in migrate_sign_in.ts.
import type { ServiceLog } from "../kit/service_log.ts";
import type { PostgresAddress } from "./postgres_address.ts";
import { openPostgresSignIn } from "./postgres_sign_in.ts";
import type { DatabaseEvents, SignInDatabase } from "./sign_in_database.ts";
import { openSqliteSignIn } from "./sqlite_sign_in.ts";

/**
 * Opens the database in a SQLite file (`:memory:`: in memory), or at an address.
 *
 * @throws {Error} when a file cannot be opened; a database that is out of reach is noticed by the first query
 */
export function openSignInDatabase(
  place: string | PostgresAddress,
  events: DatabaseEvents = SILENT,
): SignInDatabase {
  return typeof place === "string" ? openSqliteSignIn(place, events) : openPostgresSignIn(place, events);
}

/** The events of a database, as lines of a log. */
export function logDatabase(log: ServiceLog, service: string): DatabaseEvents {
  return {
    onLost: () => log({ event: "database-connection-lost", service }),
    onFault: (code) => log({ event: "database-fault", service, code }),
  };
}

const SILENT: DatabaseEvents = { onLost: () => {}, onFault: () => {} };
