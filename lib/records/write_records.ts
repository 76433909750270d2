// Inserts, changes and deletes records of the call's space: checks the values, seals those that must be sealed, pushes the
// change. Ids and stamps are made once, so a repeated push is harmless. Whether the push arrived is changes/push_changes.ts.

import { z } from "zod";
import { isJsonObject } from "../kit/json.ts";
import { actorOf, type PushedTable, type RecordChange, spaceOf } from "../changes/push_changes.ts";
import { isStamp, nextStamp, toStamp } from "../changes/stamp.ts";
import type { PushField } from "../changes/sync_messages.ts";
import { changedFields, changedPaths, definedMembers } from "./fields/changed_fields.ts";
import { checkStorable } from "./fields/check_storable.ts";
import { clipRow } from "./clip_row.ts";
import type { NewRecords, Shape, StoredRecord, Table } from "./define_table.ts";
import { locateRecord, openRecord } from "./get_record.ts";
import type { RecordCall } from "./record_call.ts";
import type { InsertOptions } from "./records.ts";
import { ownRowOf, storedRecordOf } from "./row.ts";
import { visibleRecords } from "./select_records.ts";

/** `WriteRecords.insert`. */
export async function insertRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  given: z.input<z.ZodObject<S>>,
  { lastBy }: InsertOptions<S, E> = {},
): Promise<StoredRecord<S>> {
  // The place in the order is chosen below; a schema that insists on a place gets any number.
  const whole = lastBy === undefined ? given : { ...given, [lastBy]: 0 };
  const values = definedMembers(table.newRecords.schema().parse(whole));
  if (lastBy === undefined) return await insertValues(call, table, values);
  return await call.deps.orderNumbers.insertLast(
    JSON.stringify([call.scope.space.id, table.app, table.name]),
    () => highestNumber(call, table, lastBy),
    (order) => insertValues(call, table, values.set(lastBy, order)),
  );
}

/** `WriteRecords.update`. */
export async function updateRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
  change: (current: StoredRecord<S>) => Partial<z.input<z.ZodObject<S>>> | null,
): Promise<{ readonly record: StoredRecord<S>; readonly changed: boolean }> {
  const record = await locateRecord(call, table, id);
  const current = await openRecord(call, table, record);
  const patch = change(storedRecordOf(table, current));
  const changed = patch === null ? new Map<string, unknown>() : changedFields(table, current, patch);
  if (changed.size === 0) return { record: clipRow(table, current).record, changed: false };
  checkExact(table, changed);
  const wired = await sealValues(call, table, changed);
  const now = call.deps.clock.calendar();
  const fields: Record<string, PushField> = {};
  let updatedAt = current.updatedAt ?? "";
  const set = (name: string, value: unknown, stamp: string) => {
    fields[name] = { value, at: stamp, updatedAt: stamp };
    if (isStamp(stamp) && stamp > updatedAt) updatedAt = stamp;
  };
  for (const [name, value] of wired.stored) {
    // Paths lead into an object that is stored as such: a sealed field is a text, and where nothing is, a default stands in the row.
    const isObject = !wired.sealed.has(name) && isJsonObject(record.cell(name)?.value);
    const before = isObject ? current.values[name] : undefined;
    for (const [path, part] of changedPaths(name, before, value)) {
      set(path, part, nextStamp(now, record.stampAt(path)));
    }
  }
  // The seed's app sorts by this field; HEAD's derives it (sync section 0).
  const touched = nextStamp(now, record.cell("updatedAt")?.stamp);
  set("updatedAt", isStamp(touched) ? touched : toStamp(now), touched);
  await pushValues(call, table, { id, op: "update", ...spaceOf(record.storedAs), fields }, wired);
  const row = ownRowOf(
    { id, createdAt: current.createdAt, updatedAt },
    { ...current.values, ...Object.fromEntries(changed) },
    current.unreadable.filter((name) => !changed.has(name)),
  );
  return { record: clipRow(table, row).record, changed: true };
}

/** `DestructiveRecords.delete`. */
export async function deleteRecord<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  id: string,
): Promise<void> {
  const record = await locateRecord(call, table, id);
  const deletedAt = nextStamp(call.deps.clock.calendar(), record.cell("deletedAt")?.stamp);
  await pushChange(call, table, { id, op: "delete", ...spaceOf(record.storedAs), deletedAt });
  call.scope.caller.tally.addRows(1);
}

