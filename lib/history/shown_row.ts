// One changed record as a page shows it to the person: what it is called, and each field before and after. Made of what is stored, never
// of the words of whoever changed it. The approvals, the time line and the undo show the same rows.
import { type Cipher, isSealed, looksSealed } from "../sealing/cipher.ts";
import type { Keyring } from "../sealing/keyring.ts";
import { type FieldValue, ValueOpener } from "../sealing/value_opener.ts";
import type { Caller } from "../people/principal.ts";
import { isJsonObject } from "../kit/json.ts";
import { fieldTexts } from "./field_texts.ts";
import { titleOf, titleValues } from "./record_title.ts";
import { fieldWords, type TableName, type TableNames } from "./table_names.ts";

/** What happens to a record. A restored one was deleted before. */
export type RowOp = "insert" | "update" | "delete" | "restore";

/** A change of one record by what is stored, sealed fields closed. */
export interface StoredRow {
  readonly app: string;
  readonly table: string;
  readonly id: string;
  readonly op: RowOp;
  /** Every field of the record as it was before; null where there was none, or where nobody knows. */
  readonly before: ReadonlyMap<string, unknown> | null;
  /** The fields that the change writes, by name or by path (`schedule.days`). A deletion writes none. */
  readonly after: ReadonlyMap<string, unknown>;
}

/** A changed record in words. */
export interface ShownRow {
  readonly app: string;
  readonly table: string;
  readonly id: string;
  /** What one record of the table is called: `note`. */
  readonly record: string;
  /** Null where the record has none, or where it cannot be read. */
  readonly title: string | null;
  readonly op: RowOp;
  /** At most {@link MAX_SHOWN_FIELDS}. Of a deletion what the record held. */
  readonly fields: readonly ShownField[];
  /** How many fields there are. */
  readonly fieldCount: number;
}

/** A field before and after. Null where it holds nothing. */
export interface ShownField {
  /** In words: `due date`. */
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  /** A value of the field is sealed, and no key here opens it: the person's own app does. */
  readonly isSealed?: true;
}

/** Fields that are shown of one record. */
export const MAX_SHOWN_FIELDS = 20;

/** Puts changes into words, for one person. */
export interface RowShower {
  /**
   * One row for each change, in order. A person whose key no server may use sees sealed fields as sealed. Throws what `Keyring.key` throws
   * where the vault does not answer.
   */
  show(caller: Caller, rows: readonly StoredRow[], signal: AbortSignal): Promise<ShownRow[]>;
}

/** Keeps nothing of what it opens. */
export function createRowShower(deps: RowShowerDeps): RowShower {
  return Object.freeze({
    async show(caller: Caller, rows: readonly StoredRow[], signal: AbortSignal) {
      const closed = rows.map((row) => closedRow(row, deps.names.of(row.app, row.table)));
      const opened = await openAll(deps, caller, signal, closed.flatMap(valuesOf));
      return closed.map((row) => shownRow(row, opened));
    },
  });
}

/** Dependencies of {@link createRowShower}. */
export interface RowShowerDeps {
  readonly keyring: Pick<Keyring, "key" | "renew">;
  readonly cipher: Cipher;
  readonly names: TableNames;
}

/** A row with the values that are shown of it, as they are stored. */
interface ClosedRow {
  readonly row: StoredRow;
  readonly record: string;
  /** What may name the record, the best first. */
  readonly titles: readonly (readonly unknown[])[];
  readonly fields: readonly ClosedField[];
  readonly fieldCount: number;
}

