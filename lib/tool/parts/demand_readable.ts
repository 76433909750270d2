// Refuses to make a new value out of a stored one that cannot be read: a counter would start at 0 again, an object would lose
// what it holds. What the app's grant withholds is another matter than what nobody can open, and the words say so.

import { Refused } from "../../kit/errors.ts";

/** Throws Refused `grant-excluded` where the grant withholds one of these fields of a record, and `record-unreadable` where it cannot be read. */
export function demandReadable(
  { app, name, record }: { readonly app: string; readonly name: string; readonly record: string },
  { unreadable = [], withheld = [] }: {
    readonly unreadable?: readonly string[];
    readonly withheld?: readonly string[];
  },
  names: readonly string[],
): void {
  const hidden = names.filter((field) => withheld.includes(field));
  if (hidden.length > 0) {
    throw new Refused({
      reason: "grant-excluded",
      what: "withheld",
      collection: `${app}/${name}`,
      fields: hidden,
    });
  }
  const fields = names.filter((field) => unreadable.includes(field));
  if (fields.length > 0) throw new Refused({ reason: "record-unreadable", record, fields });
}
