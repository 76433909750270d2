// Orders of listings as data, so that the place of a row in its order can be written down in a cursor and found again.
// Knows plaintext fields only: what is sorted by goes into cursors, which leave the gateway.

import type { PlainRow } from "./row.ts";

/** What is sorted by. Booleans count as 0 and 1. */
export type SortValue = string | number;

/** One key of an order. */
export interface SortKey<F extends string = string> {
  readonly field: F;
  /** Ascending by default. */
  readonly direction?: "ascending" | "descending";
  /**
   * Stands in for a value that is missing, unreadable or of another type than this one. So all values of a key have one
   * type.
   */
  readonly missing: string | number | boolean;
}

/**
 * The place of a row in an order: its values by key, then its id, so that no other row has the same place. Of a text the
 * first {@link MAX_SORT_CHARS} characters count.
 */
export interface Position {
  readonly values: readonly SortValue[];
  readonly id: string;
}

/** The first characters of a text that count when texts are sorted: a place must be short enough to travel in a cursor. */
export const MAX_SORT_CHARS = 64;

/** The place of a row in an order. */
export function positionOf(
  order: readonly SortKey[],
  row: Pick<PlainRow, "id" | "createdAt" | "updatedAt" | "values">,
): Position {
  const values: SortValue[] = [];
  for (const { field, missing } of order) {
    const value = field === "createdAt" || field === "updatedAt" ? row[field] : row.values[field];
    values.push(sortValueOf(value, missing));
  }
  return { values, id: row.id };
}

/** Whether the place `position` comes after the place `after`. */
export function isAfter(order: readonly SortKey[], position: Position, after: Position): boolean {
  return comparePositions(order, position, after) > 0;
}

/** Compares two places. Texts are compared by code unit, so that the order is the same on every host. */
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