interface ClosedField {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

function closedRow(row: StoredRow, { record, fields: known }: TableName): ClosedRow {
  const { op, before, after } = row;
  const isWhole = op === "insert" || op === "delete" || op === "restore";
  const values = isWhole && after.size === 0 ? before ?? after : after;
  const names = [...values.keys()].filter((name) => !UNSHOWN.has(name) && !(isWhole && name === "visibility"))
    .sort((one, other) => placeOf(known, one) - placeOf(known, other));
  const all = names.map((name): ClosedField => ({
    name,
    before: op === "insert" || before === null ? undefined : valueAt(before, name),
    after: op === "delete" ? undefined : values.get(name),
  })).filter((field) => !isWhole || !isBlank(field.before) || !isBlank(field.after));
  const named = op === "insert" || before === null ? after : before;
  return {
    row,
    record,
    titles: titleValues(named),
    fields: all.slice(0, MAX_SHOWN_FIELDS),
    fieldCount: all.length,
  };
}

function valuesOf({ titles, fields }: ClosedRow): unknown[] {
  return [...titles.flat(), ...fields.flatMap(({ before, after }) => [before, after])];
}

/** What was opened, by ciphertext. */
type Opened = ReadonlyMap<unknown, FieldValue>;

async function openAll(
  { keyring, cipher }: RowShowerDeps,
  caller: Caller,
  signal: AbortSignal,
  values: readonly unknown[],
): Promise<Opened> {
  const sealed = [...new Set(values.filter(isSealed))];
  if (sealed.length === 0) return new Map();
  // A space that is not sealed: without a key everything else is still shown, and the vault is not asked anew for what stays closed.
  const space = { id: "", kind: "unknown", sealed: false, storedAs: new Set<string>() } as const;
  const opener = new ValueOpener({
    keyring,
    cipher,
    requireSealed: false,
    plainTextsOccur: true,
    scope: { caller, space, signal },
  });
  const results = await opener.open(sealed);
  return new Map(sealed.map((text, index) => [text, results[index] ?? CLOSED]));
}

function shownRow({ row, record, titles, fields, fieldCount }: ClosedRow, opened: Opened): ShownRow {
  const { app, table, id, op } = row;
  const shown = fields.map((field) => shownField(field, opened));
  // An app sends lists again that it did not change, and what is sealed anew has other letters each time.
  const changed = shown.filter(({ before, after, isSealed }) => isSealed || before !== after);
  return {
    app,
    table,
    id,
    record,
    title: titleOf(titles.map((group) => group.map((value) => plainOf(openedValue(value, opened))))),
    op,
    fields: changed,
    fieldCount: fieldCount - (shown.length - changed.length),
  };
}

function shownField({ name, ...field }: ClosedField, opened: Opened): ShownField {
  const before = openedValue(field.before, opened);
  const after = openedValue(field.after, opened);
  return {
    name: fieldWords(name),
    ...fieldTexts(plainOf(before), plainOf(after)),
    ...(before.ok && after.ok ? {} : { isSealed: true as const }),
  };
}

function plainOf(value: FieldValue): unknown {
  return value.ok ? value.value : null;
}

function openedValue(value: unknown, opened: Opened): FieldValue {
  if (!looksSealed(value)) return { ok: true, value };
  return opened.get(value) ?? CLOSED;
}

/** The value of a field, or under a path into a field. */
function valueAt(values: ReadonlyMap<string, unknown>, path: string): unknown {
  if (values.has(path)) return values.get(path);
  const [field = "", ...parts] = path.split(".");
  let value = values.get(field);
  for (const part of parts) {
    value = isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}

/** Whether a value tells nothing where a whole record is shown: new records are full of them. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === false ||
    (Array.isArray(value) && value.length === 0);
}

/** Known fields in their order, then all others as they come. */
function placeOf(known: readonly string[], name: string): number {
  const place = known.indexOf(name.split(".")[0] ?? name);
  return place === -1 ? known.length : place;
}

const CLOSED: FieldValue = { ok: false };
/** The gateway sets these; `deletedAt` is what a row's `op` says. */
const UNSHOWN: ReadonlySet<string> = new Set([
  "id",
  "spaceId",
  "authorId",
  "userId",
  "createdAt",
  "updatedAt",
  "deletedAt",
]);
