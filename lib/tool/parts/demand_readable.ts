// Refuses to make a new value out of a stored one that cannot be read: a counter would start at 0 again, an object would lose
// what it holds.

import { Refused } from "../../kit/errors.ts";

/** Throws Refused `record-unreadable` where one of these fields of a record cannot be read. */
export function demandReadable(
  table: { readonly record: string },
  { unreadable = [] }: { readonly unreadable?: readonly string[] },
  names: readonly string[],
): void {
  const fields = names.filter((name) => unreadable.includes(name));
  if (fields.length > 0) throw new Refused({ reason: "record-unreadable", record: table.record, fields });
}
