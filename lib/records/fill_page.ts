// Fills one page of a listing with records: opens rows a few at a time and stops where the page is full, so that little is
// opened for nothing. Lists and searches differ only in how they open rows and what they show of them.

import type { Shape, Table } from "./define_table.ts";
import { OPEN_TOGETHER, type RowOpener } from "./open_rows.ts";
import type { RecordCall } from "./record_call.ts";
import type { ResultPage } from "./result_page.ts";
import { isOpenRow, type OpenRow, type RowSize } from "./row.ts";
import type { SelectedRow } from "./select_records.ts";

/** How the rows of a page are opened and shown. */
export interface PageRows<S extends Shape, E extends keyof S & string, Selected extends SelectedRow, Shown> {
  /** In order. */
  readonly selected: readonly Selected[];
  /** Null for a table without sealed fields. */
  readonly opener: RowOpener<S, E> | null;
  /** Opens a few of the rows, one open row each; with `opener.open` by default. */
  readonly open?: (opener: RowOpener<S, E>, some: readonly Selected[]) => Promise<readonly OpenRow[]>;
  /** What a row becomes in the result; null leaves it out. */
  readonly show: (
    row: OpenRow,
    selected: Selected,
  ) => { readonly record: Shown; readonly size: RowSize } | null;
}

/**
 * Shows rows until the page is full, and counts what the call was given. Answers the records, and how many of them have an
 * unreadable field. Throws what opening throws.
 */
export async function fillPage<
  S extends Shape,
  E extends keyof S & string,
  Selected extends SelectedRow,
  Shown,
>(
  call: RecordCall,
  table: Table<S, E>,
  page: ResultPage,
  { selected, opener, open = openSelected, show }: PageRows<S, E, Selected, Shown>,
): Promise<{ readonly rows: Shown[]; readonly unreadable: number }> {
  const rows: Shown[] = [];
  let unreadable = 0;
  let unreadableFields = 0;
  for (let start = 0; start < selected.length && !page.isFull; start += OPEN_TOGETHER) {
    const batch = selected.slice(start, start + OPEN_TOGETHER);
    const opened = opener === null ? null : await open(opener, batch);
    for (const [index, item] of batch.entries()) {
      const row = opened === null ? item.row : opened[index];
      if (row === undefined || !isOpenRow(row)) {
        throw new TypeError("Cannot show a row: its sealed fields are closed");
      }
      const shown = show(row, item);
      if (shown === null) continue;
      if (!page.take(item.position, shown.size)) break;
      rows.push(shown.record);
      if (item.isByOther) call.handOutByOther(table, row.id);
      if (row.unreadable.length > 0) unreadable += 1;
      unreadableFields += row.unreadable.length;
    }
  }
  call.observeOpening(table, { unsealed: opener?.unsealed ?? 0, unreadable: unreadableFields });
  call.scope.caller.tally.addRows(rows.length);
  return { rows, unreadable };
}

function openSelected<S extends Shape, E extends keyof S & string>(
  opener: RowOpener<S, E>,
  some: readonly SelectedRow[],
): Promise<OpenRow[]> {
  return opener.open(some.map(({ row }) => row));
}
