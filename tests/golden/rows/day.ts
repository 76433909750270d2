// Golden rows of Day: todo, calendar, notes, journal, habits.
import { type GoldenCall, type GoldenRow, isId, isInstant, isNumber } from "../golden_row.ts";

const CALENDAR: GoldenCall = {
  tool: "calendar_save_calendar",
  args: { name: "Privat", timeZone: "Europe/Berlin" },
};
const APPOINTMENT: GoldenCall = {
  tool: "calendar_create",
  args: { title: "Zahnarzt", startDate: "2026-05-20T09:00", timeZone: "Europe/Berlin" },
};

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
    table: "timeblocks/timeBlocks",
    before: [{ tool: "habits_create", args: { title: "Lesen", defaultDuration: 600 } }],
    create: {
      tool: "habits_log",
      args: ([id]) => ({ id, at: "2026-03-01T08:00" }),
    },
    row: {
      startDate: "2026-03-01T08:00:00.000Z",
      endDate: "2026-03-01T08:10:00.000Z",
      allDay: false,
      isLive: false,
      timezone: null,
      recurrenceRule: null,
      kind: "logged",
      type: "habit",
      sourceModule: "habits",
      sourceId: isId,
      linkedBlockId: null,
      title: "Lesen",
      description: null,
      color: "#6366f1",
      icon: "star",
      projectId: null,
    },
  },
  {
    table: "habits/habitLogs",
    before: [{ tool: "habits_create", args: { title: "Lesen" } }],
    create: { tool: "habits_log", args: ([id]) => ({ id }) },
    row: { habitId: isId, timeBlockId: isId, note: null },
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
    update: {
      tool: "habits_update",
      args: ([id]) => ({ id, schedule: { days: [1, 4], time: "07:00" }, targetPerDay: 2 }),
    },
    fields: { schedule: { days: [1, 4], time: "07:00" }, targetPerDay: 2 },
  },
  {
    table: "todo/tasks",
    create: {
      tool: "todo_create",
      args: { title: "Brot backen", dueDate: "2026-03-04", subtasks: ["Mehl"], tagIds: ["tag-wichtig"] },
    },
    row: {
      title: "Brot backen",
      priority: "medium",
      isCompleted: false,
      completedAt: null,
      dueDate: "2026-03-04",
      scheduledBlockId: null,
      estimatedDuration: null,
      order: isNumber,
      subtasks: isChecklist,
      metadata: { labelIds: ["tag-wichtig"] },
    },
    update: { tool: "todo_complete", args: ([id]) => ({ id }) },
    fields: { isCompleted: true, completedAt: isInstant },
  },
  {
    table: "todo/tasks",
    create: { tool: "todo_create", args: { title: "Brot backen" } },
    row: {
      title: "Brot backen",
      priority: "medium",
      isCompleted: false,
      completedAt: null,
      dueDate: null,
      scheduledBlockId: null,
      estimatedDuration: null,
      order: isNumber,
    },
    update: {
      tool: "todo_update",
      args: ([id]) => ({ id, description: "Roggen", estimatedDuration: 900, dueDate: "2026-03-04" }),
    },
    fields: { description: "Roggen", estimatedDuration: 900, dueDate: "2026-03-04" },
  },
  {
    table: "timeblocks/timeBlocks",
    before: [{ tool: "todo_create", args: { title: "Brot backen", estimatedDuration: 900 } }],
    create: { tool: "todo_schedule", args: ([id]) => ({ id, start: "2026-03-04T18:00" }) },
    row: {
      startDate: "2026-03-04T18:00:00.000Z",
      endDate: "2026-03-04T18:15:00.000Z",
      allDay: false,
      isLive: false,
      timezone: null,
      recurrenceRule: null,
      kind: "scheduled",
      type: "task",
      sourceModule: "todo",
      sourceId: isId,
      linkedBlockId: null,
      title: "Brot backen",
      description: null,
      color: null,
      icon: null,
      projectId: null,
    },
    update: {
      tool: "todo_schedule",
      args: ([id]) => ({ id, start: "2026-03-05", recurrenceRule: "FREQ=WEEKLY" }),
    },
    fields: {
      startDate: "2026-03-05T09:00:00.000Z",
      // Tasks, rule 3: as long as the task is estimated, also where the day alone is given.
      endDate: "2026-03-05T09:15:00.000Z",
      allDay: true,
      recurrenceRule: "RRULE:FREQ=WEEKLY",
    },
  },
  {
    table: "todo/projects",
    create: { tool: "todo_save_project", args: { name: "Haus", color: "#fde68a" } },
    row: { name: "Haus", color: "#fde68a", order: isNumber, isArchived: false },
    update: { tool: "todo_save_project", args: ([id]) => ({ id, isArchived: true }) },
    fields: { isArchived: true },
  },
  {
    table: "todo/reminders",
    before: [{ tool: "todo_create", args: { title: "Brot backen", dueDate: "2026-03-04" } }],
    create: { tool: "todo_remind", args: ([id]) => ({ id, minutesBefore: 30 }) },
    row: { taskId: isId, minutesBefore: 30, type: "push", status: "pending" },
  },
  {
    table: "calendar/calendars",
    create: CALENDAR,
    row: { name: "Privat", color: "#3B82F6", isDefault: false, isVisible: true, timezone: "Europe/Berlin" },
    update: { tool: "calendar_save_calendar", args: ([id]) => ({ id, isDefault: true, color: "#ff0000" }) },
    fields: { isDefault: true, color: "#ff0000" },
  },
  {
    table: "calendar/events",
    before: [CALENDAR],
    create: APPOINTMENT,
    row: {
      calendarId: isId,
      timeBlockId: isId,
      title: "Zahnarzt",
      description: null,
      location: null,
      color: null,
      reminders: null,
    },
    update: {
      tool: "calendar_update",
      args: ([, id]) => ({ id, location: "Köln", description: "Karte", color: "#00ff00" }),
    },
    fields: { location: "Köln", description: "Karte", color: "#00ff00" },
  },
  {
    table: "timeblocks/timeBlocks",
    before: [CALENDAR],
    create: APPOINTMENT,
    row: {
      startDate: "2026-05-20T07:00:00.000Z",
      endDate: "2026-05-20T08:00:00.000Z",
      allDay: false,
      isLive: false,
      timezone: null,
      recurrenceRule: null,
      kind: "scheduled",
      type: "event",
      sourceModule: "calendar",
      sourceId: isId,
      linkedBlockId: null,
      title: "Zahnarzt",
      description: null,
      color: null,
      icon: null,
      projectId: null,
    },
    update: {
      tool: "calendar_update",
      args: ([, id]) => ({
        id,
        title: "Arzt",
        startDate: "2026-05-21",
        recurrenceRule: "FREQ=WEEKLY",
        timeZone: "Europe/Berlin",
      }),
    },
    fields: {
      title: "Arzt",
      startDate: "2026-05-20T22:00:00.000Z",
      endDate: "2026-05-21T21:59:59.000Z",
      allDay: true,
      recurrenceRule: "RRULE:FREQ=WEEKLY",
    },
  },
];

function isChecklist(value: unknown): boolean {
  const [item, ...more] = Array.isArray(value) ? value : [];
  const { id, ...rest } = Object(item);
  return more.length === 0 && isId(id) &&
    JSON.stringify(rest) ===
      JSON.stringify({ title: "Mehl", isCompleted: false, completedAt: null, order: 0 });
}
