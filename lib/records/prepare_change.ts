// Makes changes of what a tool gives: checks the values, seals those that must be sealed, chooses the stamps. Sends nothing; that
// is write_records.ts for one record and together/ for several.

import { z } from "zod";
import { isJsonObject } from "../kit/json.ts";
import type { LiveRecord } from "../changes/live_records.ts";
import { type RecordChange, spaceOf } from "../changes/push_changes.ts";
import { isStamp, nextStamp, toStamp } from "../changes/stamp.ts";
import type { PushField } from "../changes/sync_messages.ts";
import { changedFields, changedPaths, definedMembers } from "./fields/changed_fields.ts";
import { checkStorable } from "./fields/check_storable.ts";
import { clipRow } from "./clip_row.ts";
import type { NewRecords, Shape, StoredRecord, Table } from "./define_table.ts";
import { openRecord } from "./get_record.ts";
import type { RecordCall } from "./record_call.ts";
import { ownRowOf, storedRecordOf } from "./row.ts";
import { visibleRecords } from "./select_records.ts";

/** A change that is ready to be sent, and the record as it then is. */
export interface PreparedChange<S extends Shape> {
  readonly change: RecordChange;
  readonly seal: SealedValues;
  readonly record: StoredRecord<S>;
}

/** Which values of a change are sealed, and by what. */
export interface SealedValues {
  /** What sealed some of them; null where none is sealed. */
  readonly key: CryptoKey | null;
  /** Ciphertext by field. */
  readonly sealed: ReadonlyMap<string, string>;
}

/**
 * The values of a new record, parsed. Where `lastBy` names a field, its number is chosen later; a schema that insists on a
 * number gets any.
 */
export function newValues<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  given: z.input<z.ZodObject<S>>,
  lastBy: string | undefined,
): Map<string, unknown> {
  const whole = lastBy === undefined ? given : { ...given, [lastBy]: 0 };
  return definedMembers(table.newRecords.schema().parse(whole));
}

/** The insert of a new record. Throws as {@link sealValues}. */
export async function prepareInsert<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  values: ReadonlyMap<string, unknown>,
  { id, now }: { readonly id: string; readonly now: number },
): Promise<PreparedChange<S>> {
  const { caller, space } = call.scope;
  const { visibility } = table.newRecords;
  const { stored, ...seal } = await sealValues(call, table, values);
  const stamp = toStamp(now);
  const data = {
    ...Object.fromEntries(stored),
    id,
    // All of it in the data: the app shows a row by these, not by the change's space id (sync section 8).
    spaceId: space.id,
    authorId: caller.principal.subject,
    ...(visibility === null ? {} : { visibility }),
    createdAt: stamp,
    updatedAt: stamp,
  };
  // The row has the fields that the tool's table names and the caller may see, of all that are stored.
  const shownTable = call.narrowed === null ? table : call.narrowed.tableOf(table);
  const shown = [...values].filter(([name]) => name in shownTable.row.shape);
  const row = ownRowOf({ id, createdAt: stamp, updatedAt: stamp }, Object.fromEntries(shown), []);
  return {
    change: { id, op: "insert", spaceId: space.id, data },
    seal,
    record: clipRow(shownTable, row).record,
  };
}

/** The update of a located record; `change` is null where nothing changes. Throws as {@link sealValues}. */
export async function prepareUpdate<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  located: LiveRecord,
  change: (current: StoredRecord<S>) => Partial<z.input<z.ZodObject<S>>> | null,
  now: number,
): Promise<PreparedChange<S> | { readonly change: null; readonly record: StoredRecord<S> }> {
  const { id } = located;
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const current = await openRecord(call, table, located);
  const patch = change(storedRecordOf(table, current));
  if (patch !== null) call.narrowed?.demandChangedFields(given, patch);
  const changed = patch === null ? new Map<string, unknown>() : changedFields(table, current, patch);
  if (changed.size === 0) return { change: null, record: clipRow(table, current).record };
  checkExact(table, changed);
  const { stored, ...seal } = await sealValues(call, table, changed);
  const fields: Record<string, PushField> = {};
  let updatedAt = current.updatedAt ?? "";
  const set = (name: string, value: unknown, stamp: string) => {
    fields[name] = { value, at: stamp, updatedAt: stamp };
    if (isStamp(stamp) && stamp > updatedAt) updatedAt = stamp;
  };
  for (const [name, value] of stored) {
    // Paths lead into an object that is stored as such: a sealed field is a text, and where nothing is, a default stands in the row.
    const isObject = !seal.sealed.has(name) && isJsonObject(located.cell(name)?.value);
    const before = isObject ? current.values[name] : undefined;
    for (const [path, part] of changedPaths(name, before, value)) {
      set(path, part, nextStamp(now, located.stampAt(path)));
    }
  }
  // The seed's app sorts by this field; HEAD's derives it (sync section 0).
  const touched = nextStamp(now, located.cell("updatedAt")?.stamp);
  set("updatedAt", isStamp(touched) ? touched : toStamp(now), touched);
  const row = ownRowOf(
    { id, createdAt: current.createdAt, updatedAt },
    { ...current.values, ...Object.fromEntries(changed) },
    current.unreadable.filter((name) => !changed.has(name)),
  );
  return {
    change: { id, op: "update", ...spaceOf(located.storedAs), fields },
    seal,
    record: clipRow(table, row).record,
  };
}

/** The deletion of a located record. */
export function prepareDelete(located: LiveRecord, now: number): RecordChange {
  const deletedAt = nextStamp(now, located.cell("deletedAt")?.stamp);
  return { id: located.id, op: "delete", ...spaceOf(located.storedAs), deletedAt };
}

/** The highest number in a plaintext field over the live records that the caller may see; -1 where there is none. */
export async function highestNumber<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  field: Exclude<keyof S & string, E>,
): Promise<number> {
  let highest = -1;
  for (const record of visibleRecords(call, table, await call.readTable(table))) {
    const value = record.cell(field)?.value;
    if (typeof value === "number" && value > highest) highest = value;
  }
  return highest;
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

/** Values as they go over the wire. */
interface WiredValues extends SealedValues {
  readonly stored: ReadonlyMap<string, unknown>;
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
