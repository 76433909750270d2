// Faults of the database itself: out of reach, full, locked, too slow. Tells them apart from refused data, and notes which request
// met one, so that the request is answered with "later" and not with a wrong reason. Repeats no value and no words of the database.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Driver } from "kysely";
import { type InTurn, TurnFault } from "../kit/in_turn.ts";

/** Notes faults of one database. */
export interface DatabaseFaults {
  /** Looks at an error of a query, a connection or a lock. */
  note(error: unknown): void;
  /** Runs the work of a request; returns whether the database failed it. */
  watch(work: () => Promise<unknown>): Promise<boolean>;
}

/** Creates the notes. `onFault` hears of each fault by a short code. */
export function createDatabaseFaults(onFault: (code: string) => void): DatabaseFaults {
  const requests = new AsyncLocalStorage<{ hasFailed: boolean }>();
  return {
    note(error) {
      const code = faultCode(error);
      if (code === undefined) return;
      const request = requests.getStore();
      if (request !== undefined) request.hasFailed = true;
      onFault(code);
    },
    async watch(work) {
      const request = { hasFailed: false };
      await requests.run(request, work);
      return request.hasFailed;
    },
  };
}

/** Lets `faults` see each error of a driver's connections. Changes the driver, which is made for this. */
export function observeDriver(driver: Driver, faults: Pick<DatabaseFaults, "note">): Driver {
  const acquire = driver.acquireConnection.bind(driver);
  const observed = new WeakSet<object>();
  driver.acquireConnection = async (options) => {
    const connection = await noted(faults, () => acquire(options));
    if (observed.has(connection)) return connection;
    observed.add(connection);
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = (query, given) => noted(faults, () => execute(query, given));
    return connection;
  };
  return driver;
}

/** Lets `faults` see who waited in vain. What the work itself throws is none of a lock's faults. */
export function observeTurns(inTurn: InTurn, faults: Pick<DatabaseFaults, "note">): InTurn {
  return async (key, work) => {
    try {
      return await inTurn(key, work);
    } catch (error) {
      if (error instanceof TurnFault) faults.note(error);
      throw error;
    }
  };
}

async function noted<T>(faults: Pick<DatabaseFaults, "note">, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask(); // SQLite throws at once
  } catch (error) {
    faults.note(error);
    throw error;
  }
}

/** SQLite's primary codes: busy, locked, no memory, read only, I/O, corrupt, full, cannot open, no database. */
const SQLITE_FAULTS = [5, 6, 7, 8, 10, 11, 13, 14, 26];
/** SQLSTATE classes that are about the data or the statement: values, constraints, syntax and names. */
const DATA_CLASSES = /^(?:2[0-3]|42)/;

/** A short code without anything of the data; `undefined`: the database did its work. */
function faultCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof TurnFault) return "waited";
  const sqlite: unknown = Reflect.get(error, "errcode");
  if (typeof sqlite === "number") {
    return SQLITE_FAULTS.includes(sqlite & 0xff) ? `sqlite-${sqlite}` : undefined;
  }
  const code: unknown = Reflect.get(error, "code");
  if (typeof code !== "string") return "lost"; // pg's own errors have no code: a connection ended, or was not made in time
  if (/^[0-9A-Z]{5}$/.test(code)) return DATA_CLASSES.test(code) ? undefined : code;
  return /^[A-Z_]{2,30}$/.test(code) ? code : "lost";
}
