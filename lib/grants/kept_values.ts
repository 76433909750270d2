// What was worked out of a folded table and of the tables beside it, kept until any of them changes: a list of a hundred thousand
// records must not ask each of them again. Goes with the folded table, and counts as its memory.
import type { FoldedTable } from "../changes/folded/folded_table.ts";

/** Values by folded table and key. */
export interface KeptValues<T> {
  /**
   * The value for a key, made anew when the table or one of `beside` has changed since.
   *
   * @param bytesOf what the value takes, in bytes
   */
  get(
    folded: FoldedTable,
    key: string,
    beside: readonly FoldedTable[],
    make: () => T,
    bytesOf: (value: T) => number,
  ): T;
}

/** Starts empty. */
export function createKeptValues<T>(): KeptValues<T> {
  const ofTables = new WeakMap<FoldedTable, Map<string, Kept<T>>>();
  return Object.freeze({
    get(
      folded: FoldedTable,
      key: string,
      beside: readonly FoldedTable[],
      make: () => T,
      bytesOf: (value: T) => number,
    ): T {
      let values = ofTables.get(folded);
      if (values === undefined) ofTables.set(folded, values = new Map());
      const kept = values.get(key);
      if (kept !== undefined && isUnchanged(kept, folded, beside)) return kept.value;
      const value = make();
      forget(folded, values, key);
      for (const oldest of values.keys()) {
        if (values.size < MAX_VALUES) break;
        forget(folded, values, oldest);
      }
      const bytes = bytesOf(value);
      folded.bytes += bytes;
      values.set(key, {
        value,
        bytes,
        tables: [folded, ...beside].map((table) => [table, table.seq] as const),
      });
      return value;
    },
  });
}

/** Values of one folded table: a person rarely has more than a few apps at work on one table, in more than two spaces. */
const MAX_VALUES = 8;

interface Kept<T> {
  readonly value: T;
  readonly bytes: number;
  /** The tables that the value was made of, each with its arrivals by then. */
  readonly tables: readonly (readonly [FoldedTable, number])[];
}

function isUnchanged<T>({ tables }: Kept<T>, folded: FoldedTable, beside: readonly FoldedTable[]): boolean {
  return tables.length === beside.length + 1 &&
    tables.every(([table, seq], index) =>
      table === (index === 0 ? folded : beside[index - 1]) && table.seq === seq
    );
}

function forget<T>(folded: FoldedTable, values: Map<string, Kept<T>>, key: string): void {
  const kept = values.get(key);
  if (kept === undefined) return;
  folded.bytes -= kept.bytes;
  values.delete(key);
}
