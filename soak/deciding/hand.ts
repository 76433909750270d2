// What the person does by their own hand while an app waits for them: a device that nothing goes wrong with, so that it is known what was
// there before the next click.
import { seal } from "../../tests/_support/device.ts";
import { fieldsOf } from "../device_rows.ts";
import type { History } from "../history.ts";
import type { Person, Place } from "../people.ts";
import type { SoakTable } from "../tables.ts";
import { isOf, readTrueLog } from "../true_log.ts";
import { standingOf } from "./check_undo.ts";

/** The person's own edits. Each is there as soon as it resolves. */
export interface Hand {
  /** The stamp of the new title; null where it may not be there. */
  retitle(table: SoakTable, id: string): Promise<string | null>;
  create(table: SoakTable): Promise<boolean>;
}

/** Creates it. `syncUrl` is the service itself, without faults before it. */
export function createHand(syncUrl: string, person: Person, place: Place, history: History): Hand {
  let count = 0;
  const name = `hand of ${person.name} in ${place.label}`;
  const sealed = async (table: SoakTable, values: Readonly<Record<string, unknown>>) => {
    const entries = Object.entries(values).map(async ([field, value]) =>
      [field, table.sealed.has(field) && value !== null ? await seal(person.key, value) : value] as const
    );
    return Object.fromEntries(await Promise.all(entries));
  };
  const push = async (table: SoakTable, change: Readonly<Record<string, unknown>>): Promise<boolean> => {
    const body = JSON.stringify({
      clientId: name,
      since: "9999-12-31T23:59:59.999Z",
      schemaVersion: 1,
      changes: [{ table: table.name, spaceId: place.id, ...change }],
    });
    const headers = { authorization: `Bearer ${person.token()}`, "content-type": "application/json" };
    try {
      const response = await fetch(`${syncUrl}/sync/${table.app}`, { method: "POST", headers, body });
      await response.text();
      return response.ok;
    } catch {
      // The service is being restarted.
      return false;
    }
  };
  /** Now, or right after the title that is there: that of a device whose clock is ahead. */
  const stampOver = async (table: SoakTable, id: string): Promise<string | null> => {
    try {
      const rows = await readTrueLog(syncUrl, person, table);
      const standing = standingOf(rows.filter((row) => row.id === id && isOf(row, person, place)));
      const there = Date.parse(standing?.fields.get(table.text)?.stamp ?? "");
      return new Date(Math.max(Date.now(), Number.isNaN(there) ? 0 : there + 1)).toISOString();
    } catch {
      return null;
    }
  };
  return {
    async retitle(table, id) {
      const at = await stampOver(table, id);
      if (at === null) return null;
      const values = await sealed(table, { [table.text]: history.text(place, name) });
      const fields = Object.fromEntries(
        Object.entries({ ...values, updatedAt: at }).map(([field, value]) => [field, { value, at }]),
      );
      if (!await push(table, { id, op: "update", fields })) return null;
      history.deviceWrites.push({ person, table, id, op: "update", stamp: at });
      return at;
    },
    async create(table) {
      const createdAt = new Date().toISOString();
      const id = `hand-${person.name}-${place.id}-${++count}`;
      const values = await sealed(table, fieldsOf(table, history.text(place, name)));
      const data = { id, spaceId: place.id, authorId: person.id, visibility: "space", createdAt, ...values };
      return await push(table, { id, op: "insert", data });
    },
  };
}
