// Lists and counts records of the call's space: read the table, select by plaintext fields, open only what is returned.

import { Refused } from "../kit/errors.ts";
import type { PlainRecord, Shape, StoredRecord, Table } from "./define_table.ts";
import { clipRow } from "./clip_row.ts";
import { fillPage } from "./fill_page.ts";
import { createRowOpener, OPEN_TOGETHER } from "./open_rows.ts";
import type { RecordCall } from "./record_call.ts";
import type { Listing, ListOptions, ScanOptions } from "./records.ts";
import { ResultPage } from "./result_page.ts";
import { isOpenRow, plainRecordOf, plainRowOf, rowWithFields, storedRecordOf } from "./row.ts";
import { NEWEST_FIRST, selectRows, visibleRecords } from "./select_records.ts";

/** `ReadRecords.list`. */
export async function listRecords<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  options: ListOptions<S, E> = {},
): Promise<Listing<S>> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const { match, order = NEWEST_FIRST, show, where } = options;
  const page = new ResultPage(call.deps.cursors, call.scope, table, options.page);
  const records = visibleRecords(call, table, await call.readTableToOpen(table));
  // How many rows `match` keeps shows only once they are open.
  const limit = match === undefined ? page.limit : Infinity;
  const { selected, hasRest } = selectRows(call.scope, table, records, {
    where,
    order,
    after: page.after,
    limit,
  });
  if (match !== undefined) {
    // A filter by opened texts tells of each of them whether it fits, as a search does.
    const asking = table.encryptedSet.size === 0 ? undefined : call.disclosure?.search(table);
    if (asking !== undefined) await asking;
  }
  const opener = table.encrypted.length === 0 ? null : await createRowOpener(call, table, selected);
  const { rows, unreadable } = await fillPage(call, table, page, {
    selected,
    opener,
    show: (row) => {
      if (match !== undefined && !match(storedRecordOf(table, row))) return null;
      return clipRow(table, show === undefined ? row : rowWithFields(table, row, show));
    },
  });
  return { rows, ...page.end(hasRest), unreadable };
}

/** `ReadRecords.scan`. */
export async function scanRecords<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  { ids, isSearch = false, shows, where }: ScanOptions<S, E>,
  visit: (record: StoredRecord<S>) => void,
): Promise<number> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const records = visibleRecords(call, table, await call.readTableToOpen(table), ids);
  const { selected } = selectRows(call.scope, table, records, {
    where,
    order: NEWEST_FIRST,
    after: null,
    limit: Infinity,
  });
  const disclosure = table.encryptedSet.size === 0 ? null : call.disclosure;
  const asking = isSearch ? disclosure?.search(table) : undefined;
  if (asking !== undefined) await asking;
  const looking = disclosure?.look(table, selected, true);
  if (looking !== undefined) await looking;
  const opener = table.encrypted.length === 0 ? null : await createRowOpener(call, table, selected);
  let unreadable = 0;
  let unreadableFields = 0;
  for (let start = 0; start < selected.length; start += OPEN_TOGETHER) {
    if (start > 0 && call.scope.signal.aborted) throw new Refused({ reason: "cancelled" });
    const batch = selected.slice(start, start + OPEN_TOGETHER);
    const opened = opener === null ? null : await opener.open(batch.map(({ row }) => row));
    for (const [index, item] of batch.entries()) {
      const row = opened === null ? item.row : opened[index];
      if (row === undefined || !isOpenRow(row)) {
        throw new TypeError("Cannot show a row: its sealed fields are closed");
      }
      visit(storedRecordOf(table, row));
      if (shows !== undefined) {
        disclosure?.handOut(table, item, storedRecordOf(table, rowWithFields(table, row, shows)));
      }
      if (item.isByOther) call.handOutByOther(table, row.id);
      if (disclosure === null && item.agents !== null) call.handOutPlain(table, item);
      if (row.unreadable.length > 0) unreadable += 1;
      unreadableFields += row.unreadable.length;
    }
  }
  call.observeOpening(table, { unsealed: opener?.unsealed ?? 0, unreadable: unreadableFields });
  return unreadable;
}

/** `ReadRecords.count`. */
export async function countRecords<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  where?: (record: PlainRecord<S, E>) => boolean,
): Promise<number> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const records = visibleRecords(call, table, await call.readTable(table));
  if (where === undefined) return records.length;
  return records.filter((record) => where(plainRecordOf(table, plainRowOf(table, record)))).length;
}
