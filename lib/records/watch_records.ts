import type { Principal } from "../people/principal.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { FoldedTable } from "../changes/fold.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import { isPrivate } from "../changes/is_private.ts";
import { liveRecord } from "../changes/live_records.ts";

/** What is watched, for whom, and who is told. */
export interface RecordWatchTarget {
  readonly changes: Pick<ChangeCache, "watch">;
  readonly principal: Principal;
  readonly table: { readonly app: string; readonly name: string };
  /** The space as of now; null while the person may see none of it. */
  readonly space: () => ActiveSpace | null;
  /** Something new may be there to be pulled. */
  readonly onStale: () => void;
  /** Records of the space that the person could see before a pull or can see now; null when it is not known which. */
  readonly onChanged: (ids: ReadonlySet<string> | null) => void;
}

/**
 * Watches the records of one space that one person may see, until the returned function is called. What happens to a row
 * that is hidden from them, before and after, is told to nobody.
 */
export function watchRecords(target: RecordWatchTarget): () => void {
  const { principal, table } = target;
  /** Records that are being changed, and whether the person could see them before. */
  const touched = new Map<string, boolean>();

  const isVisible = (log: FoldedTable, id: string): boolean => {
    const space = target.space();
    if (space === null) return false;
    const view = liveRecord(log, id, space);
    return view !== null && !isPrivate(view, space, principal.subject);
  };

  return target.changes.watch(principal, table.app, table.name, {
    stale: target.onStale,
    before(log, id) {
      if (!touched.has(id)) touched.set(id, isVisible(log, id));
    },
    after(log) {
      const changed = new Set<string>();
      for (const [id, wasVisible] of touched) if (wasVisible || isVisible(log, id)) changed.add(id);
      touched.clear();
      if (changed.size > 0) target.onChanged(changed);
    },
    rebuilt() {
      touched.clear();
      target.onChanged(null);
    },
  });
}
