// Rows: records on their way from what is stored to what a tool sees. A plain row still has its sealed fields closed, an open
// row has them opened. Decides by the table's schema which stored values count; never opens a value (that is open_rows.ts).

import type { z } from "zod";
import { deepFreeze } from "../kit/deep_freeze.ts";
import type { FieldValue } from "../sealing/value_opener.ts";
import type { PlainRecord, RecordBase, Shape, StoredRecord, Table } from "./define_table.ts";
import type { LiveRecord } from "../changes/live_records.ts";
import { fitValue } from "./fields/fit_value.ts";
import { inOrder, isPlainRecord, isStoredRecord } from "./fields/known_members.ts";

/**
 * A record by its plaintext fields. Made from the live record in one go, so that what is opened later belongs to the same
 * moment as what the filters saw.
 */
export interface PlainRow extends RecordBase {
  /**
   * The fields that could be read so far, by their names in the table (never by names of the data). In a row that is kept, `id`,
   * `createdAt` and `updatedAt` stand beside them, so that the record of the row is this very object and takes no memory of its own.
   */
  readonly values: Readonly<Record<string, unknown>>;
  /** The names of fields that could not be read. */
  readonly unreadable: readonly string[];
  /** Stored values of the sealed fields, in the order of `table.encrypted`. */
  readonly sealed: readonly unknown[];
  /** How much of a result the uncut record takes; null until clip_row.ts has measured it. */
  size: RowSize | null;
}

/** A row with nothing closed: its sealed fields were opened, or its table has none. */
export interface OpenRow extends PlainRow {
  readonly sealed: readonly never[];
}

/** How much of a result a record takes. */
export interface RowSize {
  /** As JSON in UTF-8. */
  readonly bytes: number;
  /** Estimated on the high side. */
  readonly tokens: number;
}

const UNKNOWN_MEMBER = "Cannot show a record: it has a member its table does not know";
const NONE: readonly never[] = Object.freeze([]);

/**
 * Reads the plaintext fields of a live record. Fields that do not fit the table's schema are unreadable. The row is made
 * once per state of the record and frozen inside, so later calls get the same row.
 */
export function plainRowOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  record: LiveRecord,
): PlainRow {
  if (isReadBy(table, record.plainRow)) return record.plainRow;
  const { id, createdAt } = record;
  const base = { id, createdAt, updatedAt: record.updatedAt() };
  const unreadable: string[] = [];
  const values = recordValues(table, base, (name, values) => {
    if (table.encryptedSet.has(name)) return;
    readField(table, name, { ok: true, value: record.cell(name)?.value }, values, unreadable);
  });
  const sealed = table.encrypted.map((name) => record.cell(name)?.value);
  const row = new CachedRow(
    table,
    base,
    { values, unreadable: frozen(unreadable), sealed: frozen(sealed) },
    null,
  );
  record.plainRow = row;
  return row;
}

/** The row with its sealed fields opened; `opened` has their values in the order of `row.sealed`. */
export function openRowOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: PlainRow,
  opened: readonly FieldValue[],
): OpenRow {
  const unreadable = [...row.unreadable];
  const sealed: readonly string[] = table.encrypted;
  const values = recordValues(table, row, (name, values) => {
    const index = sealed.indexOf(name);
    if (index >= 0) readField(table, name, opened[index] ?? { ok: false }, values, unreadable);
    else if (Object.hasOwn(row.values, name)) values[name] = row.values[name];
  });
  return new CachedRow(table, row, { values, unreadable: frozen(unreadable), sealed: NONE }, row);
}

/** An open row that no later call sees: of values that were just written, or cut for a result. */
export function ownRowOf(
  { id, createdAt, updatedAt }: RecordBase,
  values: PlainRow["values"],
  unreadable: readonly string[],
): OpenRow {
  return { id, createdAt, updatedAt, values, unreadable, sealed: NONE, size: null };
}

/** The row with these fields alone, as far as it has them; made once as long as the same list of names asks for it. */
export function rowWithFields<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: OpenRow,
  names: readonly string[],
): OpenRow {
  const cached = isReadBy(table, row) ? row : null;
  if (cached !== null && cached.part !== null && cached.part.names === names) return cached.part.row;
  const values = recordValues(table, row, (name, values) => {
    if (names.includes(name) && Object.hasOwn(row.values, name)) values[name] = row.values[name];
  });
  const unreadable = row.unreadable.filter((name) => names.includes(name));
  if (cached === null) return ownRowOf(row, values, unreadable);
  const part = new CachedRow(table, row, { values, unreadable: frozen(unreadable), sealed: NONE }, row);
  cached.part = { names, row: part };
  return part;
}

/** Whether nothing of a row is closed. */
export function isOpenRow(row: PlainRow): row is OpenRow {
  return row.sealed.length === 0;
}

/** Whether `open` was made of `row`, so that the plaintext fields of both are the same. */
export function isOpenedFrom(row: PlainRow, open: OpenRow): boolean {
  return open instanceof CachedRow && open.openedFrom === row;
}

