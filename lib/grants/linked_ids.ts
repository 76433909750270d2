// Which records a link lets through, by id: worked out of the linked table once, for all records at once.
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import { type LiveRecord, liveRecords } from "../changes/live_records.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import { storedValue } from "./field_test.ts";
import type { LinkRule } from "./grant_rules.ts";
import { isVisible } from "./is_visible.ts";

/** Where records are looked for, and for whom. */
export interface AdmissionPlace {
  readonly space: ActiveSpace;
  /** `sub` of the person. */
  readonly subject: string;
}

/**
 * The ids that decide a link: of the records with a linked row that passes, for `none` of those with a linked row that does not. Only
 * rows that the person can see count: a private row of a co-member must not show by what it opens.
 */
export function decidingIds(
  { link: { op, on }, link, test }: LinkRule,
  folded: FoldedTable,
  { space, subject }: AdmissionPlace,
): ReadonlySet<string> {
  const wanted = op !== "none";
  const ids = new Set<string>();
  for (const row of liveRecords(folded, space)) {
    if (test(storedValue(row, link.field)) !== wanted || !isVisible(row, space, subject, null)) continue;
    const id = on === undefined ? row.id : row.cell(on)?.value;
    if (typeof id === "string") ids.add(id);
  }
  return ids;
}

/** Whether a link lets a record through. */
export function passesLink({ link }: LinkRule, ids: ReadonlySet<string>, record: LiveRecord): boolean {
  const isNone = link.op === "none";
  if (link.key === undefined) return ids.has(record.id) !== isNone;
  const id = record.cell(link.key)?.value;
  if (id === undefined || id === null) return isNone;
  return typeof id === "string" && ids.has(id) !== isNone;
}
