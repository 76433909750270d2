// Tells which records of a space have changed, for one person, and never of a record that is hidden from them. Pulls nothing.

import type { Principal } from "../people/principal.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import { isVisible } from "../grants/is_visible.ts";
import { liveRecord } from "../changes/live_records.ts";

/**
 * Watches the records of one space that one person may see, until the returned function is called. Nothing is told of a record
 * that was hidden from the person before a pull and is hidden after it.
 */
export function watchRecords(target: RecordWatchTarget): () => void {
  const { principal, table } = target;
  /** The records that a pull is changing: whether the person could see them before, and by how many changes. */
  const touched = new Map<string, { readonly wasVisible: boolean; changes: number }>();

  const isShown = (folded: FoldedTable, id: string): boolean => {
    const space = target.space();
    if (space === null) return false;
    const record = liveRecord(folded, id, space);
    return record !== null && isVisible(record, space, principal.subject, null);
  };

  return target.changes.watch(principal, table.app, table.name, {
    space: target.spaceId,
    stale: target.onStale,
    before(folded, id) {
      const known = touched.get(id);
      if (known === undefined) touched.set(id, { wasVisible: isShown(folded, id), changes: 1 });
      else known.changes += 1;
    },
    unaltered(id) {
      const known = touched.get(id);
      if (known !== undefined) known.changes -= 1;
    },
    after(folded) {
      const changed = new Set<string>();
      for (const [id, { wasVisible, changes }] of touched) {
        if (changes > 0 && (wasVisible || isShown(folded, id))) changed.add(id);
      }
      touched.clear();
      if (changed.size > 0) target.onChanged(changed);
    },
    rebuilt() {
      touched.clear();
      target.onChanged(null);
    },
  });
}

/** Which table is watched, for whom, and who is told. */
export interface RecordWatchTarget {
  readonly changes: Pick<ChangeCache, "watch">;
  readonly principal: Principal;
  readonly table: { readonly app: string; readonly name: string };
  readonly spaceId: string;
  /** The space as of now; null while the person may see none of it. */
  readonly space: () => ActiveSpace | null;
  /** Something new may be there to be pulled. */
  readonly onStale: () => void;
  /** Records of the space that the person could see before a pull or can see now; null when it is not known which. */
  readonly onChanged: (ids: ReadonlySet<string> | null) => void;
}
