import type { Clock } from "../kit/clock.ts";
import { z } from "zod";
import type { Cipher } from "../sealing/cipher.ts";
import { clip } from "./clip_row.ts";
import { type Draft, toStored } from "./row.ts";
import type { Keyring } from "../sealing/keyring.ts";
import {
  actorOf,
  type ChangePush,
  type PushedTable,
  type RecordChange,
  spaceOf,
} from "../changes/push_changes.ts";
import type { OrderNumbers } from "../changes/order_numbers.ts";
import type { Reading } from "./read_records.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { DestructiveRecords, InsertOptions } from "./records.ts";
import type { Resealing } from "../sealing/resealing.ts";
import { isStamp, nextStamp, toStamp } from "../changes/stamp.ts";
import { checkStorable, isSameValue } from "./check_storable.ts";
import type { Shape, StoredRecord, Table } from "./table.ts";
import type { PushField } from "../changes/sync_messages.ts";

/** Dependencies of {@link createWriting}. */
export interface WritingDeps {
  readonly scope: CallScope;
  readonly reading: Reading;
  readonly push: ChangePush;
  readonly orderNumbers: OrderNumbers;
  readonly keyring: Pick<Keyring, "sealingKey">;
  readonly cipher: Cipher;
  readonly resealing: Pick<Resealing, "pushed">;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Values as they go over the wire. */
interface Wired {
  readonly stored: ReadonlyMap<string, unknown>;
  /** What sealed some of them; null where none is sealed. */
  readonly key: CryptoKey | null;
  /** Those that are sealed. */
  readonly sealed: ReadonlyMap<string, string>;
}

/** What can be changed. */
export type Writing = Pick<DestructiveRecords, "insert" | "update" | "delete">;

/** Creates the writing side of one call. */
export function createWriting(deps: WritingDeps): Writing {
  const { scope, reading } = deps;
  const { caller, space, signal } = scope;
  const { subject } = caller.principal;
  const actor = actorOf(scope);
  const by = { caller, actor, signal };

  /** Values as they go over the wire; ids and stamps are fixed by now, so a retry sends the same bytes. */
  const sealAll = async (
    table: { readonly encryptedSet: ReadonlySet<string> },
    values: ReadonlyMap<string, unknown>,
  ): Promise<Wired> => {
    const isSealed = (name: string, value: unknown) =>
      space.sealed && table.encryptedSet.has(name) && value !== null && value !== undefined;
    for (const [name, value] of values) {
      checkStorable(name, value, { isListed: table.encryptedSet.has(name) });
    }
    const names = [...values].filter(([name, value]) => isSealed(name, value)).map(([name]) => name);
    if (names.length === 0) return { stored: values, key: null, sealed: new Map() };
    const key = await deps.keyring.sealingKey(caller, signal);
    const sealed = new Map(
      await Promise.all(
        names.map(async (name) => [name, await deps.cipher.seal(key, values.get(name))] as const),
      ),
    );
    // In the order of the values, which is that of the record's fields.
    return {
      stored: new Map([...values].map(([name, value]) => [name, sealed.get(name) ?? value])),
      key,
      sealed,
    };
  };

  const push = async (table: PushedTable, change: RecordChange, { key, sealed }: Wired): Promise<void> => {
    try {
      await deps.push(by, table, change);
      if (change.op !== "update") caller.tally.addRows(1); // of an update, it was when it was read
    } finally {
      // Also after a failure: it may be stored.
      if (key !== null) deps.resealing.pushed({ scope, actor, table, id: change.id, key, sealed });
    }
  };

  const insertRow = async <S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    row: ReadonlyMap<string, unknown>,
  ): Promise<StoredRecord<S>> => {
    const wired = await sealAll(table, row);
    const id = deps.newId();
    const stamp = toStamp(deps.clock.calendar());
    const data = {
      ...Object.fromEntries(wired.stored),
      id,
      // All of it in the data: the app shows a row by these, not by the change's space id (sync section 8).
      spaceId: space.id,
      authorId: subject,
      visibility: "space",
      createdAt: stamp,
      updatedAt: stamp,
    };
    await push(table, { id, op: "insert", spaceId: space.id, data }, wired);
    return clip(table, draft(id, stamp, stamp, row, []));
  };

