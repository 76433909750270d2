// What a change wrote, small enough to be kept for many changes: each field with its stamp, and enough of the value to tell whether
// another one is the same. Pure.

import type { Change } from "../../changes/change.ts";

/** One field as a change wrote it. */
export interface WrittenField {
  readonly name: string;
  readonly stamp: string;
  /** Equal for equal values, and for hardly any others; see {@link markOfValue}. */
  readonly mark: string;
}

/** The fields of a record that a change wrote, by name. A deletion is the field `deletedAt`. */
export function* fieldsOf(
  { op, data, deletedAt, fields }: Change,
): Generator<WrittenField> {
  if (op === "delete" || deletedAt !== null) {
    yield { name: DELETION, stamp: deletedAt ?? "", mark: markOfValue(deletedAt ?? true) };
  } else if (op === "insert") {
    const stamp = data?.updatedAt ?? data?.createdAt;
    const written = typeof stamp === "string" ? stamp : "";
    for (const name of Object.keys(data ?? {})) {
      if (!UNTOLD.has(name)) yield { name, stamp: written, mark: markOfValue(data?.[name]) };
    }
  } else {
    for (const { name, value, stamp } of fields ?? []) {
      if (!UNTOLD.has(name)) yield { name, stamp, mark: markOfValue(value) };
    }
  }
}

/** The names of fields that a person is told of. */
export function toldNames(fields: readonly WrittenField[]): string[] {
  return fields.map(({ name }) => name).filter((name) => name !== DELETION);
}

/** The field that says that a record is deleted. */
export const DELETION = "deletedAt";

/** Fields that every record has, which are no news. */
const UNTOLD: ReadonlySet<string> = new Set([
  "id",
  "createdAt",
  "updatedAt",
  "spaceId",
  "authorId",
  "userId",
  "visibility",
]);
/** A value up to this long is its own mark. */
const WHOLE_CHARS = 48;

/**
 * A text that tells a value from another: short values whole, long ones by their length, beginning and end. Two ciphertexts differ
 * in the beginning, which is random.
 */
function markOfValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "null";
  if (text.length <= WHOLE_CHARS) return `${typeof value} ${text}`;
  return `${text.length} ${text.slice(0, WHOLE_CHARS)}…${text.slice(-WHOLE_CHARS)}`;
}

/** The mark of {@link DELETION} of a record that is there. */
export const THERE = markOfValue(null);
