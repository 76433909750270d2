// What links can join: the records of these modules, by the tables in which they lie. A link is stored with the names of app and
// table, which models never see.
import { type ReadRecords, refuseInput } from "../../lib/tool/authoring.ts";
import { events as calendar } from "../day/calendar/tables.ts";
import { habits } from "../day/habit_tables.ts";
import { entries as journal } from "../day/journal.ts";
import { notes } from "../day/notes.ts";
import { tasks } from "../day/tasks.ts";
import { entries as library } from "../leisure/library_entries.ts";
import { contacts } from "./contacts.ts";
import { socialEvents } from "./social_events.ts";

/** The modules whose records can be linked. */
export const LINKABLE = [
  "todo",
  "calendar",
  "notes",
  "journal",
  "habits",
  "contacts",
  "events",
  "library",
] as const;

/** A record as a call names it. */
export interface LinkEnd {
  readonly module: typeof LINKABLE[number];
  readonly id: string;
}

/** A record as it is stored in a link. */
export interface StoredEnd {
  readonly app: string;
  readonly collection: string;
  readonly id: string;
}

const TABLES = { todo: tasks, calendar, notes, journal, habits, contacts, events: socialEvents, library };

/** The record as it is stored in a link. */
export function storedEnd({ module, id }: LinkEnd): StoredEnd {
  const { app, name } = TABLES[module];
  return { app, collection: name, id };
}

/** The module of a stored end, where tools can link its records; else app and table as stored. */
export function moduleOfEnd(app: string | undefined, collection: string | undefined): string {
  const known = LINKABLE.find((module) => TABLES[module].app === app && TABLES[module].name === collection);
  return known ?? `${app ?? "?"}/${collection ?? "?"}`;
}

/** Refuses a record that is not there: a link to nothing would be shown as a link to something. */
export async function demandEnd(records: ReadRecords, { module, id }: LinkEnd): Promise<void> {
  if (await EXISTS[module](records, id) === 0) {
    refuseInput(
      `no ${TABLES[module].record} with the id ${JSON.stringify(id)} exists in this space: list them first`,
    );
  }
}

/** How many records have the id. Each by itself, since the compiler keeps the tables' types apart. */
const EXISTS: { readonly [M in LinkEnd["module"]]: (records: ReadRecords, id: string) => Promise<number> } = {
  calendar: (records, id) => records.count(calendar, (record) => record.id === id),
  habits: (records, id) => records.count(habits, (record) => record.id === id),
  todo: (records, id) => records.count(tasks, (record) => record.id === id),
  events: (records, id) => records.count(socialEvents, (record) => record.id === id),
  notes: (records, id) => records.count(notes, (record) => record.id === id),
  journal: (records, id) => records.count(journal, (record) => record.id === id),
  contacts: (records, id) => records.count(contacts, (record) => record.id === id),
  library: (records, id) => records.count(library, (record) => record.id === id),
};
