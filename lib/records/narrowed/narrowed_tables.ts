// Tables as a grant shows them: without the fields that it keeps back, so that no filter, order, search or opening can meet such a
// field. Made once for a table and its fields, since rows remember by which table they were read.
import { z } from "zod";
import { type BoundedCache, createBoundedCache } from "../../kit/bounded_cache.ts";
import type { Shape, Table } from "../define_table.ts";

/** Tables without the fields that grants keep back. */
export interface NarrowedTables {
  /** The table with these of its fields alone; the table itself where it has no other. */
  of<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    fields: ReadonlySet<string>,
  ): Table<S, E>;
}

/** Starts with no table. */
export function createNarrowedTables(): NarrowedTables {
  const made = new WeakMap<object, BoundedCache<object>>();
  return Object.freeze({
    of<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      fields: ReadonlySet<string>,
    ): Table<S, E> {
      const withheld = Object.keys(table.row.shape).filter((name) => !fields.has(name));
      if (withheld.length === 0) return table;
      let narrowed = made.get(table);
      if (narrowed === undefined) made.set(table, narrowed = createBoundedCache(MAX_PER_TABLE));
      const key = withheld.join();
      const known = narrowed.get(key);
      if (known !== undefined && isOf(table, known)) return known;
      const created = narrowedTable(table, withheld);
      narrowed.set(key, created);
      return created;
    },
  });
}

/** Different sets of fields of one table that are remembered: people choose among a few. */
const MAX_PER_TABLE = 50;

function narrowedTable<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  withheld: readonly string[],
): Table<S, E> {
  const shape = Object.entries<z.core.$ZodType>(table.row.shape).filter(([name]) => !withheld.includes(name));
  const narrowed: object = Object.freeze({
    ...table,
    row: z.object(Object.fromEntries(shape)),
    encrypted: Object.freeze(table.encrypted.filter((name) => !withheld.includes(name))),
    withheld: Object.freeze(withheld),
  });
  if (!isOf(table, narrowed)) throw new TypeError(`Cannot narrow table ${table.app}/${table.name}`);
  return narrowed;
}

/** Says to the compiler that a narrowed table is one of its table: of a record each field may be missing anyway. */
function isOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  narrowed: object,
): narrowed is Table<S, E> {
  return "newRecords" in narrowed && narrowed.newRecords === table.newRecords;
}
