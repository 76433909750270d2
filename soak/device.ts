import { wait } from "../lib/kit/clock.ts";
import { seal } from "../tests/_support/device.ts";
import { type Change, changedFields, fieldsOf, type KnownRecord, spaceOf } from "./device_rows.ts";
import type { History } from "./history.ts";
import type { Person, Place } from "./people.ts";
import { isReserved } from "./planner.ts";
import type { Random } from "./random.ts";
import { type SoakTable, TABLES } from "./tables.ts";
import { isOf, parsePullPortion } from "./true_log.ts";
import type { Tally } from "./tally.ts";

/** What {@link createDevice} needs. */
export interface DeviceDeps {
  readonly name: string;
  readonly person: Person;
  /** The sync service as the device reaches it: through the faults. */
  readonly syncUrl: string;
  /** How far its clock is ahead, in milliseconds. */
  readonly skewMs: number;
  readonly random: Random;
  readonly history: History;
  /** Counts what it did by kind. */
  readonly deeds: Tally;
}

/** A phone or a browser of a person: speaks the sync protocol itself, as the web app does. */
export interface Device {
  step(): Promise<void>;
}

/** Attempts for one push, identical to the byte. */
const ATTEMPTS = 3;

/** Creates a device that has just been set up. */
export function createDevice(deps: DeviceDeps): Device {
  const { name, person, random, history } = deps;
  const known = new Map<string, KnownRecord>();
  const cursors = new Map<SoakTable, string>();
  let count = 0;

  /** Now by the clock of the device; some devices only know the second, so that stamps of two can be equal. */
  const stampAt = (agoMs = 0): string => {
    const ms = Date.now() + deps.skewMs - agoMs;
    return new Date(random.chance(0.2) ? Math.floor(ms / 1000) * 1000 : ms).toISOString();
  };

  const pull = async (table: SoakTable): Promise<void> => {
    const since = cursors.get(table) ?? "1970-01-01T00:00:00.000Z";
    const query = new URLSearchParams({ collection: table.name, since });
    const response = await fetch(`${deps.syncUrl}/sync/${table.app}/pull?${query}`, {
      headers: { authorization: `Bearer ${person.token()}`, "x-client-id": name },
    });
    if (!response.ok) return void await response.body?.cancel();
    const { serverChanges, syncedUntil } = parsePullPortion(await response.json());
    cursors.set(table, syncedUntil);
    for (const row of serverChanges) {
      const place = person.places.find((one) => isOf(row, person, one));
      if (place === undefined || isReserved(row.id)) continue;
      const key = `${place.id}/${row.id}`;
      if (row.op === "insert" && !known.has(key)) {
        known.set(key, { id: row.id, table, place, spaceId: row.spaceId, stamps: new Map() });
      }
      const record = known.get(key);
      for (const field of Object.keys(row.data ?? {})) {
        record?.stamps.set(field, String(row.data?.createdAt ?? ""));
      }
      for (const [field, { at }] of Object.entries(row.fields ?? {})) record?.stamps.set(field, at);
    }
  };

  const sealed = async (table: SoakTable, place: Place, values: Record<string, unknown>) => {
    // As the rule says and, in shared spaces, sometimes as the web app does.
    if (place.kind === "shared" && random.chance(0.7)) return values;
    const entries = Object.entries(values).map(async ([field, value]) =>
      [field, table.sealed.has(field) && value !== null ? await seal(person.key, value) : value] as const
    );
    return Object.fromEntries(await Promise.all(entries));
  };

  const insert = async (place: Place, agoMs: number): Promise<Change> => {
    const table = random.pick(TABLES);
    // Ids are the client's own affair: the same one may exist in two spaces of a person.
    const own = [...known.values()].filter((record) => record.id.startsWith(name));
    const twin = random.chance(0.05) ? random.any(own)?.id : undefined;
    const id = twin ?? `${name}-${++count}`;
    const spaceId = place.kind === "shared"
      ? place.id
      : random.pick([place.id, `_personal:${person.id}`, `_personal:${person.id}`, undefined]);
    const data = {
      id,
      ...(spaceId === undefined ? {} : { spaceId }),
      authorId: person.id,
      visibility: place.kind === "shared" && random.chance(0.1) ? "private" : "space",
      // Some stores of the web app forget it: such an insert is older than everything.
      ...(random.chance(0.85) ? { createdAt: stampAt(agoMs) } : {}),
      ...await sealed(table, place, fieldsOf(table, history.text(place, name))),
    };
    known.set(`${place.id}/${id}`, { id, table, place, spaceId, stamps: new Map() });
    return {
      table,
      wire: { table: table.name, id, op: "insert", ...(spaceId === undefined ? {} : { spaceId }), data },
      write: { table, id, op: "insert", stamp: "" },
    };
  };

  /** With `isTie` under exactly the stamps that are there already: the later arrival has to win. */
  const update = async (record: KnownRecord, agoMs: number, isTie: boolean): Promise<Change> => {
    const { id, table, place } = record;
    const some = changedFields(table, history.text(place, name), random);
    const now = stampAt(agoMs);
    const fields: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(await sealed(table, place, some))) {
      const at = isTie ? record.stamps.get(field) || now : now;
      fields[field] = { value, at };
      record.stamps.set(field, at);
    }
    fields.updatedAt = { value: now, at: now };
    return {
      table,
      wire: { table: table.name, id, op: "update", ...spaceOf(record), fields },
      write: { table, id, op: "update", stamp: now },
    };
  };

  /** Two tabs of one browser: different values under one stamp at the same time. The later in the log has to win. */
  const race = async (record: KnownRecord): Promise<void> => {
    const { id, table, place } = record;
    const at = stampAt();
    const changes = await Promise.all([1, 2].map(async () => {
      const fields = await sealed(table, place, { [table.text]: history.text(place, name) });
      const value = { [table.text]: { value: fields[table.text], at } };
      const wire = { table: table.name, id, op: "update", fields: value, ...spaceOf(record) };
      return { table, wire, write: { table, id, op: "update" as const, stamp: at } };
    }));
    await Promise.all(changes.map((change) => push([change])));
  };

  const remove = (record: KnownRecord, agoMs: number): Change => {
    const { id, table } = record;
    const deletedAt = stampAt(agoMs);
    return {
      table,
      wire: { table: table.name, id, op: "delete", deletedAt, ...spaceOf(record) },
      write: { table, id, op: "delete", stamp: deletedAt },
    };
  };

  const restore = (record: KnownRecord): Change => {
    const { id, table } = record;
    const at = stampAt();
    const fields = { deletedAt: { value: null, at } };
    return {
      table,
      wire: { table: table.name, id, op: "update", fields, ...spaceOf(record) },
      write: { table, id, op: "update", stamp: at },
    };
  };

  const erase = (record: KnownRecord): Change => {
    const { id, table, place } = record;
    known.delete(`${place.id}/${id}`);
    return {
      table,
      wire: { table: table.name, id, op: "delete", ...spaceOf(record) },
      write: { table, id, op: "delete", stamp: "" },
    };
  };

  /** A change of somebody's record under the id of a space it is not in: it must never show anywhere. */
  const trespass = (record: KnownRecord): Change | null => {
    const { id, table } = record;
    // Not of a record of a device, which may have a twin there.
    if (id.startsWith("device")) return null;
    const elsewhere = random.any(person.places.filter(({ id }) => !known.has(`${id}/${record.id}`)));
    if (elsewhere === undefined) return null;
    const at = stampAt(-60_000);
    const fields = { [table.text]: { value: "@EVIL", at } };
    const change = random.chance(0.5)
      ? { op: "update" as const, fields }
      : { op: "delete" as const, deletedAt: at };
    return {
      table,
      wire: { table: table.name, id, spaceId: elsewhere.id, ...change },
      write: { table, id, op: change.op, stamp: at },
    };
  };

  const push = async (changes: readonly Change[]): Promise<void> => {
    for (const table of TABLES) {
      const ours = changes.filter((change) => change.table === table);
      if (ours.length === 0) continue;
      const body = JSON.stringify({
        clientId: name,
        since: "9999-12-31T23:59:59.999Z",
        schemaVersion: 1,
        changes: ours.map(({ wire }) => wire),
      });
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (attempt > 0) await wait(random.whole(50, 300));
        if (!await send(table.app, body)) continue;
        for (const { write } of ours) history.deviceWrites.push({ person, ...write });
        break;
      }
    }
  };

  const send = async (app: string, body: string): Promise<boolean> => {
    try {
      const response = await fetch(`${deps.syncUrl}/sync/${app}`, {
        method: "POST",
        headers: { authorization: `Bearer ${person.token()}`, "content-type": "application/json" },
        body,
      });
      await response.text();
      return response.ok;
    } catch {
      return false;
    }
  };

  /** Any record, more often one of those that everybody works on because they are new. */
  const newest = () => random.any([...known.values()].slice(random.chance(0.6) ? -6 : 0));

  const oneChange = async (agoMs: number): Promise<readonly [kind: string, Change | null]> => {
    const place = random.any(person.places);
    const record = newest();
    const what = random.next();
    if (place === undefined) return ["nothing", null];
    if (record === undefined || what < 0.25) return ["insert", await insert(place, agoMs)];
    if (what < 0.55) return ["update", await update(record, agoMs, false)];
    if (what < 0.7) return ["update under an equal stamp", await update(record, agoMs, true)];
    if (what < 0.82) return ["delete", remove(record, agoMs)];
    if (what < 0.92) return ["un-delete", restore(record)];
    if (what < 0.95) return ["hard delete", erase(record)];
    return ["change under a foreign space id", trespass(record)];
  };

  return {
    async step() {
      const what = random.next();
      if (what < 0.3) {
        deps.deeds.add("pull");
        return await pull(random.pick(TABLES)).catch(() => {});
      }
      const raced = what < 0.36 ? newest() : undefined;
      if (raced !== undefined) {
        deps.deeds.add("two updates at once under one stamp");
        return await race(raced);
      }
      const changes: Change[] = [];
      const isOffline = what > 0.92;
      for (let left = isOffline ? random.whole(3, 8) : 1; left > 0; left--) {
        const [kind, change] = await oneChange(isOffline ? left * random.whole(1_000, 5_000) : 0);
        if (change === null) continue;
        deps.deeds.add(isOffline ? `${kind}, told later` : kind);
        changes.push(change);
      }
      await push(changes);
    },
  };
}
