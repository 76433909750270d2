// Locks that all nodes on one PostgreSQL share: advisory locks, all of them on one connection of this node. That connection is not
// of the pool: work that holds a lock never waits for connections that wait for locks.
import { createHash } from "node:crypto";
// @ts-types="./pg.d.ts"
import { Client, type ClientOptions } from "pg";
import { createInTurn, TURN_MS, TurnFault } from "../kit/in_turn.ts";

/** Locks by key, over all nodes. */
export interface PostgresLocks {
  /**
   * Runs work while no other work holds the same key, here or on another node.
   *
   * @throws {TurnFault} when others held the key for too long
   * @throws {Error} when the database is out of reach; the work was not begun
   */
  hold<T>(key: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Creates the locks; the connection is made when a lock is first asked for, and made anew when it was lost, of which `onLost`
 * hears. With the connection PostgreSQL frees its locks: work that is still running then is no longer alone. So locks order
 * work, and what has to hold in any case is held by transactions and unique columns.
 */
export function createPostgresLocks(options: ClientOptions, events: LockEvents): PostgresLocks {
  const state: State = { options, ...events, session: undefined };
  // PostgreSQL lets one connection have a lock twice: within this node the turn decides.
  const inTurn = createInTurn();
  return {
    hold: (key, work) =>
      inTurn(key, async () => {
        const number = lockNumber(key);
        const session = await take(state, number);
        try {
          return await work();
        } finally {
          await give(state, session, number);
        }
      }),
    async close() {
      const session = state.session;
      state.session = undefined;
      await session?.then((client) => client.end(), () => {});
    },
  };
}

/** What the locks tell of their connection. */
export interface LockEvents {
  /** It ended by itself. */
  readonly onLost: () => void;
  /** It could not be made, or could not be asked. */
  readonly onFault: (error: unknown) => void;
}

/** What the locks of one node are made on. */
interface State extends LockEvents {
  readonly options: ClientOptions;
  /** The connection that has the locks. */
  session: Promise<Client> | undefined;
}

/** First pause between two attempts to get a lock that another node has, in milliseconds; doubled each time. */
const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 100;

/** Gets the lock. Asks again and again: a question that waits would keep all other keys of this connection waiting. */
async function take(state: State, number: string): Promise<Client> {
  const until = performance.now() + TURN_MS;
  for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    const session = await connected(state);
    try {
      const { rows } = await session.query("SELECT pg_try_advisory_lock($1) AS held", [number]);
      if (rows[0]?.held === true) return session;
    } catch (error) {
      drop(state, session);
      state.onFault(error);
      throw error;
    }
    if (performance.now() > until) throw new TurnFault();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Gives the lock back. Where that fails, the connection is ended, and its locks with it. */
async function give(state: State, session: Client, number: string): Promise<void> {
  try {
    await session.query("SELECT pg_advisory_unlock($1)", [number]);
  } catch {
    drop(state, session);
  }
}

function connected(state: State): Promise<Client> {
  return state.session ??= connect(state);
}

async function connect(state: State): Promise<Client> {
  const client = new Client(state.options);
  const isCurrent = async () =>
    state.session !== undefined && await state.session.catch(() => undefined) === client;
  client.on("error", () => {
    void isCurrent().then((isOurs) => {
      if (!isOurs) return; // given up already
      drop(state, client);
      state.onLost();
    });
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    state.session = undefined;
    state.onFault(error);
    throw error;
  }
}

/** Forgets a connection; the next lock makes another. */
function drop(state: State, session: Client): void {
  state.session = undefined;
  session.end().catch(() => {});
}

/** A key as PostgreSQL takes it: 64 bits, with a sign. Two keys with one number would only wait for each other. */
function lockNumber(key: string): string {
  return createHash("sha256").update(key).digest().readBigInt64BE().toString();
}
