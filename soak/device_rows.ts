import type { DeviceWrite } from "./history.ts";
import type { Place } from "./people.ts";
import type { Random } from "./random.ts";
import { CONTACTS, HABITS, JOURNAL, NOTES, type SoakTable, TASKS } from "./tables.ts";

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
    const schedule = title.length % 2 === 0 ? { days: [1, 3], time: "08:00" } : null;
    return { title, ...plain, order: title.length % 7, isArchived: false, schedule };
  }
  if (table === TASKS) {
    const plain = { priority: "low", isCompleted: false, completedAt: null, dueDate: null };
    return { title, description: `of ${title}`, ...plain, order: title.length % 7 };
  }
  if (table === CONTACTS) {
    const flags = { isFavorite: title.length % 3 === 0, isArchived: false };
    return { firstName: title, lastName: `of ${title}`, company: "Mana", birthday: "1990-05-20", ...flags };
  }
  const rest = { isPinned: false, isArchived: false };
  if (table === NOTES) return { title, content: `of ${title}`, color: null, ...rest };
  if (table !== JOURNAL) throw new TypeError(`Cannot write ${table.name}`);
  const day = { entryDate: "2030-05-20", mood: null, tags: [], wordCount: 1 };
  return { title, content: `of ${title}`, ...day, ...rest, isFavorite: false };
}

/**
 * Some fields of a row with new values, the unique text among them. The web app names a change inside a plain object by its path, and
 * sends null for a key that is gone.
 */
export function changedFields(table: SoakTable, text: string, random: Random): Record<string, unknown> {
  const all = Object.entries(fieldsOf(table, text));
  const some = all.filter(([field]) => field === table.text || random.chance(0.3));
  const paths: Record<string, unknown> = {};
  if (table === HABITS && random.chance(0.5)) paths["schedule.time"] = random.pick(["07:30", "21:00", null]);
  if (table === HABITS && random.chance(0.3)) paths["schedule.days"] = random.pick([[0], [1, 5], [2, 4, 6]]);
  return { ...Object.fromEntries(some), ...paths };
}