/** Values as they go over the wire. */
interface WiredValues {
  readonly stored: ReadonlyMap<string, unknown>;
  /** What sealed some of them; null where none is sealed. */
  readonly key: CryptoKey | null;
  /** Those that are sealed. */
  readonly sealed: ReadonlyMap<string, string>;
}

async function insertValues<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  values: ReadonlyMap<string, unknown>,
): Promise<StoredRecord<S>> {
  const { caller, space } = call.scope;
  const { visibility } = table.newRecords;
  const wired = await sealValues(call, table, values);
  const id = call.deps.newId();
  const stamp = toStamp(call.deps.clock.calendar());
  const data = {
    ...Object.fromEntries(wired.stored),
    id,
    // All of it in the data: the app shows a row by these, not by the change's space id (sync section 8).
    spaceId: space.id,
    authorId: caller.principal.subject,
    ...(visibility === null ? {} : { visibility }),
    createdAt: stamp,
    updatedAt: stamp,
  };
  await pushValues(call, table, { id, op: "insert", spaceId: space.id, data }, wired);
  caller.tally.addRows(1);
  // The row has the fields that the tool's table names, of all that are stored.
  const shown = [...values].filter(([name]) => name in table.row.shape);
  const row = ownRowOf({ id, createdAt: stamp, updatedAt: stamp }, Object.fromEntries(shown), []);
  return clipRow(table, row).record;
}

/**
 * Holds changed values against what the Mana apps store, since reading is lenient. Lists and objects are left out: a change of
 * one member sends the others again, as other writers made them. Throws ZodError, which is a fault of the tool.
 */
function checkExact(
  table: { readonly newRecords: NewRecords },
  changed: ReadonlyMap<string, unknown>,
): void {
  const { shape } = table.newRecords.schema();
  for (const [name, value] of changed) {
    const schema = shape[name];
    if (schema !== undefined && (typeof value !== "object" || value === null)) z.parse(schema, value);
  }
}

/** The highest number in a plaintext field over the live records that the caller may see; -1 where there is none. */
async function highestNumber<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  field: Exclude<keyof S & string, E>,
): Promise<number> {
  let highest = -1;
  for (const record of visibleRecords(call.scope, await call.readTable(table))) {
    const value = record.cell(field)?.value;
    if (typeof value === "number" && value > highest) highest = value;
  }
  return highest;
}

/** Checks values and seals those that must be sealed. Throws Refused `value-not-storable` and as `Keyring.sealingKey`. */
async function sealValues(
  call: RecordCall,
  table: { readonly encryptedSet: ReadonlySet<string> },
  values: ReadonlyMap<string, unknown>,
): Promise<WiredValues> {
  const { caller, space, signal } = call.scope;
  const isSealed = (name: string, value: unknown) =>
    space.sealed && table.encryptedSet.has(name) && value !== null && value !== undefined;
  for (const [name, value] of values) {
    checkStorable(name, value, { isListed: table.encryptedSet.has(name) });
  }
  const names = [...values].filter(([name, value]) => isSealed(name, value)).map(([name]) => name);
  if (names.length === 0) return { stored: values, key: null, sealed: new Map() };
  const key = await call.deps.keyring.sealingKey(caller, signal);
  const sealed = new Map(
    await Promise.all(
      names.map(async (name) => [name, await call.cipher.seal(key, values.get(name))] as const),
    ),
  );
  // In the order of the values, which is that of the record's fields.
  return {
    stored: new Map([...values].map(([name, value]) => [name, sealed.get(name) ?? value])),
    key,
    sealed,
  };
}

/** Pushes a change with sealed values, and has their key looked at once more afterwards. */
async function pushValues(
  call: RecordCall,
  table: PushedTable,
  change: RecordChange,
  { key, sealed }: WiredValues,
): Promise<void> {
  const { scope } = call;
  try {
    await pushChange(call, table, change);
  } finally {
    // Also after a failure: the change may be stored.
    if (key !== null) {
      call.deps.resealing.pushed({ scope, actor: actorOf(scope), table, id: change.id, key, sealed });
    }
  }
}

async function pushChange(call: RecordCall, table: PushedTable, change: RecordChange): Promise<void> {
  const { caller, signal } = call.scope;
  await call.deps.push({ caller, actor: actorOf(call.scope), signal }, table, change);
}