  return {
    async insert<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      values: z.input<z.ZodObject<S>>,
      { lastBy }: InsertOptions<S, E> = {},
    ): Promise<StoredRecord<S>> {
      const row = valuesOf(table.row.parse(values));
      if (lastBy === undefined) return await insertRow(table, row);
      const list = JSON.stringify([space.id, table.app, table.name]);
      return await deps.orderNumbers.insertLast(
        list,
        () => reading.highest(table, lastBy),
        (order) => insertRow(table, row.set(lastBy, order)),
      );
    },

    async update<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      id: string,
      change: (current: StoredRecord<S>) => Partial<z.input<z.ZodObject<S>>> | null,
    ): Promise<{ readonly record: StoredRecord<S>; readonly changed: boolean }> {
      const view = await reading.locate(table, id);
      const current = await reading.openOne(table, view);
      const patch = change(toStored(table, current));
      const changed = patch === null ? new Map<string, unknown>() : changesOf(table, current, patch);
      if (changed.size === 0) return { record: clip(table, current), changed: false };
      const wired = await sealAll(table, changed);
      const now = deps.clock.calendar();
      const fields: Record<string, PushField> = {};
      let updatedAt = current.updatedAt ?? "";
      const set = (name: string, value: unknown, stamp: string) => {
        fields[name] = { value, at: stamp, updatedAt: stamp };
        if (isStamp(stamp) && stamp > updatedAt) updatedAt = stamp;
      };
      for (const [name, value] of wired.stored) set(name, value, nextStamp(now, view.cell(name)?.stamp));
      // The seed's app sorts by this field; HEAD's derives it (sync section 0).
      const touched = nextStamp(now, view.cell("updatedAt")?.stamp);
      set("updatedAt", isStamp(touched) ? touched : toStamp(now), touched);
      await push(table, { id, op: "update", ...spaceOf(view.storedAs), fields }, wired);
      const unreadable = current.unreadable.filter((name) => !changed.has(name));
      const values = new Map([...Object.entries(current.values), ...changed]);
      const record = clip(table, draft(id, current.createdAt, updatedAt, values, unreadable));
      return { record, changed: true };
    },

    async delete<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<void> {
      const view = await reading.locate(table, id);
      const deletedAt = nextStamp(deps.clock.calendar(), view.cell("deletedAt")?.stamp);
      await deps.push(by, table, { id, op: "delete", ...spaceOf(view.storedAs), deletedAt });
      caller.tally.addRows(1);
    },
  };
}

/** Fields of a patch that differ from what is there. */
function changesOf<S extends Shape>(
  table: { readonly app: string; readonly name: string; readonly row: z.ZodObject<S> },
  current: Draft,
  patch: object,
): Map<string, unknown> {
  const changed = new Map<string, unknown>();
  for (const [name, value] of valuesOf(patch)) {
    const schema = table.row.shape[name];
    if (schema === undefined) {
      throw new TypeError(`Cannot update ${table.app}/${table.name}: it has no field ${name}`);
    }
    const parsed: unknown = z.parse(schema, value);
    // A field that could not be read has no value there, so it differs.
    if (!isSameValue(parsed, current.values[name])) changed.set(name, parsed);
  }
  return changed;
}

/** Members that have a value: `undefined` is not JSON and means "leave it". */
function valuesOf(object: object): Map<string, unknown> {
  return new Map(Object.entries(object).filter(([, value]) => value !== undefined));
}

function draft(
  id: string,
  createdAt: string | null,
  updatedAt: string | null,
  values: ReadonlyMap<string, unknown>,
  unreadable: readonly string[],
): Draft {
  return { id, createdAt, updatedAt, values: Object.fromEntries(values), unreadable, sealed: [] };
}
