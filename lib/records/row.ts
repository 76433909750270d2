import { z } from "zod";
import { deepFreeze } from "../kit/deep_freeze.ts";
import type { FieldValue } from "../sealing/value_opener.ts";
import type { PlainRecord, RecordBase, Shape, StoredRecord, Table } from "./table.ts";
import type { LiveRecord } from "../changes/live_records.ts";

/**
 * A record on its way from what is stored to what a tool sees. Taken from the live log in one go: what is opened later
 * belongs to the same moment as what the filters saw.
 */
export interface Draft extends RecordBase {
  /** Fields of the row that could be read so far, by name (names of the table, never of the data). */
  readonly values: Readonly<Record<string, unknown>>;
  readonly unreadable: readonly string[];
  /** Stored values of the sealed fields, in the order of `table.encrypted`, still to be opened. */
  readonly sealed: readonly unknown[];
}

/** How much of a result a row takes. */
export interface RowSize {
  /** As JSON in UTF-8. */
  readonly bytes: number;
  /** Estimated on the high side. */
  readonly tokens: number;
}

/** A draft that is remembered, and with it what was made of it. */
abstract class Remembered implements Draft {
  readonly id: string;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  readonly unreadable: readonly string[];
  readonly sealed: readonly unknown[];
  /** The table it was read by. */
  readonly table: object;
  /** See {@link sizeOf}. */
  size: RowSize | null = null;

  constructor(
    { id, createdAt, updatedAt }: RecordBase,
    table: object,
    { values, unreadable, sealed }: Pick<Draft, "values" | "unreadable" | "sealed">,
  ) {
    this.id = id;
    this.createdAt = createdAt;
    this.updatedAt = updatedAt;
    this.values = values;
    this.unreadable = unreadable;
    this.sealed = sealed;
    this.table = table;
  }
}

/** A draft of a view, remembered with it: the next call that looks at the same record finds it made. */
class KeptDraft extends Remembered {
  /** What {@link toPlain} makes of it, and {@link toStored} where nothing of it is sealed or missing. */
  plain: object | null = null;
}

/** A draft with its sealed fields opened; whoever keeps what was opened keeps it along. */
class OpenedDraft extends Remembered {
  /** The draft it was made of. */
  readonly of: Draft;
  /** What {@link toStored} makes of it, where nothing of it is missing. */
  stored: object | null = null;

  constructor(of: Draft, table: object, opened: Pick<Draft, "values" | "unreadable">) {
    super(of, table, { ...opened, sealed: of.sealed });
    this.of = of;
  }
}

/** Whether `opened` is `draft` with its sealed fields opened, so that its plaintext fields are the same. */
export function isOpened(opened: Draft | null, draft: Draft): opened is Draft {
  return opened instanceof OpenedDraft && opened.of === draft;
}

/** The size of a draft's row, uncut, where it was measured before; null for one that was not. */
export function sizeOf(draft: Draft): RowSize | null {
  return draft instanceof Remembered ? draft.size : null;
}

/** Remembers a size for {@link sizeOf}, as long as the draft itself is remembered. */
export function keepSize(draft: Draft, size: RowSize): void {
  if (draft instanceof Remembered) draft.size = size;
}

const NONE: readonly never[] = Object.freeze([]);

/**
 * Reads the plaintext fields of a stored record; those that do not fit the row's schema are unreadable. Made once per
 * state of the record and frozen: later calls get the same.
 */
export function draftOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  view: LiveRecord,
): Draft {
  if (view.plainRow instanceof KeptDraft && view.plainRow.table === table) return view.plainRow;
  const values: Record<string, unknown> = {};
  const unreadable: string[] = [];
  for (const name of Object.keys(table.row.shape)) {
    if (table.encryptedSet.has(name)) continue;
    place(table, name, { ok: true, value: view.cell(name)?.value }, values, unreadable);
  }
  deepFreeze(values);
  const sealed = table.encrypted.map((name) => view.cell(name)?.value);
  const { id, createdAt } = view;
  const draft = new KeptDraft({ id, createdAt, updatedAt: view.updatedAt() }, table, {
    values,
    unreadable: unreadable.length === 0 ? NONE : Object.freeze(unreadable),
    sealed: sealed.length === 0 ? NONE : Object.freeze(sealed),
  });
  view.plainRow = draft;
  return draft;
}

/** The same with its sealed fields, given in the order of `draft.sealed`. */
export function withOpened<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
  opened: readonly FieldValue[],
): Draft {
  const values: Record<string, unknown> = { ...draft.values };
  const unreadable = [...draft.unreadable];
  table.encrypted.forEach((name, index) =>
    place(table, name, opened[index] ?? { ok: false }, values, unreadable)
  );
  deepFreeze(values);
  return new OpenedDraft(draft, table, { values, unreadable: Object.freeze(unreadable) });
}

