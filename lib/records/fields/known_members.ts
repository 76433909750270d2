// The members of a record: their order, and that its table knows them all.

import type { z } from "zod";
import type { PlainRecord, Shape, StoredRecord, Table } from "../define_table.ts";

/** Members in the order of the table, so that the same record always reads the same. */
export function inOrder<S extends Shape>(
  table: { readonly row: z.ZodObject<S> },
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(table.row.shape)) {
    if (Object.hasOwn(values, name)) ordered[name] = values[name];
  }
  return ordered;
}

const BASE: ReadonlySet<string> = new Set([
  "id",
  "createdAt",
  "updatedAt",
  "unreadable",
  "clipped",
  "withheld",
]);

// Every member was put there under a name of the table and by that name's schema; these two say so to the compiler.

/** Whether a record has members in plaintext alone, as filters see it. */
export function isPlainRecord<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  record: object,
): record is PlainRecord<S, E> {
  return Object.keys(record).every((name) =>
    BASE.has(name) || (name in table.row.shape && !table.encryptedSet.has(name))
  );
}

/** Whether a record has members of its table alone, as tools see it. */
export function isStoredRecord<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  record: object,
): record is StoredRecord<S> {
  return Object.keys(record).every((name) => BASE.has(name) || name in table.row.shape);
}