/** The record that filters see, frozen. */
export function plainRecordOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: PlainRow,
): PlainRecord<S, E> {
  const cached = isReadBy(table, row) ? row : null;
  if (cached !== null && cached.plain !== null) return cached.plain;
  const { id, createdAt, updatedAt } = row;
  const record = cached === null ? Object.freeze({ id, ...row.values, createdAt, updatedAt }) : cached.values;
  if (!isPlainRecord(table, record)) throw new TypeError(UNKNOWN_MEMBER);
  if (cached !== null) {
    cached.plain = record;
    // With nothing sealed or missing the plain record, whose members stand in the table's order, is the whole record.
    const isWhole = isOpenRow(row) && row.unreadable.length === 0 && table.withheld === undefined;
    if (isWhole && isStoredRecord(table, record)) cached.stored = record;
  }
  return record;
}

/** The record that tools see. `clipped` names the text fields that were cut. */
export function storedRecordOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: OpenRow,
  clipped: readonly string[] = NONE,
): StoredRecord<S> {
  const cached = clipped.length === 0 && row.unreadable.length === 0 && isReadBy(table, row) ? row : null;
  if (cached !== null) {
    if (cached.stored === null && cached.openedFrom === null) plainRecordOf(table, row);
    if (cached.stored !== null) return cached.stored;
  }
  const { id, createdAt, updatedAt } = row;
  const record = cached !== null && table.withheld === undefined ? cached.values : {
    id,
    ...inOrder(table, row.values),
    createdAt,
    updatedAt,
    ...(row.unreadable.length > 0 ? { unreadable: row.unreadable } : {}),
    ...(clipped.length > 0 ? { clipped } : {}),
    ...(table.withheld === undefined ? {} : { withheld: table.withheld }),
  };
  if (!isStoredRecord(table, record)) throw new TypeError(UNKNOWN_MEMBER);
  if (cached !== null) Object.freeze(cached.stored = record);
  return record;
}

/** A row that later calls get again, with the records that were made of it. A class, since there is one object per record. */
class CachedRow<
  S extends Shape,
  E extends keyof S & string,
  Sealed extends readonly unknown[] = readonly unknown[],
> implements PlainRow {
  readonly id: string;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly values: PlainRow["values"];
  readonly unreadable: readonly string[];
  readonly sealed: Sealed;
  /** The table by which the row was read. */
  readonly table: Table<S, E>;
  /** The plain row that this open row was made of. Null: this is a plain row. */
  readonly openedFrom: PlainRow | null;
  size: RowSize | null = null;
  /** What {@link plainRecordOf} has made of the row. */
  plain: PlainRecord<S, E> | null = null;
  /** What {@link storedRecordOf} has made of the row, uncut and with every field readable. */
  stored: StoredRecord<S> | null = null;
  /** What {@link rowWithFields} has made of the row last. */
  part: { readonly names: readonly string[]; readonly row: OpenRow } | null = null;

  constructor(
    table: Table<S, E>,
    { id, createdAt, updatedAt }: RecordBase,
    { values, unreadable, sealed }: { readonly sealed: Sealed } & Pick<PlainRow, "values" | "unreadable">,
    openedFrom: PlainRow | null,
  ) {
    this.id = id;
    this.createdAt = createdAt;
    this.updatedAt = updatedAt;
    this.values = values;
    this.unreadable = unreadable;
    this.sealed = sealed;
    this.table = table;
    this.openedFrom = openedFrom;
  }
}

/** Whether a row was read by this very table, so that the records kept with it have the form of this table. */
function isReadBy<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: object | null,
): row is CachedRow<S, E> {
  return row instanceof CachedRow && row.table === table;
}

/** The values of a row that is kept, as a record: `put` puts each field of the table there, in the table's order. */
function recordValues<S extends Shape>(
  table: { readonly row: z.ZodObject<S> },
  { id, createdAt, updatedAt }: RecordBase,
  put: (name: string, values: Record<string, unknown>) => void,
): PlainRow["values"] {
  const values: Record<string, unknown> = { id };
  for (const name of Object.keys(table.row.shape)) put(name, values);
  values.createdAt = createdAt;
  values.updatedAt = updatedAt;
  deepFreeze(values);
  return values;
}

/** Puts a field where it belongs: with the values, or with the unreadable names. */
function readField<S extends Shape>(
  table: { readonly row: z.ZodObject<S> },
  name: string,
  field: FieldValue,
  values: Record<string, unknown>,
  unreadable: string[],
): void {
  const schema = table.row.shape[name];
  const fitted = field.ok && schema !== undefined ? fitValue(schema, field.value) : field;
  if (!fitted.ok) unreadable.push(name);
  else if (fitted.value !== undefined) values[name] = fitted.value;
}

/** Most rows have no unreadable and many no sealed field: those share one empty array. */
const frozen = <T>(items: readonly T[]): readonly T[] => items.length === 0 ? NONE : Object.freeze(items);