function place<S extends Shape>(
  table: { readonly row: z.ZodObject<S> },
  name: string,
  field: FieldValue,
  values: Record<string, unknown>,
  unreadable: string[],
): void {
  const schema = table.row.shape[name];
  const fitted = field.ok && schema !== undefined ? fit(schema, field.value) : field;
  if (!fitted.ok) unreadable.push(name);
  else if (fitted.value !== undefined) values[name] = fitted.value;
}

/** A stored value by the field's schema. No value (null or missing) is whichever of the two the schema knows. */
function fit(schema: z.core.$ZodType, value: unknown): FieldValue {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return { ok: true, value: parsed.data };
  if (value !== undefined && value !== null) return { ok: false };
  const other = z.safeParse(schema, value === null ? undefined : null);
  return other.success ? { ok: true, value: other.data } : { ok: false };
}

/** The record that filters see, frozen. */
export function toPlain<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
): PlainRecord<S, E> {
  if (draft instanceof KeptDraft && isPlainOf(table, draft, draft.plain)) return draft.plain;
  const record = { id: draft.id, ...draft.values, createdAt: draft.createdAt, updatedAt: draft.updatedAt };
  if (!isPlain(table, record)) {
    throw new TypeError("Cannot show a record: it has a member its table does not know");
  }
  Object.freeze(record);
  if (draft instanceof KeptDraft && draft.table === table) draft.plain = record;
  return record;
}

/** The record that tools see. `clipped` names text fields that were cut. */
export function toStored<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
  clipped: readonly string[] = [],
): StoredRecord<S> {
  if (draft instanceof KeptDraft && clipped.length === 0) {
    const plain = toPlain(table, draft);
    if (isWhole(table, draft, plain)) return plain;
  }
  if (draft instanceof OpenedDraft && clipped.length === 0 && isStoredOf(table, draft, draft.stored)) {
    return draft.stored;
  }
  const record = {
    id: draft.id,
    ...inOrder(table, draft.values),
    createdAt: draft.createdAt,
    updatedAt: draft.updatedAt,
    ...(draft.unreadable.length > 0 ? { unreadable: draft.unreadable } : {}),
    ...(clipped.length > 0 ? { clipped } : {}),
  };
  if (isStored(table, record)) {
    if (draft instanceof OpenedDraft && draft.unreadable.length === 0 && clipped.length === 0) {
      draft.stored = Object.freeze(record);
    }
    return record;
  }
  throw new TypeError("Cannot show a record: it has a member its table does not know");
}

/** Members in the order of the table: the same record always reads the same. */
function inOrder<S extends Shape>(
  table: { readonly row: z.ZodObject<S> },
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(table.row.shape)) {
    if (Object.hasOwn(values, name)) ordered[name] = values[name];
  }
  return ordered;
}

const BASE: ReadonlySet<string> = new Set(["id", "createdAt", "updatedAt", "unreadable", "clipped"]);

// Every member was put there under a name of the table and by that name's schema; these two say so to the compiler.
function isPlain<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  record: object,
): record is PlainRecord<S, E> {
  return Object.keys(record).every((name) =>
    BASE.has(name) || (name in table.row.shape && !table.encryptedSet.has(name))
  );
}

/** Only {@link toPlain} sets the plain form of a draft, after it was checked by the draft's table. */
function isPlainOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: KeptDraft,
  plain: object | null,
): plain is PlainRecord<S, E> {
  return plain !== null && draft.table === table;
}

/** Whether the plain form, whose members stand in the order of the table already, is all there is of a record. */
function isWhole<S extends Shape, E extends keyof S & string>(
  { encrypted }: Table<S, E>,
  { unreadable }: Draft,
  _plain: PlainRecord<S, E>,
): _plain is PlainRecord<S, E> & StoredRecord<S> {
  return encrypted.length === 0 && unreadable.length === 0;
}

/** Only {@link toStored} sets the stored form of a draft, after it was checked by the draft's table. */
function isStoredOf<S extends Shape>(
  table: { readonly row: z.ZodObject<S> },
  draft: OpenedDraft,
  stored: object | null,
): stored is StoredRecord<S> {
  return stored !== null && draft.table === table;
}

function isStored<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  record: object,
): record is StoredRecord<S> {
  return Object.keys(record).every((name) => BASE.has(name) || name in table.row.shape);
}
