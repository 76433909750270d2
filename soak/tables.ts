/** A table as the soak uses it: written from the contract, so that a slip in the product's own tables shows. */
export interface SoakTable {
  readonly app: string;
  readonly name: string;
  /** The field with the text that no other write of the run has. */
  readonly text: string;
  /** Fields that a listing shows. */
  readonly fields: readonly string[];
  /** Those that are sealed in the personal space. */
  readonly sealed: ReadonlySet<string>;
  /** The tool that lists everything, and where its rows are; null where no tool lists the table. */
  readonly listing: {
    readonly tool: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly member: string;
  } | null;
  /** Whether a stored value has the form that the contract gives the field; by default it has. */
  readonly fits?: (field: string, value: unknown) => boolean;
}

export const HABITS: SoakTable = {
  app: "habits",
  name: "habits",
  text: "title",
  fields: ["title", "icon", "color", "targetPerDay", "defaultDuration", "order", "isArchived", "schedule"],
  sealed: new Set(),
  listing: { tool: "habits_list", args: { includeArchived: true }, member: "habits" },
  // A path into a schedule that is not there leaves one without days.
  fits: (field, value) =>
    field !== "schedule" || value === undefined || value === null ||
    (typeof value === "object" && "days" in value && Array.isArray(value.days)),
};

/** What a person looks into: deleted with a yes in the client's form (`soak/nodes/`). */
export const QUESTIONS: SoakTable = {
  app: "questions",
  name: "questions",
  text: "title",
  fields: ["title"],
  sealed: new Set(["title", "description"]),
  listing: null,
};

export const TASKS: SoakTable = {
  app: "todo",
  name: "tasks",
  text: "title",
  fields: ["title", "description", "priority", "isCompleted", "completedAt", "dueDate", "order"],
  sealed: new Set(["title", "description", "subtasks"]),
  listing: { tool: "todo_list", args: { includeCompleted: true, limit: 500 }, member: "tasks" },
};

export const NOTES: SoakTable = {
  app: "notes",
  name: "notes",
  text: "title",
  fields: ["title", "content", "color", "isPinned", "isArchived"],
  sealed: new Set(["title", "content"]),
  listing: { tool: "notes_search", args: { includeArchived: true, limit: 100 }, member: "notes" },
};

export const JOURNAL: SoakTable = {
  app: "journal",
  name: "journalEntries",
  text: "title",
  fields: [
    "title",
    "content",
    "entryDate",
    "mood",
    "tags",
    "isPinned",
    "isArchived",
    "isFavorite",
    "wordCount",
  ],
  sealed: new Set(["title", "content"]),
  listing: null,
};

export const CONTACTS: SoakTable = {
  app: "contacts",
  name: "contacts",
  text: "firstName",
  fields: ["firstName", "lastName", "company", "email", "birthday", "isFavorite", "isArchived"],
  sealed: new Set(["firstName", "lastName", "email", "birthday"]),
  listing: {
    tool: "contacts_search",
    args: { includeArchived: true, limit: 200 },
    member: "contacts",
  },
};

/** The time axis of the apps. A row belongs to a row of another app, and is written with it. */
export const TIME_BLOCKS: SoakTable = {
  app: "timeblocks",
  name: "timeBlocks",
  text: "title",
  fields: ["startDate", "kind", "type", "sourceModule", "sourceId", "title"],
  sealed: new Set(["title", "description"]),
  listing: null,
};

export const HABIT_LOGS: SoakTable = {
  app: "habits",
  name: "habitLogs",
  text: "note",
  fields: ["habitId", "timeBlockId", "note"],
  sealed: new Set(),
  listing: null,
};

export const EVENTS: SoakTable = {
  app: "calendar",
  name: "events",
  text: "title",
  fields: ["calendarId", "timeBlockId", "title"],
  sealed: new Set(["title", "description", "location"]),
  listing: null,
};

/** Tables of which a call writes several rows. */
export const PLANNED_TABLES = [TIME_BLOCKS, HABIT_LOGS, EVENTS] as const;
/** Every table of which clients and devices write single rows. */
export const TABLES = [HABITS, TASKS, NOTES, JOURNAL, CONTACTS] as const;
/** Those that can be listed. */
export const LISTED_TABLES = [HABITS, TASKS, NOTES, CONTACTS] as const;
