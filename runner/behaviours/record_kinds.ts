// What a persona knows of the records of each module: by which tools a record is made, listed, read, changed and deleted, and where in the
// answers it stands. One table for the brain, which chooses records, and for the checks, which look them up again.

/** One kind of record. */
export interface RecordKind {
  /** Module of the catalogue. */
  readonly module: string;
  /** Makes one; null where only the apps do. */
  readonly create: string | null;
  /** Member of the answer of `create` that holds the record, whose `id` names it; null where the answer itself does. */
  readonly created: string | null;
  readonly list: string;
  /** Member of the answer of `list` that holds the rows. */
  readonly rows: string;
  /** Arguments with which the list shows every record, and many. */
  readonly all: Readonly<Record<string, unknown>>;
  /** Member of a row in which the text is that a persona signs; null where lists show no such text. */
  readonly title: string | null;
  /** Argument of `create` that holds the day for which the list has to be asked; null where the list shows every day. */
  readonly day: string | null;
  /** Reads one, and the member of its answer that holds it; null where only the list shows it. */
  readonly read: { readonly tool: string; readonly row: string } | null;
  readonly update: string | null;
  readonly remove: string | null;
  /** Types of shared spaces for which the module's records may be made. */
  readonly spaces: readonly string[];
}

const SHARED: readonly string[] = ["family", "team"];

/** Every kind of record that a scripted persona writes or reads. */
export const RECORD_KINDS: readonly RecordKind[] = [
  {
    module: "todo",
    create: "todo_create",
    created: "task",
    list: "todo_list",
    rows: "tasks",
    all: { includeCompleted: true, limit: 500 },
    title: "title",
    day: null,
    read: { tool: "todo_read", row: "task" },
    update: "todo_update",
    remove: "todo_delete",
    spaces: [],
  },
  {
    module: "journal",
    create: "journal_add",
    created: "entry",
    list: "journal_list",
    rows: "entries",
    all: { limit: 100 },
    title: "title",
    day: null,
    read: { tool: "journal_read", row: "entry" },
    update: "journal_update",
    remove: "journal_delete",
    spaces: [],
  },
  {
    module: "notes",
    create: "notes_create",
    created: "note",
    list: "notes_search",
    rows: "notes",
    all: { limit: 100 },
    title: "title",
    day: null,
    read: { tool: "notes_read", row: "note" },
    update: "notes_update",
    remove: "notes_delete",
    spaces: SHARED,
  },
  {
    module: "mood",
    create: "mood_log",
    created: null,
    list: "mood_list",
    rows: "entries",
    all: { limit: 200 },
    title: "notes",
    day: null,
    read: null,
    update: "mood_update",
    remove: "mood_delete",
    spaces: [],
  },
  {
    module: "calendar",
    create: "calendar_create",
    created: null,
    list: "calendar_list",
    rows: "entries",
    all: { limit: 500 },
    title: "title",
    day: "startDate",
    read: { tool: "calendar_read", row: "event" },
    update: "calendar_update",
    remove: "calendar_delete",
    spaces: SHARED,
  },
  {
    module: "habits",
    create: "habits_create",
    created: "habit",
    list: "habits_list",
    rows: "habits",
    all: { limit: 500, includeArchived: true },
    title: "title",
    day: null,
    read: null,
    update: "habits_update",
    remove: "habits_delete",
    spaces: [],
  },
  {
    module: "contacts",
    create: "contacts_create",
    created: null,
    list: "contacts_search",
    rows: "contacts",
    all: { limit: 200 },
    title: "company",
    day: null,
    read: { tool: "contacts_read", row: "contact" },
    update: "contacts_update",
    remove: "contacts_delete",
    spaces: SHARED,
  },
  {
    module: "dreams",
    create: "dreams_create",
    created: null,
    list: "dreams_list",
    rows: "dreams",
    all: { limit: 100 },
    title: "title",
    day: null,
    read: { tool: "dreams_read", row: "dream" },
    update: "dreams_update",
    remove: "dreams_delete",
    spaces: [],
  },
  {
    module: "library",
    create: "library_create",
    created: null,
    list: "library_list",
    rows: "entries",
    all: { limit: 200 },
    title: "title",
    day: null,
    read: { tool: "library_read", row: "entry" },
    update: "library_update",
    remove: "library_delete",
    spaces: [],
  },
  {
    module: "invoices",
    create: "invoices_create",
    created: null,
    list: "invoices_list",
    rows: "invoices",
    all: { limit: 200 },
    title: "subject",
    day: null,
    read: { tool: "invoices_read", row: "invoice" },
    update: "invoices_update",
    remove: "invoices_delete",
    spaces: ["team"],
  },
  {
    module: "articles",
    create: null,
    created: null,
    list: "articles_list",
    rows: "articles",
    all: { limit: 100 },
    title: "title",
    day: null,
    read: { tool: "articles_read", row: "article" },
    update: null,
    remove: null,
    spaces: [],
  },
];

/** The kind of a module; undefined where none is known. */
export function kindOfModule(module: string): RecordKind | undefined {
  return RECORD_KINDS.find((kind) => kind.module === module);
}
