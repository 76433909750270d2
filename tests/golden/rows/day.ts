// Golden rows of Day: todo, calendar, notes, journal, habits.
import { type GoldenRow, isNumber } from "../golden_row.ts";

/** See golden_row.ts. */
export const DAY: readonly GoldenRow[] = [
  {
    table: "journal/journalEntries",
    create: { tool: "journal_add", args: { content: "Lange wach", mood: "glücklich", tags: ["schlaf"] } },
    row: {
      title: null,
      content: "Lange wach",
      entryDate: "2026-03-01",
      mood: "glücklich",
      tags: ["schlaf"],
      isPinned: false,
      isArchived: false,
      isFavorite: false,
      wordCount: 2,
    },
    update: {
      tool: "journal_update",
      args: ([id]) => ({ id, title: "Nacht", content: "Endlich\n geschlafen, lange", clear: ["mood"] }),
    },
    fields: { title: "Nacht", content: "Endlich\n geschlafen, lange", wordCount: 3, mood: null },
  },
  {
    table: "notes/notes",
    create: { tool: "notes_create", args: { title: "Liste", content: "Milch", color: "#fde68a" } },
    row: { title: "Liste", content: "Milch", color: "#fde68a", isPinned: false, isArchived: false },
    update: {
      tool: "notes_update",
      args: ([id]) => ({ id, content: "Brot", clear: ["color"], isPinned: true }),
    },
    fields: { content: "Brot", color: null, isPinned: true },
  },
  {
    table: "habits/habits",
    create: { tool: "habits_create", args: { title: "Lesen" } },
    row: {
      title: "Lesen",
      icon: "star",
      color: "#6366f1",
      targetPerDay: null,
      defaultDuration: null,
      order: isNumber,
      isArchived: false,
    },
  },
  {
    table: "todo/tasks",
    create: { tool: "todo_create", args: { title: "Brot backen", dueDate: "2026-03-04" } },
    row: {
      title: "Brot backen",
      priority: "medium",
      isCompleted: false,
      completedAt: null,
      dueDate: "2026-03-04",
      order: isNumber,
    },
  },
];
