// Fills one page of a listing with records: opens rows a few at a time and stops where the page is full, so that little is
// opened for nothing. Lists and searches differ only in how they open rows and what they show of them.

import type { Shape, Table } from "./define_table.ts";
import { OPEN_TOGETHER, type RowOpener } from "./open_rows.ts";
import type { RecordCall } from "./record_call.ts";
import type { ShownRecord } from "../spaces/call_disclosure.ts";
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
  /** What a row becomes in the result; null leaves it out. `told` is the record of it, where the result has more than that. */
  readonly show: (
    row: OpenRow,
    selected: Selected,
  ) => { readonly record: Shown; readonly size: RowSize; readonly told: ShownRecord } | null;
  /** The field of which a row shows a part beside its record. */
  readonly part?: string;
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
  { selected, opener, open = openSelected, show, part }: PageRows<S, E, Selected, Shown>,
): Promise<{ readonly rows: Shown[]; readonly unreadable: number }> {
  const disclosure = table.encryptedSet.size === 0 ? null : call.disclosure;
  const rows: Shown[] = [];
  let unreadable = 0;
  let unreadableFields = 0;
  for (let start = 0; start < selected.length && !page.isFull;) {
    let batch = selected.slice(start, start + OPEN_TOGETHER);
    if (disclosure !== null) {
      const asked = disclosure.mayOpen(table, batch);
      const count = typeof asked === "number" ? asked : await asked;
      if (count < batch.length) batch = batch.slice(0, count);
      if (count === 0) {
        if (rows.length === 0) await disclosure.refuse();
        page.isFull = true;
        break;
      }
    }
    start += batch.length;
    const opened = opener === null ? null : await open(opener, batch);
    for (const [index, item] of batch.entries()) {
      const row = opened === null ? item.row : opened[index];
      if (row === undefined || !isOpenRow(row)) {
        throw new TypeError("Cannot show a row: its sealed fields are closed");
      }
      const shown = page.isFull ? null : show(row, item);
      if (shown === null || !page.take(item.position, shown.size)) {
        disclosure?.passOver(table, item);
        continue;
      }
      rows.push(shown.record);
      disclosure?.handOut(table, item, shown.told, part);
      if (item.isByOther) call.handOutByOther(table, row.id);
      if (disclosure === null && item.agents !== null) call.handOutPlain(table, item);
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
