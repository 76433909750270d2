// Where two values of a field differ: at the field, or at paths into it where both are objects, since other writers may have changed
// another member of the same object. Pure. Contract: sync section 12.

import { isJsonObject, isSameJson } from "../kit/json.ts";
import { MAX_JSON_DEPTH } from "../kit/limits.ts";
import { isPathPart } from "../changes/folded/field_paths.ts";
import { CLOSED } from "../changes/folded/writable_fields.ts";

/** A place where two values differ. */
export interface PathDifference {
  readonly path: string;
  /** Undefined where nothing is, as in {@link other}. */
  readonly one: unknown;
  readonly other: unknown;
}

/** The places where two values of a field differ, each as deep as a path can name it. Null and nothing are the same. */
export function differingPaths(field: string, one: unknown, other: unknown): PathDifference[] {
  const found: PathDifference[] = [];
  compare(field, one, other, CLOSED.has(field) ? MAX_JSON_DEPTH : 1, found);
  return found;
}

function compare(path: string, one: unknown, other: unknown, depth: number, found: PathDifference[]): void {
  if (isSameJson(one ?? null, other ?? null)) return;
  if (isJsonObject(one) && isJsonObject(other) && depth < MAX_JSON_DEPTH) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    if ([...names].every(isPathPart)) {
      for (const name of names) {
        compare(`${path}.${name}`, memberOf(one, name), memberOf(other, name), depth + 1, found);
      }
      return;
    }
  }
  found.push({ path, one, other });
}

function memberOf(object: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
