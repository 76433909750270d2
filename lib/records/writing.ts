import { z } from "zod";
import type { Cipher } from "./cipher.ts";
import { clip } from "./clip.ts";
import { type Draft, toStored } from "./draft.ts";
import type { Keyring } from "./keyring.ts";
import type { LastPlaces } from "./last_places.ts";
import type { LogCache } from "./log_cache.ts";
import type { Reading } from "./reading.ts";
import type { RecordScope } from "./record_scope.ts";
import type { DestructiveRecords, InsertOptions } from "./records.ts";
import { isStamp, nextStamp, toStamp } from "./stamp.ts";
import { checkStorable, isSameValue } from "./storable.ts";
import type { SyncClient } from "./sync_client.ts";
import type { Shape, StoredRecord, Table } from "./table.ts";
import type { PushActor, PushChange, PushField } from "./wire.ts";

/**
 * A key that seals may not be older than this. What is sealed with a key that was rotated away can never be read
 * again, so writing trusts the cache less than reading does.
 */
export const SEALING_KEY_MAX_AGE_MS = 60_000;
/** Name of a client in the history of a record. */
const MAX_CLIENT_NAME_CHARS = 64;

/** Dependencies of {@link createWriting}. */
export interface WritingDeps {
  readonly scope: RecordScope;
  readonly reading: Reading;
  readonly logs: Pick<LogCache, "wrote">;
  readonly places: LastPlaces;
  readonly sync: Pick<SyncClient, "push">;
  readonly keyring: Pick<Keyring, "key">;
  readonly cipher: Cipher;
  readonly now: () => number;
  readonly newId: () => string;
}

/** What can be changed. */
export type Writing = Pick<DestructiveRecords, "insert" | "update" | "delete">;

/** Creates the writing side of one call. */
export function createWriting(deps: WritingDeps): Writing {
  const { scope, reading } = deps;
  const { caller, space, signal } = scope;
  const { subject } = caller.principal;
  const actor = actorOf(scope);

  /** Values as they go over the wire; ids and stamps are fixed by now, so a retry sends the same bytes. */
  const sealAll = async (
    table: { readonly encryptedSet: ReadonlySet<string> },
    values: ReadonlyMap<string, unknown>,
  ): Promise<Map<string, unknown>> => {
    const isSealed = (name: string, value: unknown) =>
      space.sealed && table.encryptedSet.has(name) && value !== null && value !== undefined;
    for (const [name, value] of values) {
      checkStorable(name, value, { isListed: table.encryptedSet.has(name) });
    }
    const sealed = new Map(values);
    const names = [...values].filter(([name, value]) => isSealed(name, value)).map(([name]) => name);
    if (names.length === 0) return sealed;
    const key = await deps.keyring.key(caller, signal, SEALING_KEY_MAX_AGE_MS);
    await Promise.all(
      names.map(async (name) => void sealed.set(name, await deps.cipher.seal(key, values.get(name)))),
    );
    return sealed;
  };

  const push = async (
    table: { readonly app: string; readonly name: string; readonly record: string },
    change: Omit<PushChange, "table" | "actor" | "origin">,
  ): Promise<void> => {
    try {
      const { id, op, ...rest } = change;
      const changes: PushChange[] = [{ table: table.name, id, op, actor, origin: "agent", ...rest }];
      await deps.sync.push(caller, { app: table.app, record: table.record, changes }, signal);
      if (op !== "update") caller.trail.addRows(1); // of an update, it was when it was read
    } finally {
      // Also after a failure: it may be stored.
      deps.logs.wrote(caller.principal, table.app, table.name);
    }
  };

  const insertRow = async <S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    row: ReadonlyMap<string, unknown>,
  ): Promise<StoredRecord<S>> => {
    const stored = await sealAll(table, row);
    const id = deps.newId();
    const stamp = toStamp(deps.now());
    const data = {
      ...Object.fromEntries(stored),
      id,
      // All of it in the data: the app shows a row by these, not by the change's space id (sync section 8).
      spaceId: space.id,
      authorId: subject,
      visibility: "space",
      createdAt: stamp,
      updatedAt: stamp,
    };
    await push(table, { id, op: "insert", spaceId: space.id, data });
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
      return await deps.places.take(
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
      const stored = await sealAll(table, changed);
      const now = deps.now();
      const fields: Record<string, PushField> = {};
      let updatedAt = current.updatedAt ?? "";
      const set = (name: string, value: unknown, stamp: string) => {
        fields[name] = { value, at: stamp, updatedAt: stamp };
        if (isStamp(stamp) && stamp > updatedAt) updatedAt = stamp;
      };
      for (const [name, value] of stored) set(name, value, nextStamp(now, view.cell(name)?.stamp));
      // The seed's app sorts by this field; HEAD's derives it (sync section 0).
      const touched = nextStamp(now, view.cell("updatedAt")?.stamp);
      set("updatedAt", isStamp(touched) ? touched : toStamp(now), touched);
      await push(table, { id, op: "update", ...spaceOf(view.storedAs), fields });
      const unreadable = current.unreadable.filter((name) => !changed.has(name));
      const values = new Map([...Object.entries(current.values), ...changed]);
      const record = clip(table, draft(id, current.createdAt, updatedAt, values, unreadable));
      return { record, changed: true };
    },

    async delete<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<void> {
      const view = await reading.locate(table, id);
      const deletedAt = nextStamp(deps.now(), view.cell("deletedAt")?.stamp);
      await push(table, { id, op: "delete", ...spaceOf(view.storedAs), deletedAt });
    },
  };
}

/**
 * A change carries the space id its record is stored under, as the app's own do: co-members receive it, and every
 * reader that sees the record sees the change. A record stored without one keeps none: with the active space's id on
 * the change, a reader that knows only the person (no organization) would see the record but not the change.
 */
function spaceOf(storedAs: string): { readonly spaceId?: string } {
  return storedAs === "" ? {} : { spaceId: storedAs };
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

/** The agent as the app's history shows it (sync contract section 9). The client chose its name: kept short and clean. */
function actorOf({ actor }: RecordScope): PushActor {
  const name = actor.clientName.toWellFormed().replace(/\p{Cc}/gu, "").slice(0, MAX_CLIENT_NAME_CHARS)
    .toWellFormed();
  const displayName = name.trim() === "" ? "unknown" : name;
  return { kind: "ai", principalId: `mcp:${displayName}`, displayName, rationale: actor.tool };
}
