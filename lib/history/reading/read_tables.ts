// Reads the change logs of many tables, a few at a time. A table that fails or is slow costs its own part of the answer and no more.

import type { Clock } from "../../kit/clock.ts";
import { Refused } from "../../kit/errors.ts";

/** Tables that are read at the same time for one person. */
export const TABLES_AT_ONCE = 8;
/** So long the tables of one request may take, all together; what is not read by then is told as missing. */
export const READING_MS = 15_000;

/**
 * Runs `read` for each table. Resolves to the tables that could not be read. Throws what `read` threw where no table could be read,
 * Refused `cancelled` when `signal` ended, and every error that is no refusal.
 */
export async function readTables<Table>(
  clock: Pick<Clock, "after">,
  tables: readonly Table[],
  signal: AbortSignal,
  read: (table: Table, signal: AbortSignal) => Promise<void>,
): Promise<readonly Table[]> {
  const late = new AbortController();
  const cancel = clock.after(READING_MS, () => late.abort());
  const either = AbortSignal.any([signal, late.signal]);
  const left = [...tables];
  const failed: Table[] = [];
  let refused: Refused | null = null;
  const work = async (): Promise<void> => {
    for (let table = left.shift(); table !== undefined; table = left.shift()) {
      try {
        await read(table, either);
      } catch (error) {
        if (signal.aborted) throw new Refused({ reason: "cancelled" });
        if (!(error instanceof Refused)) throw error;
        refused = error;
        failed.push(table);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(TABLES_AT_ONCE, left.length) }, work));
  } finally {
    cancel();
  }
  if (refused !== null && failed.length === tables.length) throw refused;
  return failed;
}
