import { MAX_LISTED_FIELD_CHARS, MAX_RESULT_CHARS, MAX_RESULT_TOKENS } from "../limits.ts";
import { estimatedTokens } from "../token_estimate.ts";
import { type Draft, keepSize, type RowSize, sizeOf, toStored } from "./draft.ts";
import type { Shape, StoredRecord, Table } from "./table.ts";
import { safeEnd } from "./text_cut.ts";

/** Below this a field is not cut any further: what is still too large then has too many fields. */
const MIN_FIELD_CHARS = 16;

/** A record for a result: {@link clipSized} without its size. */
export function clip<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
): StoredRecord<S> {
  return clipSized(table, draft).row;
}

/**
 * A record for a result, and its size. A field longer than `maxFieldChars` is cut, text never inside a character, lists
 * after an item; all of them shorter where the row would not fit into a result otherwise. A cut field is named in
 * `clipped`.
 */
export function clipSized<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
  maxFieldChars: number = MAX_LISTED_FIELD_CHARS,
): { readonly row: StoredRecord<S>; readonly size: RowSize } {
  // Writing a row down to measure it is most of what listing it costs.
  const known = maxFieldChars === MAX_LISTED_FIELD_CHARS ? sizeOf(draft) : null;
  if (known !== null) return { row: toStored(table, draft), size: known };
  for (let max = maxFieldChars;; max = Math.floor(max / 2)) {
    const { values, clipped } = clipValues(draft.values, max);
    const row = toStored(table, { ...draft, values }, clipped);
    const json = JSON.stringify(row);
    const size = { chars: json.length + 1, tokens: estimatedTokens(json) + 1 };
    if ((size.chars <= MAX_RESULT_CHARS && size.tokens <= MAX_RESULT_TOKENS) || max < MIN_FIELD_CHARS) {
      if (max === MAX_LISTED_FIELD_CHARS && clipped.length === 0) keepSize(draft, size);
      return { row, size };
    }
  }
}

/** Values of fields, each cut to `maxChars`, and the names of those that were. */
export function clipValues(
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
