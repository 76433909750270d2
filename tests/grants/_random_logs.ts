// Random logs: several tables with links and parts, two spaces, a co-member, days around midnight and around the day on which the
// clocks change.
import fc from "fast-check";
import { defineAppTable } from "../../lib/tool/tables/app_table.ts";
import type { Table } from "../../lib/records/define_table.ts";
import type { ReadRecords } from "../../lib/records/records.ts";
import type { Parents } from "./_naive_model.ts";

const notes = defineAppTable("notes/notes", {
  record: "note",
  fields: ["title", "content", "color", "isPinned"],
});
const journal = defineAppTable("journal/journalEntries", {
  record: "entry",
  fields: ["title", "content", "entryDate", "mood", "tags", "isPinned"],
});
const habits = defineAppTable("habits/habits", {
  record: "habit",
  fields: ["title", "color", "order", "schedule"],
});

/** The tables, as tools define them. */
export const TABLES: readonly Table[] = [
  notes,
  defineAppTable("notes/noteTags", { record: "tag of a note", fields: ["noteId", "tagId"], isPart: true }),
  journal,
  defineAppTable("timeblocks/timeBlocks", {
    record: "time block",
    fields: ["title", "description", "startDate", "sourceModule", "sourceId", "type"],
  }),
  defineAppTable("habits/habitLogs", {
    record: "habit log",
    fields: ["habitId", "timeBlockId", "note"],
    isPart: true,
  }),
  habits,
  defineAppTable("calendar/events", {
    record: "event",
    fields: ["title", "location", "timeBlockId", "color"],
  }),
];

/** A table by `app/table`. */
export function tableOf(collection: string): Table {
  const table = TABLES.find(({ app, name }) => `${app}/${name}` === collection);
  if (table === undefined) throw new TypeError(`no table ${collection}`);
  return table;
}

/** Listings in the order of a field in plaintext, by `app/table`. */
export const ORDERED: Readonly<Record<string, { readonly field: string; readonly list: Ordered }>> = {
  "notes/notes": {
    field: "color",
    list: (records) => records.list(notes, { order: [{ field: "color", missing: "" }] }),
  },
  "journal/journalEntries": {
    field: "mood",
    list: (records) => records.list(journal, { order: [{ field: "mood", missing: "" }] }),
  },
  "habits/habits": {
    field: "color",
    list: (records) => records.list(habits, { order: [{ field: "color", missing: "" }] }),
  },
};

type Ordered = (records: ReadRecords) => Promise<{ readonly rows: readonly object[] }>;

/** The fields of a table that are its own. */
export const fieldsOf = ({ row }: Table): readonly string[] => Object.keys(row.shape);

/** Which records go with which. */
export const PARENTS: Parents = {
  "notes/noteTags": [{ on: "noteId", parents: ["notes/notes"] }],
  "habits/habitLogs": [{ on: "habitId", parents: ["habits/habits"] }],
  "timeblocks/timeBlocks": [
    { on: "sourceId", parents: ["calendar/events"], where: { field: "sourceModule", value: "calendar" } },
    {
      on: "sourceId",
      parents: ["habits/habits", "habits/habitLogs"],
      where: { field: "sourceModule", value: "habits" },
    },
  ],
};

/** The middle of all times: an hour before the night in which Berlin's clocks go on. */
export const START = Date.parse("2026-03-28T22:00:00.000Z");

const ids = (start: string) => fc.constantFrom("0", "1", "2").map((end) => `${start}${end}`);
const noteId = ids("n");
const habitId = ids("h");
const blockId = ids("b");
/** Words of a field in plaintext, days and instants. */
export const tag = fc.constantFrom("work", "home", "garden");
export const color = fc.constantFrom("red", "blue");
export const day = fc.constantFrom("2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30");
export const instant = fc.record({
  day,
  time: fc.constantFrom(
    "03:00:00.000",
    "09:59:59.999",
    "21:59:59.999",
    "22:00:00.000",
    "22:59:59.999",
    "23:00:00.000",
  ),
}).map(({ day, time }) => `${day}T${time}Z`);
/** Texts that are searched. */
export const words = fc.array(fc.constantFrom("milk", "tea", "bread"), { minLength: 1, maxLength: 2 })
  .map((some) => some.join(" "));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });

/** Values of the fields of a record, by `app/table`. Absent ones are not stored. */
export const VALUES: Readonly<
  Record<string, { readonly id: fc.Arbitrary<string>; readonly fields: Fields }>
> = {
  "notes/notes": {
    id: noteId,
    fields: { title: words, content: words, color: maybe(color), isPinned: fc.boolean() },
  },
  "notes/noteTags": { id: ids("nt"), fields: { noteId, tagId: tag } },
  "journal/journalEntries": {
    id: ids("j"),
    fields: {
      title: words,
      content: words,
      entryDate: day,
      mood: maybe(fc.constantFrom("neutral", "traurig")),
      tags: fc.uniqueArray(tag, { maxLength: 2 }),
      isPinned: fc.boolean(),
    },
  },
  "timeblocks/timeBlocks": {
    id: blockId,
    fields: {
      title: words,
      description: words,
      startDate: instant,
      sourceModule: fc.constantFrom("habits", "calendar", "places"),
      sourceId: fc.oneof(habitId, ids("hl"), ids("e")),
      type: fc.constantFrom("event", "habit"),
    },
  },
  "habits/habitLogs": { id: ids("hl"), fields: { habitId, timeBlockId: blockId, note: maybe(words) } },
  "habits/habits": {
    id: habitId,
    fields: {
      title: words,
      color,
      order: fc.nat(9),
      schedule: maybe(fc.record({ days: fc.constant([1]), time: fc.constant("08:00") })),
    },
  },
  "calendar/events": {
    id: ids("e"),
    fields: { title: words, location: words, timeBlockId: blockId, color: maybe(color) },
  },
};

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** One thing that a device stores. What is inserted already is updated. */
export interface Stored {
  readonly collection: string;
  readonly id: string;
  readonly space: "personal" | "team";
  readonly by: "anna" | "ben";
  readonly isPrivate: boolean;
  readonly kind: "put" | "delete" | "plain" | "foreign key";
  readonly at: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One thing that a device stores in one of these tables. */
export const stored = (tables: readonly string[]): fc.Arbitrary<Stored> =>
  fc.constantFrom(...tables).chain((collection) => {
    const { id, fields } = VALUES[collection] ?? { id: noteId, fields: {} };
    return fc.record({
      collection: fc.constant(collection),
      id,
      space: fc.constantFrom("personal" as const, "personal" as const, "team" as const),
      by: fc.constantFrom("anna" as const, "ben" as const),
      isPrivate: fc.boolean(),
      kind: fc.constantFrom("put", "put", "put", "put", "put", "put", "delete", "plain", "foreign key"),
      at: instant,
      fields: fc.record(fields, { requiredKeys: [] }),
    });
  });
