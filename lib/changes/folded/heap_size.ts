// What values take in memory, estimated from how V8 lays them out (64 bits, no compressed pointers). The bound on memory rests on
// it, so an estimate is never much less than the real heap: for records as the apps write them it is one to two times the heap,
// and never under half of it, whatever a row is made of. tests/changes/heap_size_test.ts measures both.

import type { JsonObject } from "../../kit/json.ts";

/** What live_records.ts and records/row.ts keep of a record besides values. */
export const LIVE_RECORD_BYTES = 340;
/** A record's place in the table, and one live record of it. */
export const RECORD_BYTES = 100 + LIVE_RECORD_BYTES;
/** A layer of a record. */
export const LAYER_BYTES = 118;
/** The map of a layer's cells. */
export const CELLS_BYTES = 200;
/** A cell and its place in the map. */
export const CELL_BYTES = 80;
/** An object that is made on the way to a value under a path, with its key. */
export const PATH_PART_BYTES = 150;
const WORD = 8;
const OBJECT_BYTES = 48;

/** Anything but Latin-1 makes a string two bytes a character. */
const WIDE = /[\u0100-\uffff]/;

/** A string, in bytes: 16 bytes and its characters, in whole words. */
export function sizeOfText(text: string): number {
  const bytes = WIDE.test(text) ? 2 * text.length : text.length;
  return 2 * WORD + Math.ceil(bytes / WORD) * WORD;
}

/** A JSON value, in bytes, without the word that points to it. Objects and arrays count twice: a plain row has its own copies of them. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return sizeOfText(value);
  if (typeof value === "number") return 2 * WORD;
  if (typeof value !== "object" || value === null) return 0;
  let bytes = 2 * OBJECT_BYTES;
  if (Array.isArray(value)) {
    for (const member of value) bytes += 2 * WORD + sizeOf(member);
    return bytes;
  }
  for (const [name, member] of Object.entries(value)) bytes += 2 * WORD + sizeOfText(name) + sizeOf(member);
  return bytes;
}

/** Named fields of a record, in bytes. */
export function sizeOfFields(fields: JsonObject): number {
  let bytes = OBJECT_BYTES;
  // Records of one form share the names, but one byte per character is counted in any case.
  for (const name of Object.keys(fields)) bytes += WORD + name.length + sizeOf(fields[name]);
  return bytes;
}
