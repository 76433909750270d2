/** A table as the soak uses it: written from the contract, so that a slip in the product's own tables shows. */
export interface SoakTable {
  readonly app: string;
  readonly name: string;
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
}

export const HABITS: SoakTable = {
  app: "habits",
  name: "habits",
  fields: ["title", "icon", "color", "targetPerDay", "defaultDuration", "order", "isArchived"],
  sealed: new Set(),
  listing: { tool: "habits_list", args: { includeArchived: true }, member: "habits" },
};

export const TASKS: SoakTable = {
  app: "todo",
  name: "tasks",
  fields: ["title", "description", "priority", "isCompleted", "completedAt", "dueDate", "order"],
  sealed: new Set(["title", "description", "subtasks"]),
  listing: { tool: "todo_list", args: { includeCompleted: true, limit: 500 }, member: "tasks" },
};

export const NOTES: SoakTable = {
  app: "notes",
  name: "notes",
  fields: ["title", "content", "color", "isPinned", "isArchived"],
  sealed: new Set(["title", "content"]),
  listing: { tool: "notes_search", args: { includeArchived: true, limit: 100 }, member: "notes" },
};

export const JOURNAL: SoakTable = {
  app: "journal",
  name: "journalEntries",
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

/** Every table. */
export const TABLES = [HABITS, TASKS, NOTES, JOURNAL] as const;
/** Those that can be listed. */
export const LISTED_TABLES = [HABITS, TASKS, NOTES] as const;
