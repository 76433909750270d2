// One record of the call's space: found, opened, and shown in full or with a portion of a long text.

import { type LiveRecord, liveRecord } from "../changes/live_records.ts";
import { isPrivate } from "../changes/is_private.ts";
import { Refused } from "../kit/errors.ts";
import { fittingRecord } from "./clip_row.ts";
import type { Shape, StoredRecord, Table } from "./define_table.ts";
import { openRow } from "./open_rows.ts";
import type { RecordCall } from "./record_call.ts";
import { recordPortionOf } from "./record_portion.ts";
import type { RecordPortion } from "./records.ts";
import { type OpenRow, plainRowOf, storedRecordOf } from "./row.ts";
import { isByOther } from "./select_records.ts";

/** `ReadRecords.get` of a tool that writes, which decides by whole records. */
export async function getRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
): Promise<StoredRecord<S>> {
  return storedRecordOf(table, await openRecord(call, table, await locateRecord(call, table, id)));
}

/** `ReadRecords.get` of a reading tool, whose record has to fit into its result. */
export async function getFittingRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
): Promise<StoredRecord<S>> {
  return fittingRecord(table, await openRecord(call, table, await locateRecord(call, table, id)));
}

/** `ReadRecords.getPortion`. */
export async function getRecordPortion<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
  field: keyof S & string,
  offset: number,
): Promise<RecordPortion<S>> {
  const row = await openRecord(call, table, await locateRecord(call, table, id));
  return recordPortionOf(table, row, field, offset);
}

/** A live record of the space that the caller may see, as stored. Throws Refused `record-not-found`. */
export async function locateRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
): Promise<LiveRecord> {
  const { caller, space } = call.scope;
  const record = liveRecord(await call.readTableToOpen(table), id, space);
  // What an unfinished write stored is not there for the tool that completes it, see select_records.ts.
  if (record === null || isPrivate(record, space, caller.principal.subject) || call.plan?.hides(id)) {
    throw new Refused({ reason: "record-not-found", record: table.record, id });
  }
  return record;
}

/** A located record with all its fields. Throws what `Keyring.key` throws. */
export async function openRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  record: LiveRecord,
): Promise<OpenRow> {
  const row = await openRow(call, table, plainRowOf(table, record));
  call.scope.caller.tally.addRows(1);
  if (isByOther(call.scope, record)) call.handOutByOther(table, record.id);
  return row;
}
