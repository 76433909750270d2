// Paths: the web app names a change inside a plain object by its path (`schedule.time`), with a stamp of its own, and a removed
// key has the value null. What such changes make of the object is decided here. Contract: sync section 12.

import { deepFreeze } from "../../kit/deep_freeze.ts";
import { isDeeperThan, isJsonObject, type JsonObject } from "../../kit/json.ts";
import { MAX_JSON_DEPTH } from "../../kit/limits.ts";
import { type Cell, isNewer } from "./cell.ts";

/** A value that was written under a path. */
export interface PathCell {
  readonly path: string;
  readonly cell: Cell;
}

/** Whether the name in an update leads into a field. */
export function isPath(name: string): boolean {
  return name.includes(".");
}

/** The field that a path leads into; of a field's name the name itself. */
export function fieldOfPath(path: string): string {
  const end = path.indexOf(".");
  return end === -1 ? path : path.slice(0, end);
}

/** Whether one of two paths leads through the other, or both are the same. */
export function areNested(one: string, other: string): boolean {
  return one.length > other.length
    ? one.startsWith(`${other}.`)
    : other === one || other.startsWith(`${one}.`);
}

/** How many parts a path has. */
export function countParts(path: string): number {
  let parts = 1;
  for (let dot = path.indexOf("."); dot !== -1; dot = path.indexOf(".", dot + 1)) parts++;
  return parts;
}

/**
 * Whether a value may be put at a path. Anybody who can write into a space can plant paths: a path without end would make an
 * object that nests without end, and `__proto__` is no key in the readers of other makers.
 */
export function isUsablePath(path: string, value: unknown): boolean {
  const parts = countParts(path);
  if (parts > MAX_JSON_DEPTH || isDeeperThan(value, MAX_JSON_DEPTH - parts)) return false;
  return !path.includes("__proto__") || !path.split(".").includes("__proto__");
}

/** Whether a key of an object can be named in a path. A change of another key is sent with the whole object around the key. */
export function isPathPart(key: string): boolean {
  return key !== "" && !key.includes(".") && key !== "__proto__";
}

/**
 * A field with the values laid over it that were written under paths, in the order of their stamps, on equal stamps in the
 * order of arrival. A value that is older than the whole field does not count. The stamp is the newest of all that count.
 *
 * @param whole the field as last written under its own name; undefined for none
 * @param written in any order
 */
export function layPaths(whole: Cell | undefined, written: readonly PathCell[]): Cell | undefined {
  const counted = whole === undefined ? [...written] : written.filter(({ cell }) => !isNewer(whole, cell));
  const last = counted.sort(compareArrival).at(-1);
  if (last === undefined) return whole;
  const own = new Set<JsonObject>();
  let value = whole?.value;
  for (const { path, cell } of counted) value = putAt(value, path.split("."), 1, cell.value, own);
  deepFreeze(value);
  const newest = whole === undefined || isNewer(last.cell, whole) ? last.cell : whole;
  return { value: value ?? null, stamp: newest.stamp, seq: newest.seq };
}

function compareArrival(one: PathCell, other: PathCell): number {
  if (isNewer(one.cell, other.cell)) return 1;
  if (isNewer(other.cell, one.cell)) return -1;
  // One change that names an object and a key inside it: the object comes first.
  return one.path < other.path ? -1 : 1;
}

/**
 * `node` with a value put at the parts of a path from `index` on; null takes the key away. Where nothing is, an object is made.
 * Nothing leads through a text, a number or a list: a ciphertext stays what it is. Recurses at most {@link MAX_JSON_DEPTH}
 * times.
 *
 * @param own the objects that were made here and may be changed
 */
function putAt(
  node: unknown,
  parts: readonly string[],
  index: number,
  value: unknown,
  own: Set<JsonObject>,
): unknown {
  const object = node ?? {};
  const name = parts[index];
  if (name === undefined || !isJsonObject(object)) return node;
  const before = Object.hasOwn(object, name) ? object[name] : undefined;
  const isLast = index === parts.length - 1;
  const after = isLast ? value ?? undefined : putAt(before, parts, index + 1, value, own);
  if (after === before) return node;
  const copy: Record<string, unknown> = own.has(object) ? object : { ...object };
  if (after === undefined) delete copy[name];
  else copy[name] = after;
  own.add(copy);
  return copy;
}
