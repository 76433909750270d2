// Whether a caller may see a record of a space: the one question for lists, single records, watchers and undos.
import type { LiveRecord } from "../changes/live_records.ts";
import { type ActiveSpace, isOwnRecord } from "../spaces/active_space.ts";
import type { Admission } from "./admission.ts";

/**
 * Whether the caller may see the record. Private records of a shared space show to their author only; a record without a space id or
 * under the sentinel is the person's own anyway. Of a caller that a document narrows, the document has to let the record through too.
 *
 * @param admission null for a caller whom scopes alone rule
 */
export function isVisible(
  record: LiveRecord,
  space: ActiveSpace,
  subject: string,
  admission: Admission | null,
): boolean {
  if (
    space.kind !== "personal" && record.cell("visibility")?.value === "private" &&
    !isOwnRecord(record.storedAs) && record.cell("authorId")?.value !== subject
  ) return false;
  return admission === null || admission.admits(record);
}
