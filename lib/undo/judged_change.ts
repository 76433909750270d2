// A change of a log as an undo sees it, and the single values that a change writes. Pure. Contract: sync sections 2, 7 and 12.

import type { Change } from "../changes/change.ts";
import { fieldOfPath, isPath, isUsablePath } from "../changes/folded/field_paths.ts";
import { BOOKKEEPING, CLOSED, IMMUTABLE } from "../changes/folded/writable_fields.ts";

/** A change with what was found out about its writer. */
export interface JudgedChange {
  readonly change: Change;
  /**
   * Whether the change is one of those to be undone. `late`: only if its stamps, which are later than the undo's own time, are
   * as late because they had to win over a device whose clock runs ahead.
   */
  readonly isChosen: boolean | "late";
  /** Whether an earlier undo wrote the change: a value that it restored keeps the provenance of the change it comes from. */
  readonly isUndo: boolean;
  /** The call that wrote the change; null where nobody knows. Rows of one call may belong together. */
  readonly call: string | null;
}

/** One value that a change writes. */
export interface WrittenValue {
  /** The name of a field, or a path into it. */
  readonly path: string;
  readonly value: unknown;
  readonly stamp: string;
}

/** The field that says that a record is deleted. */
export const DELETION = "deletedAt";

/** Fields that go with every write: nobody edits them. */
export const GOES_ALONG: ReadonlySet<string> = new Set([
  ...BOOKKEEPING,
  ...IMMUTABLE,
  "createdAt",
  "updatedAt",
]);

/** What a change writes, as the fold takes it (changes/fold.ts). A hard delete writes nothing. */
export function writtenValues({ op, deletedAt, data, fields }: Change): readonly WrittenValue[] {
  if (deletedAt !== null) return [{ path: DELETION, value: deletedAt, stamp: deletedAt }];
  if (op === "insert" && data !== null) {
    const stamp = textOr(data.updatedAt, textOr(data.createdAt, ""));
    return Object.keys(data).filter((name) => !BOOKKEEPING.has(name)).map((path) => ({
      path,
      value: data[path],
      stamp,
    }));
  }
  if (op !== "update" || fields === null) return [];
  return fields.filter(({ name, value }) => isWritten(name, value))
    .map(({ name, value, stamp }) => ({ path: name, value, stamp }));
}

/** Whether the fold takes a field of an update. */
function isWritten(name: string, value: unknown): boolean {
  if (isPath(name)) return !CLOSED.has(fieldOfPath(name)) && isUsablePath(name, value);
  return !BOOKKEEPING.has(name) && !IMMUTABLE.has(name);
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
