// Which fields a patch changes, and what is written of them: those that the table knows, by their schema, and that are not what
// is stored already. Inside a plain object only what changes is written, as the web app does (sync contract section 12).

import { z } from "zod";
import { isPathPart } from "../../changes/folded/field_paths.ts";
import { isJsonObject, isSameJson, type JsonObject } from "../../kit/json.ts";
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
    if (changedPaths(name, current.values[name], parsed).length > 0) changed.set(name, parsed);
  }
  return changed;
}

/** The members that have a value: `undefined` is not JSON and means "leave it". */
export function definedMembers(object: object): Map<string, unknown> {
  return new Map(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** A value and the path that it is written to. */
export type WrittenPath = readonly [path: string, value: unknown];

/**
 * What has to be written so that a field, or what is at a path, becomes `after`: the whole, or where both values are objects, the
 * keys that differ. A key that goes is written as null; null and absent are the same. A list is written whole. So a key that the
 * table's schema does not know stays as it is, and so does what another device changes beside.
 */
export function changedPaths(path: string, before: unknown, after: unknown): readonly WrittenPath[] {
  if (isSameJson(before, after)) return [];
  const whole: readonly WrittenPath[] = [[path, after]];
  if (!isJsonObject(before) || !isJsonObject(after)) return whole;
  const written: WrittenPath[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, value] = [memberOf(before, key), memberOf(after, key)];
    const paths = changedPaths(`${path}.${key}`, old, value);
    // Receivers would take the key for a path of its own, or not at all.
    if (paths.length > 0 && !isPathPart(key)) return whole;
    written.push(...paths);
  }
  return written;
}

function memberOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] ?? null : null;
}
