// Tells which records have changed for an app that a document narrows, and never of a record that is kept back before and after. What
// is shown may also change by a row of another table, or by midnight, so it is compared as a whole, after each look.
import type { FoldedTable } from "../../changes/folded/folded_table.ts";
import type { ChangeCache } from "../../changes/change_cache.ts";
import { type LiveRecord, liveRecords } from "../../changes/live_records.ts";
import type { Admission } from "../../grants/admission.ts";
import { isVisible } from "../../grants/is_visible.ts";
import type { Principal } from "../../people/principal.ts";
import type { ActiveSpace } from "../../spaces/active_space.ts";

/**
 * Watches the records of one table, until `end`. Tells nothing by itself: whoever watches reads the table, and what decides about it, and
 * then looks.
 */
export function watchNarrowed(target: NarrowedWatchTarget): NarrowedWatch {
  const { principal, table } = target;
  /** Records that changes have touched since the last look, each with how many have altered it. */
  const touched = new Map<string, number>();
  let shown: ReadonlySet<string> | null = null;
  let isRebuilt = false;
  const end = target.changes.watch(principal, table.app, table.name, {
    space: target.spaceId,
    stale: target.onStale,
    before: (_folded, id) => void touched.set(id, (touched.get(id) ?? 0) + 1),
    unaltered: (id) => void touched.set(id, (touched.get(id) ?? 1) - 1),
    after() {},
    rebuilt() {
      isRebuilt = true;
    },
  });
  return Object.freeze({
    end,
    look(folded: FoldedTable, space: ActiveSpace, admission: Admission | null) {
      const now = new Set(shownIn(folded, space, principal.subject, admission).map(({ id }) => id));
      // At the first look nobody knows what was shown: what has changed since then is told by what pulls bring alone.
      const before = shown ?? now;
      shown = now;
      const altered = [...touched].flatMap(([id, changes]) => changes > 0 ? [id] : []);
      const isUnknown = isRebuilt;
      touched.clear();
      isRebuilt = false;
      // What a rebuilt table has changed is not known, so it is asked for anew, as far as anything is shown.
      if (isUnknown && before.size + now.size > 0) return target.onChanged(null);
      const changed = new Set([
        ...altered.filter((id) => before.has(id) || now.has(id)),
        ...before.symmetricDifference(now),
      ]);
      if (changed.size > 0) target.onChanged(changed);
    },
  });
}

function shownIn(
  folded: FoldedTable,
  space: ActiveSpace,
  subject: string,
  admission: Admission | null,
): readonly LiveRecord[] {
  return admission === null
    ? liveRecords(folded, space).filter((record) => isVisible(record, space, subject, null))
    : admission.visible(folded);
}

/** One table while it is watched. */
export interface NarrowedWatch {
  /** Tells what has changed since the last look; the first look what has changed since the watch began. To be called before the next await after the reads. */
  look(folded: FoldedTable, space: ActiveSpace, admission: Admission | null): void;
  /** Watches no more. */
  end(): void;
}

/** Which table is watched, for whom, and who is told. */
export interface NarrowedWatchTarget {
  readonly changes: Pick<ChangeCache, "watch">;
  readonly principal: Principal;
  readonly table: { readonly app: string; readonly name: string };
  /** The space that is looked at. */
  readonly spaceId: string;
  /** Something new may be there to be pulled. */
  readonly onStale: () => void;
  /** Records that were shown before or are shown now; null when it is not known which. */
  readonly onChanged: (ids: ReadonlySet<string> | null) => void;
}
