// Lists and counts records of the call's space: read the table, select by plaintext fields, open only what is returned.

import type { PlainRecord, Shape, Table } from "./define_table.ts";
import { clipRow } from "./clip_row.ts";
import { fillPage } from "./fill_page.ts";
import { createRowOpener } from "./open_rows.ts";
import type { RecordCall } from "./record_call.ts";
import type { Listing, ListOptions } from "./records.ts";
import { ResultPage } from "./result_page.ts";
import { plainRecordOf, plainRowOf, storedRecordOf } from "./row.ts";
import { NEWEST_FIRST, selectRows, visibleRecords } from "./select_records.ts";

/** `ReadRecords.list`. */
export async function listRecords<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  options: ListOptions<S, E> = {},
): Promise<Listing<S>> {
  const { match, order = NEWEST_FIRST, where } = options;
  const page = new ResultPage(call.deps.cursors, call.scope, table, options.page);
  const records = visibleRecords(call.scope, await call.readTableToOpen(table));
  // How many rows `match` keeps shows only once they are open.
  const limit = match === undefined ? page.limit : Infinity;
  const { selected, hasRest } = selectRows(call.scope, table, records, {
    where,
    order,
    after: page.after,
    limit,
  });
  const opener = table.encrypted.length === 0 ? null : await createRowOpener(call, table, selected);
  const { rows, unreadable } = await fillPage(call, table, page, {
    selected,
    opener,
    show: (row) => match === undefined || match(storedRecordOf(table, row)) ? clipRow(table, row) : null,
  });
  return { rows, ...page.end(hasRest), unreadable };
}

/** `ReadRecords.count`. */
export async function countRecords<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  where?: (record: PlainRecord<S, E>) => boolean,
): Promise<number> {
  const records = visibleRecords(call.scope, await call.readTable(table));
  if (where === undefined) return records.length;
  return records.filter((record) => where(plainRecordOf(table, plainRowOf(table, record)))).length;
}
