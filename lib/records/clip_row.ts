// Cuts records so that they fit into a result: long texts never inside a character, lists after an item. Knows no page and no
// cursor (result_page.ts); a long text that is read on from an offset is record_portion.ts.

import { MAX_LISTED_FIELD_CHARS, MAX_ROWS_BYTES, MAX_ROWS_TOKENS } from "../kit/limits.ts";
import { safeEnd } from "../kit/safe_end.ts";
import { utf8Bytes } from "../kit/bytes/utf8_bytes.ts";
import type { Shape, StoredRecord, Table } from "./define_table.ts";
import { estimateModelTokens } from "../kit/estimate_model_tokens.ts";
import { type OpenRow, ownRowOf, type RowSize, storedRecordOf } from "./row.ts";

/** How much a record may take, and to what its fields are cut at first. */
export interface ClipLimits {
  /** Of its JSON, with every escape. */
  readonly rowBytes: number;
  readonly rowTokens: number;
  readonly fieldChars: number;
}

const LISTED: ClipLimits = Object.freeze({
  rowBytes: MAX_ROWS_BYTES,
  rowTokens: MAX_ROWS_TOKENS,
  fieldChars: MAX_LISTED_FIELD_CHARS,
});

const SINGLE: ClipLimits = Object.freeze({ ...LISTED, fieldChars: 2 * MAX_LISTED_FIELD_CHARS });

/** Fields are not cut to less than this: a record that is still too large then has too many fields. */
const MIN_FIELD_CHARS = 16;

/**
 * The record of a row for a result, and its size. Fields above {@link MAX_LISTED_FIELD_CHARS} are cut; all of them shorter
 * where the record would not fit into a result otherwise. A cut field is named in `clipped`.
 */
export function clipRow<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: OpenRow,
): ClippedRow<S> {
  // Writing a record down to measure it is most of what listing it costs.
  if (row.size !== null) {
    const record = storedRecordOf(table, row);
    return { record, size: row.size, told: record };
  }
  const { record, size, isWhole } = clipTo(
    LISTED,
    row.values,
    (values, clipped) =>
      storedRecordOf(table, clipped.length === 0 ? row : ownRowOf(row, values, row.unreadable), clipped),
  );
  if (isWhole) row.size = size;
  return { record, size, told: record };
}

/** A record for a result. */
export interface ClippedRow<S extends Shape> {
  readonly record: StoredRecord<S>;
  readonly size: RowSize;
  /** What an account of what was handed out is told: the record. */
  readonly told: StoredRecord<S>;
}

/**
 * The record of a row that is read by itself: whole where it fits into a result, whatever the length of one field. The record as
 * {@link clipRow} otherwise.
 */
export function fittingRecord<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: OpenRow,
): StoredRecord<S> {
  return clipTo(
    SINGLE,
    row.values,
    (values, clipped) =>
      storedRecordOf(table, clipped.length === 0 ? row : ownRowOf(row, values, row.unreadable), clipped),
  ).record;
}

/** A record that a tool sees, cut as in a listing. Cut fields are named in `clipped`. */
export function clipRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return clipTo(
    LISTED,
    record,
    (values, clipped) => clipped.length === 0 ? values : { ...values, clipped: [...clipped] },
  ).record;
}

/** The record that `recordOf` makes of values, which are cut until it fits. `isWhole`: nothing had to be cut. */
export function clipTo<R extends object>(
  limits: ClipLimits,
  given: Readonly<Record<string, unknown>>,
  recordOf: (values: Record<string, unknown>, clipped: readonly string[]) => R,
): { readonly record: R; readonly size: RowSize; readonly isWhole: boolean } {
  for (let max = limits.fieldChars;; max = Math.floor(max / 2)) {
    const { values, clipped } = clipValues(given, max);
    const record = recordOf(values, clipped);
    const json = JSON.stringify(record);
    const size = { bytes: utf8Bytes(json) + 1, tokens: estimateModelTokens(json) + 1 };
    const fits = size.bytes <= limits.rowBytes && size.tokens <= limits.rowTokens;
    if (fits || max < MIN_FIELD_CHARS) return { record, size, isWhole: clipped.length === 0 };
  }
}

/** Values of fields, each cut to `maxChars`, and the names of those that were. */
function clipValues(
  given: Readonly<Record<string, unknown>>,
  maxChars: number,
): { readonly values: Record<string, unknown>; readonly clipped: string[] } {
  const values: Record<string, unknown> = {};
  const clipped: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const cut = beginningOf(value, maxChars);
    if (cut !== value) clipped.push(name);
    if (cut !== undefined) values[name] = cut;
  }
  return { values, clipped };
}

/** The beginning of a value, or the value itself when it is short enough; undefined for an object, which has no beginning. */
function beginningOf(value: unknown, maxChars: number): unknown {
  if (typeof value === "string") {
    return value.length <= maxChars ? value : value.slice(0, safeEnd(value, maxChars));
  }
  if (typeof value !== "object" || value === null) return value;
  if (JSON.stringify(value).length <= maxChars) return value;
  if (!Array.isArray(value)) return undefined;
  const items: unknown[] = [];
  let chars = 2;
  for (const item of value) {
    chars += JSON.stringify(item).length + 1;
    if (chars > maxChars) break;
    items.push(item);
  }
  return items;
}
