/** What the person has stored, from another device: long lists, long texts, and text that is not well-formed. */
import type { Row } from "./product.ts";

/** Stands in every text of the person, so that it is found where it should not be. */
export const MARK = "plum jam";
/** What the apps store when a text is cut within an emoji: the first half of a surrogate pair. */
const HALF = "\ud83d";
/** As a model has to be told. */
export const WHOLE = "\ufffd";

/** Clients' limits count characters, bytes or tokens: a text that comes near all three. */
export const MIXED = `${MARK} and сливовое `;

/** Ids of the rows that the plan names. */
export const IDS = {
  habit: "habit-1",
  habitToDelete: "habit-2",
  task: "task-000",
  taskToDelete: "task-001",
  longNote: "note-long",
  noteToDelete: "note-2",
  entryOfToday: "entry-today",
  entryOfLastMonth: "entry-last-month",
} as const;

/** Habits are not sealed: half a pair stands in plaintext. */
export function habitRows(): Row[] {
  const rest = {
    icon: "star",
    color: "#6366f1",
    targetPerDay: null,
    defaultDuration: null,
    isArchived: false,
  };
  return [
    { id: IDS.habit, title: `${MARK} ${HALF} every day`, order: 0, ...rest },
    { id: IDS.habitToDelete, title: `${MARK}, less of it`, order: 1, ...rest },
  ];
}

/** What stands in the texts of the journal, besides {@link MARK}. */
export const ENTRY_TEXT = "what only the diary knows";

/** Two days of the journal: one within a week, one before it. */
export function journalRows(): Row[] {
  const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const rest = {
    content: `${MARK}: ${ENTRY_TEXT}`,
    mood: "zufrieden",
    tags: ["work"],
    isPinned: false,
    isArchived: false,
    isFavorite: false,
    wordCount: 6,
  };
  return [
    { id: IDS.entryOfToday, title: `${MARK} today`, entryDate: dayBefore(0), ...rest },
    { id: IDS.entryOfLastMonth, title: `${MARK} last month`, entryDate: dayBefore(31), ...rest },
  ];
}

const plainTask = { priority: "low", isCompleted: false, completedAt: null, dueDate: null };

/** 300 open tasks of 1,500 characters: no page of them is short. */
export const OPEN_TASKS: readonly Row[] = Array.from({ length: 300 }, (_, index) => ({
  id: `task-${String(index).padStart(3, "0")}`,
  title: `task ${index}`,
  description: `${MARK} `.repeat(166).trim(),
  ...plainTask,
  order: index,
}));

/** Two before them that are done: together fewer characters and tokens than a result may have, but more bytes. */
export const DONE_TASKS: readonly Row[] = [-2, -1].map((order) => ({
  id: `task-done${order}`,
  title: "long ago",
  description: MIXED.repeat(863),
  ...plainTask,
  isCompleted: true,
  order,
}));

const plainNote = { color: null, isPinned: false, isArchived: false };

/** A long text in two alphabets, more bytes than characters, and a sealed one with half a pair. */
export const NOTE_ROWS: readonly Row[] = [
  {
    id: IDS.longNote,
    title: "long",
    content: MIXED.repeat(4_000),
    ...plainNote,
  },
  { id: IDS.noteToDelete, title: `half ${HALF} a pair`, content: `${MARK} ${HALF}`, ...plainNote },
];

/** What another member wrote into the shared space. */
export const TEAM_NOTE: Row = { id: "note-ben", title: "from Ben", content: `${MARK} for all`, ...plainNote };
