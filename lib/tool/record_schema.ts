// The output schema of a record, made of its table. How a record is read is records/row.ts.

import { z } from "zod";
import type { Shape, Table } from "../records/define_table.ts";

/**
 * The output schema of a record of which a listing shows some fields: the same names as in its `show`. Other tools give all of
 * them by {@link recordOutput}.
 */
export function recordOutputOf<
  S extends Shape,
  E extends keyof S & string,
  const F extends readonly (keyof S & string)[],
>(table: Table<S, E>, fields: F) {
  const { shape } = recordOutput(table);
  const names = new Set<string>([...fields, ...Object.keys(BASE)]);
  const shown: object = Object.fromEntries(Object.entries(shape).filter(([name]) => names.has(name)));
  if (!isShownShape<S, F>(fields, shown)) throw new TypeError(`Cannot describe the records of ${table.name}`);
  return z.object(shown);
}

/**
 * The output schema of one record. Every field is optional, since a field can be unreadable. The table's defaults are for new
 * records and left out here: a text that cannot be opened would come out as an empty text.
 */
export function recordOutput<S extends Shape, E extends keyof S & string>(table: Table<S, E>) {
  const fields = Object.entries<z.core.$ZodType>(table.row.shape).map(([name, schema]) =>
    [name, z.optional(schema instanceof z.ZodDefault ? schema.unwrap() : schema)] as const
  );
  const shape: object = { ...Object.fromEntries(fields), ...BASE };
  if (!isRecordShape(table, shape)) throw new TypeError(`Cannot describe the records of ${table.name}`);
  return z.object(shape);
}

/**
 * The members that every record carries in a result, besides the row's own. What `unreadable` and `clipped` are is told once, by the
 * instructions of the server: a description here is paid for in every listing.
 */
const BASE = {
  id: z.string(),
  createdAt: z.string().nullable(),
  updatedAt: z.string().nullable(),
  unreadable: z.array(z.string()).optional(),
  clipped: z.array(z.string()).optional(),
  withheld: z.array(z.string()).optional(),
};

/** The fields of a record as they are read, with {@link BASE}: any can be unreadable, and none has a default. */
type RecordShape<S extends Shape> =
  & { readonly [K in keyof S]: z.ZodOptional<S[K] extends z.ZodDefault<infer T> ? T : S[K]> }
  & typeof BASE;

// Every field was put there under its own name; this function says so to the compiler.
function isRecordShape<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  shape: object,
): shape is RecordShape<S> {
  return Object.keys(table.row.shape).every((name) => name in shape);
}

/** As much of {@link RecordShape} as a listing shows. */
type ShownShape<S extends Shape, F extends readonly (keyof S & string)[]> =
  & { readonly [K in F[number]]: z.ZodOptional<S[K] extends z.ZodDefault<infer T> ? T : S[K]> }
  & typeof BASE;

function isShownShape<S extends Shape, F extends readonly (keyof S & string)[]>(
  fields: F,
  shape: object,
): shape is ShownShape<S, F> {
  return fields.every((name) => name in shape);
}
