// Golden rows of time blocks that no other file has: the series of a habit, and a run through a guide (contract: modules, timeblocks).
import { type GoldenRow, isId, isInstant } from "../golden_row.ts";

/** What the blocks of all owners have in common. */
const BLOCK = {
  isLive: false,
  timezone: null,
  linkedBlockId: null,
  description: null,
  projectId: null,
  sourceId: isId,
} as const;
const PLANNED = {
  ...BLOCK,
  allDay: false,
  kind: "scheduled",
  type: "habit",
  sourceModule: "habits",
  title: "Lesen",
  color: "#6366f1",
  icon: "star",
} as const;
const READING = { tool: "habits_create", args: { title: "Lesen", defaultDuration: 600 } };

/** See golden_row.ts. */
export const BLOCKS: readonly GoldenRow[] = [
  // Habits, rule 5: the template, and its copies follow the habit (timeblocks, rules 2 and 5).
  {
    table: "timeblocks/timeBlocks",
    before: [READING],
    create: {
      tool: "habits_update",
      args: ([id]) => ({ id, schedule: { days: [1], time: "07:00" } }),
    },
    row: {
      ...PLANNED,
      startDate: "2026-03-02T07:00:00.000Z",
      endDate: "2026-03-02T07:10:00.000Z",
      recurrenceRule: "RRULE:FREQ=WEEKLY;BYDAY=MO",
    },
    update: { tool: "habits_update", args: ([id]) => ({ id, title: "Vorlesen", icon: "book-open" }) },
    fields: { title: "Vorlesen", icon: "book-open" },
  },
  // Timeblocks, rule 5: an instance names its template and its day, and has no rule.
  {
    table: "timeblocks/timeBlocks",
    stored: [
      { table: "habits/habits", id: "habit", data: { title: "Lesen", icon: "star", color: "#6366f1" } },
      {
        table: "timeblocks/timeBlocks",
        id: "series",
        data: {
          ...PLANNED,
          sourceId: "habit",
          startDate: "2026-03-01T09:00:00.000Z",
          endDate: null,
          recurrenceRule: "RRULE:FREQ=DAILY",
        },
      },
    ],
    create: { tool: "habits_update", args: { id: "habit", schedule: { days: [1], time: "07:00" } } },
    row: {
      ...PLANNED,
      sourceId: "habit",
      startDate: "2026-03-09T07:00:00.000Z",
      endDate: null,
      recurrenceRule: null,
      parentBlockId: "series",
      recurrenceDate: "2026-03-09",
    },
  },
  // Guides, rule 1: the block of a run ends with the run.
  {
    table: "timeblocks/timeBlocks",
    before: [{ tool: "guides_create", args: { title: "Brot" } }],
    create: { tool: "guides_run", args: ([guideId]) => ({ action: "start", guideId }) },
    row: {
      ...BLOCK,
      allDay: false,
      kind: "logged",
      type: "guide",
      sourceModule: "guides",
      title: "Brot",
      color: "#14b8a6",
      icon: null,
      recurrenceRule: null,
      startDate: isInstant,
      endDate: null,
    },
    update: { tool: "guides_run", args: ([, runId]) => ({ action: "finish", runId }) },
    fields: { endDate: isInstant },
  },
  // Timeblocks, rule 2: texts, colour and project of the owner are copied when it is made, and when it changes.
  {
    table: "timeblocks/timeBlocks",
    before: [{ tool: "calendar_save_calendar", args: { name: "Privat" } }],
    create: {
      tool: "calendar_create",
      args: { title: "Kurs", description: "Töpfern", color: "#112233", startDate: "2026-05-20" },
    },
    row: {
      ...BLOCK,
      description: "Töpfern",
      allDay: true,
      kind: "scheduled",
      type: "event",
      sourceModule: "calendar",
      title: "Kurs",
      color: "#112233",
      icon: null,
      recurrenceRule: null,
      startDate: "2026-05-20T00:00:00.000Z",
      endDate: "2026-05-20T23:59:59.000Z",
    },
    update: {
      tool: "calendar_update",
      args: ([, id]) => ({ id, description: "Drehen", clear: ["color"] }),
    },
    fields: { description: "Drehen", color: null },
  },
  {
    table: "timeblocks/timeBlocks",
    before: [
      { tool: "times_save_project", args: { name: "Website" } },
      { tool: "times_save_project", args: { name: "Buch" } },
    ],
    create: {
      tool: "times_add",
      args: ([projectId]) => ({ projectId, start: "2026-02-27T09:00", end: "2026-02-27T10:30" }),
    },
    row: {
      ...BLOCK,
      projectId: isId,
      allDay: false,
      kind: "logged",
      type: "timeEntry",
      sourceModule: "times",
      // Times, rule 1: what an entry without a description is called.
      title: "Time Entry",
      color: null,
      icon: null,
      recurrenceRule: null,
      startDate: "2026-02-27T09:00:00.000Z",
      endDate: "2026-02-27T10:30:00.000Z",
    },
    update: {
      tool: "times_update",
      args: ([, projectId, id]) => ({ id, projectId, description: "Kapitel 1" }),
    },
    fields: { projectId: isId, title: "Kapitel 1" },
  },
  {
    table: "timeblocks/timeBlocks",
    before: [{ tool: "todo_save_project", args: { name: "Haus" } }, {
      tool: "todo_create",
      args: { title: "Streichen" },
    }],
    create: { tool: "todo_schedule", args: ([, id]) => ({ id, start: "2026-03-04" }) },
    row: {
      ...BLOCK,
      allDay: true,
      kind: "scheduled",
      type: "task",
      sourceModule: "todo",
      title: "Streichen",
      color: null,
      icon: null,
      recurrenceRule: null,
      startDate: "2026-03-04T09:00:00.000Z",
      endDate: "2026-03-04T10:00:00.000Z",
    },
    update: {
      tool: "todo_update",
      args: ([projectId, id]) => ({ id, projectId, title: "Küche streichen" }),
    },
    fields: { projectId: isId, title: "Küche streichen" },
  },
];
