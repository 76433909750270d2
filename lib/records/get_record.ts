// One record of the call's space: found, opened, and shown in full or with a portion of a long text.

import { type LiveRecord, liveRecord } from "../changes/live_records.ts";
import { isVisible } from "../grants/is_visible.ts";
import { Refused } from "../kit/errors.ts";
import { fittingRecord } from "./clip_row.ts";
import type { Shape, StoredRecord, Table } from "./define_table.ts";
import { openRow } from "./open_rows.ts";
import type { ShownRecord } from "../spaces/call_disclosure.ts";
import type { RecordCall } from "./record_call.ts";
import { recordPortionOf } from "./record_portion.ts";
import type { RecordPortion } from "./records.ts";
import { type OpenRow, plainRowOf, storedRecordOf } from "./row.ts";
import { isByOther } from "./select_records.ts";

/** `ReadRecords.get` of a tool that writes, which decides by whole records. */
export async function getRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  id: string,
): Promise<StoredRecord<S>> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const located = await locateRecord(call, table, id);
  return (await showRecord(call, table, located, (row) => ({ record: storedRecordOf(table, row) }))).shown
    .record;
}

/** `ReadRecords.get` of a reading tool, whose record has to fit into its result. */
export async function getFittingRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  id: string,
): Promise<StoredRecord<S>> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const located = await locateRecord(call, table, id);
  return (await showRecord(call, table, located, (row) => ({ record: fittingRecord(table, row) }))).shown
    .record;
}

/** `ReadRecords.getPortion`. */
export async function getRecordPortion<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  id: string,
  field: keyof S & string,
  offset: number,
): Promise<RecordPortion<S>> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const located = await locateRecord(call, table, id);
  const { shown } = await showRecord(call, table, located, (row) => {
    const portion = recordPortionOf(table, row, field, offset);
    const text = row.values[field];
    // Told from the beginning of the text on: so each portion adds what is new in it, and the same portion again adds nothing.
    const told = typeof text !== "string"
      ? portion.record
      : { ...portion.record, [field]: text.slice(0, portion.nextOffset) };
    return { record: told, portion };
  });
  return shown.portion;
}

/** A live record of the space that the caller may see, as stored. Throws Refused `record-not-found`. */
export async function locateRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
): Promise<LiveRecord> {
  const { caller, space } = call.scope;
  const record = liveRecord(await call.readTableToOpen(table), id, space);
  const admission = call.narrowed === null ? null : call.narrowed.admissionOf(table);
  // What an unfinished write stored is not there for the tool that completes it, see select_records.ts.
  const { subject } = caller.principal;
  if (record === null || !isVisible(record, space, subject, admission) || call.plan?.hides(id)) {
    throw new Refused({ reason: "record-not-found", record: table.record, id });
  }
  return record;
}

/** A located record with all its fields. Throws what `Keyring.key` throws, and Refused `disclosure-budget`. */
export async function openRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  record: LiveRecord,
): Promise<OpenRow> {
  return (await showRecord(call, table, record, (row) => ({ record: storedRecordOf(table, row) }))).row;
}

/** Opens a located record and tells that the tool is handed what `show` makes of it. Throws as {@link openRecord}. */
async function showRecord<
  S extends Shape,
  E extends keyof S & string,
  Shown extends { readonly record: ShownRecord },
>(
  call: RecordCall,
  table: Table<S, E>,
  record: LiveRecord,
  show: (row: OpenRow) => Shown,
): Promise<{ readonly row: OpenRow; readonly shown: Shown }> {
  const plain = plainRowOf(table, record);
  const told = { row: plain, isByOther: isByOther(call.scope, record), agents: record.agents };
  const disclosure = table.encryptedSet.size === 0 ? null : call.disclosure;
  if (disclosure !== null && await disclosure.mayOpen(table, [told]) === 0) await disclosure.refuse();
  const row = await openRow(call, table, plain);
  call.scope.caller.tally.addRows(1);
  if (told.isByOther) call.handOutByOther(table, record.id);
  if (disclosure === null && told.agents !== null) call.handOutPlain(table, told);
  const shown = show(row);
  disclosure?.handOut(table, told, shown.record);
  return { row, shown };
}
