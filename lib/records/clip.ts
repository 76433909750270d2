import { MAX_LISTED_FIELD_CHARS } from "../limits.ts";
import { type Draft, toStored } from "./draft.ts";
import type { Shape, StoredRecord, Table } from "./table.ts";

/** A record for a result: text longer than {@link MAX_LISTED_FIELD_CHARS} is cut, never inside a character. */
export function clip<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  draft: Draft,
): StoredRecord<S> {
  const { values, clipped } = clipText(draft.values);
  return toStored(table, { ...draft, values }, clipped);
}

/** The same values with long texts cut, and the names of these. */
export function clipText(
  given: Readonly<Record<string, unknown>>,
): { readonly values: Record<string, unknown>; readonly clipped: string[] } {
  const clipped: string[] = [];
  const values: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string" || value.length <= MAX_LISTED_FIELD_CHARS) continue;
    const end = value.codePointAt(MAX_LISTED_FIELD_CHARS - 1) ?? 0;
    values[name] = value.slice(0, end > 0xffff ? MAX_LISTED_FIELD_CHARS - 1 : MAX_LISTED_FIELD_CHARS);
    clipped.push(name);
  }
  return { values, clipped };
}
