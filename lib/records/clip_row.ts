import { MAX_LISTED_FIELD_CHARS, MAX_ROWS_BYTES, MAX_ROWS_TOKENS } from "../kit/limits.ts";
import { estimateModelTokens } from "./estimate_tokens.ts";
import { type Draft, keepSize, type RowSize, sizeOf, toStored } from "./row.ts";
import type { Shape, StoredRecord, Table } from "./table.ts";
import { safeEnd } from "../kit/safe_text_end.ts";
import { utf8Bytes } from "../kit/utf8_bytes.ts";

/** Below this a field is not cut any further: what is still too large then has too many fields. */
const MIN_FIELD_CHARS = 16;

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

/** A record for a result: {@link clipSized} without its size. */
export function clip<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
): StoredRecord<S> {
  return clipSized(table, draft).row;
}

/**
 * A record for a result, and its size. A long field is cut, text never inside a character, lists after an item; all of
 * them shorter where the row would not fit into a result otherwise. A cut field is named in `clipped`.
 */
export function clipSized<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
): { readonly row: StoredRecord<S>; readonly size: RowSize } {
  // Writing a row down to measure it is most of what listing it costs.
  const known = sizeOf(draft);
  if (known !== null) return { row: toStored(table, draft), size: known };
  const { row, size, isWhole } = clipTo(
    LISTED,
    draft.values,
    (values, clipped) => toStored(table, { ...draft, values }, clipped),
  );
  if (isWhole) keepSize(draft, size);
  return { row, size };
}

/** What {@link clipTo} makes. */
export interface Clipped<R> {
  readonly row: R;
  readonly size: RowSize;
  /** Whether nothing had to be cut. */
  readonly isWhole: boolean;
}

/** The row that `rowOf` makes of values that are cut until it fits. */
export function clipTo<R extends object>(
  limits: ClipLimits,
  given: Readonly<Record<string, unknown>>,
  rowOf: (values: Record<string, unknown>, clipped: readonly string[]) => R,
): Clipped<R> {
  for (let max = limits.fieldChars;; max = Math.floor(max / 2)) {
    const { values, clipped } = clipValues(given, max);
    const row = rowOf(values, clipped);
    const json = JSON.stringify(row);
    const size = { bytes: utf8Bytes(json) + 1, tokens: estimateModelTokens(json) + 1 };
    const fits = size.bytes <= limits.rowBytes && size.tokens <= limits.rowTokens;
    if (fits || max < MIN_FIELD_CHARS) return { row, size, isWhole: clipped.length === 0 };
  }
}

/** A record that a tool sees, cut as in a listing; what was cut is named in `clipped`. */
export function clipRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return clipTo(
    LISTED,
    record,
    (values, clipped) => clipped.length === 0 ? values : { ...values, clipped: [...clipped] },
  ).row;
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

/** A value's beginning, or the same value when it is short enough; undefined where a value has no beginning. */
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
