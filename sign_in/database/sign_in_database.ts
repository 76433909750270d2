// Sign-in's database, as its stores see it: accounts, apps, grants and failed logins, all through kysely.
// Says nothing of which database it is; open_sign_in_database.ts chooses.
import type { Kysely, Transaction } from "kysely";
import type { InTurn } from "../kit/in_turn.ts";
import type { SignInTables } from "./sign_in_tables.ts";

/** The open database. */
export interface SignInDatabase {
  /** The kind of database, by the name that better-auth has for it. */
  readonly type: "sqlite" | "postgres";
  /** For a single statement that writes. Statements that belong together are a {@link write}. */
  readonly db: Kysely<SignInTables>;
  /** For look-ups: sees what is committed, and waits for no transaction. */
  readonly read: Kysely<SignInTables>;
  /**
   * Runs `work` in a write transaction: all of its writes are stored, or none. Such transactions run one after the other,
   * so that what `work` read still holds when it writes. `work` asks `trx` and never {@link db}, which would wait for the
   * end of the transaction, and so for itself.
   *
   * @throws the error of `work`, after the rollback
   */
  write<T>(work: (trx: Transaction<SignInTables>) => Promise<T>): Promise<T>;
  /**
   * Runs work that one node at a time may do, such as making tables. `work` may write, and waits for nobody's `alone`.
   *
   * @throws {TurnFault} when others were at it for too long
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs work for a key once the work before it for the same key has ended, on whichever node. `work` may write. It orders work
   * and proves nothing: where a connection to the database is lost in the middle, two may be at work.
   *
   * @throws {TurnFault} when others were at work for too long; the work was not begun
   */
  readonly inTurn: InTurn;
  /** Runs the work of a request; returns whether the database failed it: out of reach, full, locked, too slow. */
  watch(work: () => Promise<unknown>): Promise<boolean>;
  /** Nothing may be asked afterwards. A SQLite file is closed when this returns, PostgreSQL when the promise resolves. */
  close(): Promise<void>;
}

/** What an open database tells of itself. */
export interface DatabaseEvents {
  /** A connection ended by itself while nobody used it. */
  readonly onLost: () => void;
  /** The database failed somebody: a short code of PostgreSQL, SQLite or the network. */
  readonly onFault: (code: string) => void;
}
