// The words of the refusal of a write that arrived in part.
import { counted } from "../counted.ts";
import { firstOf, listOf } from "./named_words.ts";

/** A record as a refusal names it: what it is called and its id, never its text. */
export interface NamedRecord {
  readonly record: string;
  readonly id: string;
}

/** A write of several records that did not arrive as a whole. The same call completes it. */
export interface WrittenPartly {
  readonly reason: "write-partly";
  readonly stored: readonly NamedRecord[];
  /** Of which nobody knows whether they were stored. */
  readonly unknown: readonly NamedRecord[];
  readonly missing: readonly NamedRecord[];
  /** For how long. */
  readonly minutes: number;
}

/** What is stored of it, and how the change is completed. */
export function writtenPartly(
  { stored, unknown, missing, minutes }: WrittenPartly,
): string {
  const parts = [["stored", stored], ["not known to be stored", unknown], ["not stored", missing]] as const;
  const named = parts.flatMap(([what, records]) =>
    records.length === 0
      ? []
      : [`${what}: ${firstOf(records, ({ record, id }) => `${record} ${listOf([id])}`)}`]
  );
  return `The sync service did not confirm the whole change (${
    named.join("; ")
  }). Call the tool again with exactly the same ` +
    `arguments within ${counted(minutes, "minute")}: that completes the change and doubles nothing.`;
}
