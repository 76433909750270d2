import { MAX_LISTED_FIELD_CHARS } from "../limits.ts";
import { type Draft, toStored } from "./draft.ts";
import type { Shape, StoredRecord, Table } from "./table.ts";

/** A record for a result: text longer than {@link MAX_LISTED_FIELD_CHARS} is cut, never inside a character. */
export function clip<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
): StoredRecord<S> {
  const { values, clipped } = clipValues(draft.values, MAX_LISTED_FIELD_CHARS);
  return toStored(table, { ...draft, values }, clipped);
}

/** Values of fields, long texts cut to `maxChars`, and the names of these. */
export function clipValues(
  given: Readonly<Record<string, unknown>>,
  maxChars: number,
): { readonly values: Record<string, unknown>; readonly clipped: string[] } {
  const clipped: string[] = [];
  const values: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string" || value.length <= maxChars) continue;
    const end = value.codePointAt(maxChars - 1) ?? 0;
    values[name] = value.slice(0, end > 0xffff ? maxChars - 1 : maxChars);
    clipped.push(name);
  }
  return { values, clipped };
}
