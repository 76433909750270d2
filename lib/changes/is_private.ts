// Who may see a private record of a shared space. The rule stands here once, for lists and for watchers.

import { type ActiveSpace, isOwnRecord } from "../spaces/active_space.ts";
import type { LiveRecord } from "./live_records.ts";

/**
 * Whether `subject` may not see the record: private records show to their author only. A record without a space id or under
 * the sentinel is the person's own anyway.
 */
export function isPrivate(record: LiveRecord, space: ActiveSpace, subject: string): boolean {
  return space.kind !== "personal" && record.cell("visibility")?.value === "private" &&
    !isOwnRecord(record.storedAs) && record.cell("authorId")?.value !== subject;
}
