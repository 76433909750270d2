import type { DeviceWrite } from "./history.ts";
import type { Place } from "./people.ts";
import { HABITS, JOURNAL, NOTES, type SoakTable, TASKS } from "./tables.ts";

/** What a device has heard of a record. */
export interface KnownRecord {
  readonly id: string;
  readonly table: SoakTable;
  readonly place: Place;
  /** As stored; undefined for none. */
  readonly spaceId: string | undefined;
  readonly stamps: Map<string, string>;
}

/** One change on its way, and what to remember of it. */
export interface Change {
  readonly table: SoakTable;
  readonly wire: Readonly<Record<string, unknown>>;
  readonly write: Omit<DeviceWrite, "person">;
}

/** The space of a change: that of its record, as stored. */
export function spaceOf({ spaceId }: KnownRecord): { readonly spaceId?: string } {
  return spaceId === undefined ? {} : { spaceId };
}

/** A full row of a table, as the web app's stores write it. */
export function fieldsOf(table: SoakTable, title: string): Record<string, unknown> {
  if (table === HABITS) {
    const plain = { icon: "drop", color: "#0ea5e9", targetPerDay: 2, defaultDuration: null };
    return { title, ...plain, order: title.length % 7, isArchived: false };
  }
  if (table === TASKS) {
    const plain = { priority: "low", isCompleted: false, completedAt: null, dueDate: null };
    return { title, description: `of ${title}`, ...plain, order: title.length % 7 };
  }
  const rest = { isPinned: false, isArchived: false };
  if (table === NOTES) return { title, content: `of ${title}`, color: null, ...rest };
  if (table !== JOURNAL) throw new TypeError(`Cannot write ${table.name}`);
  const day = { entryDate: "2030-05-20", mood: null, tags: [], wordCount: 1 };
  return { title, content: `of ${title}`, ...day, ...rest, isFavorite: false };
}
