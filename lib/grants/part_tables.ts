// Tables whose records are parts of other records: a grant shows a part only where it shows the record that the part belongs to.
// The tables are those of tools/tables.json; a test holds every table with an id of another record against this list.

/** How the parts of a table name what they belong to. */
export interface PartTable {
  /** `app/table` of the parts. */
  readonly child: string;
  /** The field with the id of the record that the part belongs to. */
  readonly on: string;
  /** The tables in which that record may be; the id is of one of them. */
  readonly parents: readonly string[];
  /** Whether a part may be of no record; it then passes by its own rule alone. */
  readonly mayBeAlone?: boolean;
  /** Only parts with this value belong there. */
  readonly where?: { readonly field: string; readonly value: string };
}

/** Every table of parts. */
export const PART_TABLES: readonly PartTable[] = [
  ...parts("todo/tasks", "taskId", ["todo/taskLabels", "todo/reminders"]),
  ...parts("calendar/events", "eventId", ["calendar/eventTags"]),
  ...parts("habits/habits", "habitId", ["habits/habitLogs"]),
  ...parts("notes/notes", "noteId", ["notes/noteTags"]),
  ...parts("contacts/contacts", "contactId", ["contacts/contactTags"]),
  ...parts("dreams/dreams", "dreamId", ["dreams/dreamTags"]),
  // A day that was logged outside of every period.
  {
    child: "period/periodDayLogs",
    on: "periodId",
    parents: ["period/periods"],
    mayBeAlone: true,
  },
  ...parts("body/bodyWorkouts", "workoutId", ["body/bodySets"]),
  ...parts("times/timeEntries", "entryId", ["times/entryTags"]),
  ...parts("inventory/items", "itemId", ["inventory/invItemTags"]),
  ...parts("skilltree/skills", "skillId", ["skilltree/activities", "skilltree/skillTags"]),
  ...parts("quiz/quizzes", "quizId", ["quiz/questions", "quiz/attempts"]),
  ...parts("questions/questions", "questionId", ["questions/answers", "questions/questionTags"]),
  ...parts("guides/guides", "guideId", [
    "guides/sections",
    "guides/steps",
    "guides/runs",
    "guides/guideTags",
  ]),
  ...parts("events/events", "eventId", [
    "events/eventGuests",
    "events/eventInvitations",
    "events/eventItems",
  ]),
  ...parts("writing/writingDrafts", "draftId", [
    "writing/writingDraftVersions",
    "writing/writingGenerations",
  ]),
  ...parts("presi/decks", "deckId", ["presi/slides", "presi/presiDeckTags"]),
  ...parts("chat/conversations", "conversationId", ["chat/messages", "chat/conversationTags"]),
  ...parts("playground/conversations", "conversationId", ["playground/messages"]),
  ...parts("storage/files", "fileId", ["storage/fileTags"]),
  ...parts("photos/albums", "albumId", ["photos/albumItems"]),
  ...parts("picture/boards", "boardId", ["picture/boardItems"]),
  ...parts("picture/images", "imageId", ["picture/imageTags"]),
  ...parts("forms/forms", "formId", ["forms/formResponses"]),
  ...parts("website/websites", "siteId", ["website/websitePages"]),
  ...parts("website/websitePages", "pageId", ["website/websiteBlocks"]),
  ...parts("ai/agents", "agentId", ["ai/agentKontextDocs"]),
  ...parts("timeblocks/timeBlocks", "blockId", ["timeblocks/timeBlockTags"]),
  // A time block carries a copy of its owner's title, so it follows its owner.
  ...blocks("todo", ["todo/tasks"]),
  ...blocks("calendar", ["calendar/events"]),
  ...blocks("times", ["times/timeEntries"]),
  ...blocks("habits", ["habits/habits", "habits/habitLogs"]),
  ...blocks("events", ["events/events"]),
  ...blocks("body", ["body/bodyWorkouts"]),
  ...blocks("dreams", ["dreams/dreams"]),
  ...blocks("skilltree", ["skilltree/skills", "skilltree/activities"]),
  ...blocks("period", ["period/periods"]),
  ...blocks("guides", ["guides/guides", "guides/runs"]),
  ...blocks("presi", ["presi/decks"]),
];

/** What the parts of a table belong to; empty for a table whose records are no parts. */
export function partsOf(child: string): readonly PartTable[] {
  return PART_TABLES.filter((part) => part.child === child);
}

function parts(parent: string, on: string, children: readonly string[]): PartTable[] {
  return children.map((child) => ({ child, on, parents: [parent] }));
}

function blocks(sourceModule: string, parents: readonly string[]): PartTable[] {
  return [{
    child: "timeblocks/timeBlocks",
    on: "sourceId",
    parents,
    where: { field: "sourceModule", value: sourceModule },
  }];
}
