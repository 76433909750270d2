// Which fields a patch changes: those that the table knows, by their schema, and that are not what is stored already.

import { z } from "zod";
import { isSameJson } from "../../kit/json.ts";
import type { Shape } from "../define_table.ts";
import type { OpenRow } from "../row.ts";

/** The fields of a patch that differ from the row, parsed. Throws TypeError for a field that the table does not have. */
export function changedFields<S extends Shape>(
  table: { readonly app: string; readonly name: string; readonly row: z.ZodObject<S> },
  current: OpenRow,
  patch: object,
): Map<string, unknown> {
  const changed = new Map<string, unknown>();
  for (const [name, value] of definedMembers(patch)) {
    const schema = table.row.shape[name];
    if (schema === undefined) {
      throw new TypeError(`Cannot update ${table.app}/${table.name}: it has no field ${name}`);
    }
    const parsed: unknown = z.parse(schema, value);
    // A field that could not be read has no value in the row, so it differs.
    if (!isSameJson(parsed, current.values[name])) changed.set(name, parsed);
  }
  return changed;
}

/** The members that have a value: `undefined` is not JSON and means "leave it". */
export function definedMembers(object: object): Map<string, unknown> {
  return new Map(Object.entries(object).filter(([, value]) => value !== undefined));
}
