import type { ActiveSpace } from "../spaces/active_space.ts";
import type { RecordView } from "./live_records.ts";

/** Private rows show to their author only; a row without space or under the sentinel is the person's own anyway. */
export function isPrivate(view: RecordView, space: ActiveSpace, subject: string): boolean {
  return space.kind !== "personal" && view.cell("visibility")?.value === "private" &&
    view.storedAs !== "" && !view.storedAs.startsWith("_personal:") &&
    view.cell("authorId")?.value !== subject;
}
