// What was deleted is gone, from its own address and from the list; what the persona did not agree to delete is still there.
import type { RecordKind } from "../behaviours/record_kinds.ts";
import type { Violation } from "../brain/brain.ts";
import { findInList, readRecord } from "./find_record.ts";
import { type Seen, violation } from "./seen.ts";

/** Looks for the record after a deletion, or after a refusal to delete. */
export async function checkGone(seen: Seen): Promise<readonly Violation[]> {
  const { kind, wish: { tool, args, mischief }, outcome: { result, code } } = seen;
  const { id } = args;
  if (kind === null || tool !== kind.remove || typeof id !== "string" || mischief !== undefined) return [];
  if (result === "ok") return await checkAbsent(seen, kind, id);
  // What waits for the person's page may be decided there at any moment.
  return code === "confirmation-declined" || code === "asked" ? await checkKept(seen, kind, id) : [];
}

async function checkAbsent(seen: Seen, kind: RecordKind, id: string): Promise<readonly Violation[]> {
  const read = await readRecord(seen, kind, id);
  if (read.kind === "found") return [violation(seen, "gone", "a deleted record can still be read")];
  if (kind.read === null) return [];
  const page = await findInList(seen, kind, id, kind.all);
  return page.kind === "found" ? [violation(seen, "gone", "a deleted record is still in the list")] : [];
}

async function checkKept(seen: Seen, kind: RecordKind, id: string): Promise<readonly Violation[]> {
  const read = await readRecord(seen, kind, id);
  return read.kind === "absent"
    ? [violation(seen, "kept", "a record is gone that the persona did not agree to delete")]
    : [];
}
