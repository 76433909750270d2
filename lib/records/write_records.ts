// Inserts, changes and deletes one record of the call's space. Ids and stamps are made once, so a repeated push is harmless.
// Whether the push arrived is changes/push_changes.ts; several records at once are together/.

import type { z } from "zod";
import type { PushedTable, RecordChange } from "../changes/push_changes.ts";
import type { Shape, StoredRecord, Table } from "./define_table.ts";
import { locateRecord } from "./get_record.ts";
import {
  highestNumber,
  newValues,
  prepareDelete,
  prepareInsert,
  prepareUpdate,
  type SealedValues,
} from "./prepare_change.ts";
import type { RecordCall } from "./record_call.ts";
import type { InsertOptions } from "./records.ts";

/** `WriteRecords.insert`. */
export async function insertRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  given: z.input<z.ZodObject<S>>,
  { lastBy }: InsertOptions<S, E> = {},
): Promise<StoredRecord<S>> {
  const values = newValues(table, given, lastBy);
  call.narrowed?.demandAccess(table, "write");
  call.narrowed?.demandNewFields(table, values, lastBy);
  if (lastBy === undefined) return await insertValues(call, table, values);
  return await call.deps.orderNumbers.insertLast(
    orderedList(call, table),
    () => highestNumber(call, table, lastBy),
    (order) => insertValues(call, table, values.set(lastBy, order)),
  );
}

/** The key of a table in the call's space, whoever writes as far as they see the same records, for `OrderNumbers`. */
export function orderedList(
  { scope, narrowed }: RecordCall,
  { app, name }: { readonly app: string; readonly name: string },
): string {
  // The numbers of inserts under way tell how many records there are, also of those that a grant keeps back.
  return JSON.stringify([scope.space.id, app, name, narrowed?.grant.key]);
}

/** `WriteRecords.update`. */
export async function updateRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
  change: (current: StoredRecord<S>) => Partial<z.input<z.ZodObject<S>>> | null,
): Promise<{ readonly record: StoredRecord<S>; readonly changed: boolean }> {
  call.narrowed?.demandAccess(table, "write");
  const located = await locateRecord(call, table, id);
  const prepared = await prepareUpdate(call, table, located, change, call.deps.clock.calendar());
  if (prepared.change === null) return { record: prepared.record, changed: false };
  await pushSealed(call, table, prepared.change, prepared.seal);
  return { record: prepared.record, changed: true };
}

/** `DestructiveRecords.delete`. */
export async function deleteRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
): Promise<void> {
  call.narrowed?.demandAccess(table, "destructive");
  const located = await locateRecord(call, table, id);
  await pushChange(call, table, prepareDelete(located, call.deps.clock.calendar()));
  call.scope.caller.tally.addRows(1);
}

/** Has the key of what was pushed looked at once more. To be called after a failure too, since the change may be stored. */
export function confirmKey(
  { deps, scope }: RecordCall,
  table: PushedTable,
  id: string,
  { key, sealed }: SealedValues,
): void {
  if (key === null) return;
  deps.resealing.pushed({ scope, table, id, key, sealed });
}

async function insertValues<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  values: ReadonlyMap<string, unknown>,
): Promise<StoredRecord<S>> {
  const { clock, newId } = call.deps;
  const { change, seal, record } = await prepareInsert(call, table, values, {
    id: newId(),
    now: clock.calendar(),
  });
  await pushSealed(call, table, change, seal);
  call.scope.caller.tally.addRows(1);
  return record;
}

async function pushSealed(
  call: RecordCall,
  table: PushedTable,
  change: RecordChange,
  seal: SealedValues,
): Promise<void> {
  try {
    await pushChange(call, table, change);
  } finally {
    confirmKey(call, table, change.id, seal);
  }
}

async function pushChange(call: RecordCall, table: PushedTable, change: RecordChange): Promise<void> {
  if (call.narrowed !== null) await call.narrowed.demandWindow([{ table, change }]);
  await call.deps.push(call.scope, table, change);
}
