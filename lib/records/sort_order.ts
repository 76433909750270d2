/**
 * Orders of listings as data, so that the place of a row in its order can be written down and found again: what a cursor
 * holds. No I/O.
 */

/** What is sorted by; booleans count as 0 and 1. */
export type SortValue = string | number;

/** One key of an order. */
export interface SortKey<F extends string = string> {
  readonly field: F;
  /** Ascending by default. */
  readonly direction?: "ascending" | "descending";
  /**
   * Stands in for a value that is missing, unreadable or of another type than this one; so all values of a key are of one
   * type.
   */
  readonly missing: string | number | boolean;
}

/**
 * The place of a row in an order: its values by key, then its id, which makes it the only one at its place. Texts count
 * with their first {@link MAX_SORT_CHARS} characters.
 */
export interface Position {
  readonly values: readonly SortValue[];
  readonly id: string;
}

/** Of a text this many characters are sorted by, so that a place is short enough to travel. */
export const MAX_SORT_CHARS = 64;

/** The place of a row. `valueOf` gives the value of a field. */
export function positionOf(
  order: readonly SortKey[],
  id: string,
  valueOf: (field: string) => unknown,
): Position {
  return { values: order.map(({ field, missing }) => sortValueOf(valueOf(field), missing)), id };
}

/** Whether a row comes after the written-down place `after`. */
export function isAfter(order: readonly SortKey[], row: Position, after: Position): boolean {
  return comparePositions(order, row, after) > 0;
}

/** Compares two places. Texts by code unit, so that the order is the same on every host. */
export function comparePositions(order: readonly SortKey[], a: Position, b: Position): number {
  for (let index = 0; index < order.length; index++) {
    const found = compareValues(a.values[index], b.values[index]);
    if (found !== 0) return order[index]?.direction === "descending" ? -found : found;
  }
  return compareValues(a.id, b.id);
}

function sortValueOf(value: unknown, missing: string | number | boolean): SortValue {
  const used = typeof value === typeof missing ? value : missing;
  if (typeof used === "string") return used.slice(0, MAX_SORT_CHARS);
  return Number(used);
}

function compareValues(a: SortValue | undefined, b: SortValue | undefined): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  return 0;
}
