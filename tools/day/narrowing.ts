// By what a person can narrow an app within the modules of the day.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";

/** The times of blocks with their titles, and without any words. */
export const BLOCKS = {
  titled: readable("timeblocks/timeBlocks", { open: ["title"] }),
  wordless: readable("timeblocks/timeBlocks", {}),
};

/** By module. */
export const DAY_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  habits: {
    collection: "habits/habitLogs",
    tables: ["habits/habits", "habits/habitLogs", "timeblocks/timeBlocks"],
    since: { via: "timeblocks/timeBlocks", key: "timeBlockId", field: "startDate" },
    fieldChoices: [{
      name: "marks",
      label: "habits and when they were done, not the notes",
      fields: { ...readable("habits/habitLogs", { not: ["note"] }), ...BLOCKS.titled },
    }],
  },
  todo: {
    collection: "todo/tasks",
    tables: ["todo/tasks", "todo/projects", "todo/reminders", "timeblocks/timeBlocks"],
    fieldChoices: [
      {
        name: "titles",
        label: "titles and days, not the descriptions and steps",
        fields: { ...readable("todo/tasks", { open: ["title"] }), ...BLOCKS.titled },
      },
      {
        name: "days",
        label: "days, priorities and what is done, no words",
        fields: {
          ...readable("todo/tasks", {}),
          ...readable("todo/projects", { not: ["name"] }),
          ...BLOCKS.wordless,
        },
      },
    ],
  },
  calendar: {
    collection: "calendar/events",
    tables: ["calendar/events", "calendar/calendars", "timeblocks/timeBlocks", "times/timeEntries"],
    since: { via: "timeblocks/timeBlocks", key: "timeBlockId", field: "startDate" },
    tags: { kind: "tags", field: "tagIds" },
    fieldChoices: [
      {
        name: "titles",
        label: "titles and times, not the descriptions and places",
        fields: { ...readable("calendar/events", { open: ["title"] }), ...BLOCKS.titled },
      },
      {
        name: "times",
        label: "when something is planned, no words",
        fields: {
          ...readable("calendar/events", { not: ["tagIds"] }),
          ...readable("calendar/calendars", { not: ["name"] }),
          ...BLOCKS.wordless,
        },
      },
    ],
  },
  notes: {
    collection: "notes/notes",
    tables: ["notes/notes", "notes/noteTags"],
    tags: { kind: "tags", via: "notes/noteTags", on: "noteId", field: "tagId" },
    fieldChoices: [{
      name: "titles",
      label: "titles, not the texts",
      fields: readable("notes/notes", { open: ["title"] }),
    }],
  },
  journal: {
    collection: "journal/journalEntries",
    tables: ["journal/journalEntries"],
    since: { field: "entryDate" },
    tags: { kind: "words", field: "tags" },
    fieldChoices: [
      {
        name: "titles",
        label: "titles, days and moods, not the texts",
        fields: readable("journal/journalEntries", { open: ["title"] }),
      },
      {
        name: "days",
        label: "days and moods, no words",
        fields: readable("journal/journalEntries", { not: ["tags"] }),
      },
    ],
  },
};
