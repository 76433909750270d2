// The plaintext fields of many records at once, for a choice among all of them: an agenda looks at every time block and opens few.

import { deletedRecords } from "../changes/live_records.ts";
import { isVisible } from "../grants/is_visible.ts";
import type { PlainRecord, Shape, Table } from "./define_table.ts";
import type { RecordCall } from "./record_call.ts";
import { plainRecordOf, plainRowOf } from "./row.ts";
import { visibleRecords } from "./select_records.ts";

/** `ReadRecords.lookThrough`. */
export async function lookThroughRecords<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  visit: (record: PlainRecord<S, E>) => void,
): Promise<void> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  for (const record of visibleRecords(call, table, await call.readTable(table))) {
    visit(plainRecordOf(table, plainRowOf(table, record)));
  }
}

/** `ReadRecords.lookThroughDeleted`. */
export async function lookThroughDeleted<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  visit: (record: PlainRecord<S, E>) => void,
): Promise<void> {
  const { space, caller } = call.scope;
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const folded = await call.readTable(table);
  const admission = call.narrowed === null ? null : call.narrowed.admissionOf(table);
  for (const record of deletedRecords(folded, space)) {
    if (isVisible(record, space, caller.principal.subject, admission)) {
      visit(plainRecordOf(table, plainRowOf(table, record)));
    }
  }
}
