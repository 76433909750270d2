// Golden rows of changes: rows that tools only change, and what the web app writes to other rows beside the one that is meant:
// counters, flags that are cleared, marks. Which rule says so stands at each.
import { type GoldenRow, isId, isInstant } from "../golden_row.ts";

const QUESTION = {
  quizId: "quiz",
  type: "text",
  questionText: "Hauptstadt von Peru?",
  options: [{ id: "lima", text: "Lima", isCorrect: true }],
  explanation: null,
  order: 0,
};
const GUIDE = { table: "guides/guides", id: "guide", data: { title: "Brot", order: 0 } };
const SECTION = { guideId: "guide", title: "Teig", content: null, order: 0 };
const QUIZ = [
  { table: "quiz/quizzes", id: "quiz", data: { title: "Erde", questionCount: 1 } },
  { table: "quiz/questions", id: "question", data: QUESTION },
];

/** See golden_row.ts. */
export const CHANGED: readonly GoldenRow[] = [
  // Storage, rule 1: the trash is a flag.
  {
    table: "storage/files",
    stored: [
      { table: "storage/files", id: "file", data: { name: "a.pdf", parentFolderId: "f", isDeleted: false } },
    ],
    update: {
      tool: "storage_organise",
      args: { kind: "file", id: "file", name: "b.pdf", folderId: "top", inTrash: true },
    },
    fields: { name: "b.pdf", parentFolderId: null, isDeleted: true },
  },
  // Storage, rule 2: path and depth stay where a folder moves.
  {
    table: "storage/folders",
    stored: [
      {
        table: "storage/folders",
        id: "folder",
        data: { name: "A", path: "/1", depth: 0, isFavorite: false },
      },
      { table: "storage/folders", id: "other", data: { name: "B", path: "/2", depth: 0 } },
    ],
    update: {
      tool: "storage_organise",
      args: { kind: "folder", id: "folder", name: "C", folderId: "other", isFavorite: true },
    },
    fields: { name: "C", parentFolderId: "other", isFavorite: true },
  },
  // Profile, rules 1 and 2: a section is sealed whole, and free text is joined with a line.
  {
    table: "profile/userContext",
    stored: [{
      table: "profile/userContext",
      id: "singleton",
      data: { userId: "self", about: { bio: "Klettert" }, freeform: "Alt", goals: [] },
    }],
    update: { tool: "profile_update", args: { about: { occupation: "Bäckerin" }, addFreeform: "Neu" } },
    fields: { about: { bio: "Klettert", occupation: "Bäckerin" }, freeform: "Alt\n\n---\n\nNeu" },
  },
  // Invoices, rule 1: the counter is raised with the invoice.
  {
    table: "invoices/invoiceSettings",
    stored: [{
      table: "invoices/invoiceSettings",
      id: "invoice-settings",
      data: { userId: "self", numberPrefix: "R-", numberPadding: 3, nextNumber: 7, defaultTerms: null },
    }],
    update: {
      tool: "invoices_create",
      args: { client: { name: "Ahorn" }, lines: [{ title: "x", quantity: 1, unitPrice: 1 }] },
    },
    fields: { nextNumber: 8 },
  },
  // Missions: iterations are one list, replaced as a whole, and what nobody named stays in it.
  {
    table: "ai/aiMissions",
    stored: [{
      table: "ai/aiMissions",
      id: "mission",
      data: {
        title: "Post lesen",
        state: "active",
        iterations: [{ id: "1", startedAt: "2026-02-01T10:00:00.000Z", plan: [], overallStatus: "approved" }],
      },
    }],
    update: { tool: "missions_feedback", args: { id: "mission", iterationId: "1", feedback: "Kürzer" } },
    fields: {
      iterations: [{
        id: "1",
        startedAt: "2026-02-01T10:00:00.000Z",
        plan: [],
        userFeedback: "Kürzer",
        overallStatus: "approved",
      }],
    },
  },
  {
    table: "quiz/questions",
    stored: QUIZ,
    update: {
      tool: "quiz_set_questions",
      args: { quizId: "quiz", change: [{ id: "question", explanation: "Am Meer" }] },
    },
    fields: { explanation: "Am Meer" },
  },
  // Quiz, rule 1: the quiz is counted again.
  {
    table: "quiz/quizzes",
    stored: QUIZ,
    update: {
      tool: "quiz_set_questions",
      args: { quizId: "quiz", add: [{ type: "text", questionText: "Fluss?", options: [{ text: "Rhein" }] }] },
    },
    fields: { questionCount: 2 },
  },
  {
    table: "guides/sections",
    stored: [GUIDE, { table: "guides/sections", id: "section", data: SECTION }],
    update: {
      tool: "guides_update",
      args: { id: "guide", sections: [{ id: "section", content: "zuerst" }] },
    },
    fields: { content: "zuerst" },
  },
  {
    table: "guides/steps",
    stored: [
      GUIDE,
      { table: "guides/sections", id: "section", data: SECTION },
      {
        table: "guides/steps",
        id: "step",
        data: { guideId: "guide", sectionId: null, title: "A", order: 0 },
      },
    ],
    update: {
      tool: "guides_update",
      args: { id: "guide", steps: [{ id: "step", title: "Mischen", sectionId: "section" }] },
    },
    fields: { title: "Mischen", sectionId: "section" },
  },
  {
    table: "presi/slides",
    stored: [
      { table: "presi/decks", id: "deck", data: { title: "Rückblick" } },
      {
        table: "presi/slides",
        id: "slide",
        data: { deckId: "deck", order: 1, content: { type: "content", title: "Zahlen" } },
      },
    ],
    update: {
      tool: "presi_update",
      args: { id: "deck", slides: [{ title: "Davor" }, { id: "slide", body: "Mehr" }] },
    },
    fields: { order: 2, content: { type: "content", title: "Zahlen", body: "Mehr" } },
  },
  // Website, rule 2: each change of a page marks the site.
  {
    table: "website/websites",
    stored: [{ table: "website/websites", id: "site", data: { name: "Garten", slug: "garten" } }],
    update: { tool: "website_save_page", args: { siteId: "site", path: "/beete", title: "Beete" } },
    fields: { draftUpdatedAt: isInstant },
  },
  // Calendar, rule 5: one calendar is the default one.
  {
    table: "calendar/calendars",
    stored: [{ table: "calendar/calendars", id: "old", data: { name: "Alt", isDefault: true } }],
    update: { tool: "calendar_save_calendar", args: { name: "Neu", isDefault: true } },
    fields: { isDefault: false },
  },
  // Questions, rule 1: one answer is accepted.
  {
    table: "questions/answers",
    stored: [
      { table: "questions/questions", id: "q", data: { title: "Warum?", status: "open" } },
      {
        table: "questions/answers",
        id: "old",
        data: { questionId: "q", content: "Darum", isAccepted: true },
      },
    ],
    update: { tool: "questions_answer", args: { questionId: "q", content: "Deshalb", accept: true } },
    fields: { isAccepted: false },
  },
  // Events, rule 5: who is assigned takes the place of who claimed the item.
  {
    table: "events/eventItems",
    stored: [
      { table: "events/events", id: "party", data: { title: "Fest", isPublished: false, status: "draft" } },
      { table: "events/eventGuests", id: "bo", data: { eventId: "party", name: "Bo" } },
      {
        table: "events/eventItems",
        id: "salad",
        data: {
          eventId: "party",
          label: "Salat",
          claimedByName: "Cem",
          claimedAt: "2026-02-01T10:00:00.000Z",
        },
      },
    ],
    update: {
      tool: "events_items",
      args: { eventId: "party", items: [{ id: "salad", assignedGuestId: "bo" }] },
    },
    fields: { assignedGuestId: "bo", claimedByName: null, claimedAt: null },
  },
  // Period, rule 3: a new period closes the one before.
  {
    table: "period/periods",
    stored: [{
      table: "period/periods",
      id: "before",
      data: { startDate: "2026-01-12", periodEndDate: "2026-01-16", endDate: null, length: null },
    }],
    update: { tool: "period_log", args: { date: "2026-02-10", flow: "light" } },
    fields: { endDate: "2026-02-09", length: 29 },
  },
  // Library, rule 2.
  {
    table: "library/libraryEntries",
    stored: [{
      table: "library/libraryEntries",
      id: "book",
      data: { kind: "book", status: "active", title: "Momo", startedAt: "2026-02-01", times: 1 },
    }],
    update: { tool: "library_set_status", args: { id: "book", status: "completed" } },
    fields: { status: "completed", completedAt: "2026-03-01", times: 2 },
  },
  // Lasts, rules 1 and 2: a suggestion that is taken waits no longer, and what happened again has its instant.
  {
    table: "lasts/lasts",
    stored: [{
      table: "lasts/lasts",
      id: "last",
      data: { title: "Trampen", status: "suspected", inferredFrom: { refTable: "habits", refId: "h" } },
    }],
    update: { tool: "lasts_update", args: { id: "last", status: "reclaimed", reclaimedNote: "wieder" } },
    fields: { status: "reclaimed", reclaimedAt: isInstant, reclaimedNote: "wieder", inferredFrom: null },
  },
  // Tags lie where each module keeps them: as ids in the record, or as a member of a task's sealed metadata.
  {
    table: "calendar/events",
    stored: [{ table: "calendar/events", id: "event", data: { title: "Zahnarzt", timeBlockId: "none" } }],
    update: { tool: "tags_assign", args: { module: "calendar", id: "event", add: ["tag-wichtig"] } },
    fields: { tagIds: ["tag-wichtig"] },
  },
  {
    table: "contacts/contacts",
    stored: [{ table: "contacts/contacts", id: "ida", data: { firstName: "Ida", tags: [] } }],
    update: { tool: "tags_assign", args: { module: "contacts", id: "ida", add: ["tag-familie"] } },
    fields: { tagIds: ["tag-familie"] },
  },
  {
    table: "times/timeEntries",
    stored: [{ table: "times/timeEntries", id: "entry", data: { description: "Konzept", tags: [] } }],
    update: { tool: "tags_assign", args: { module: "times", id: "entry", add: ["tag-arbeit"] } },
    fields: { tags: ["tag-arbeit"] },
  },
  {
    table: "todo/tasks",
    stored: [{
      table: "todo/tasks",
      id: "task",
      data: { title: "Brot", metadata: { labelIds: ["old"], from: "mail" } },
    }],
    update: { tool: "tags_assign", args: { module: "todo", id: "task", add: ["tag-arbeit"] } },
    fields: { metadata: { labelIds: ["old", "tag-arbeit"], from: "mail" } },
  },
  // Invoices, rule 4: paying books the income, by its fixed id.
  {
    table: "finance/transactions",
    id: "invoice-tx-inv",
    unasked: "invoices.pay",
    stored: [{
      table: "invoices/invoices",
      id: "inv",
      data: {
        number: "2026-0001",
        status: "sent",
        clientSnapshot: { name: "Ahorn" },
        currency: "EUR",
        totals: { net: 10000, vat: 810, gross: 10810, vatBreakdown: [] },
      },
    }],
    create: { tool: "invoices_pay", args: { id: "inv", paidOn: "2026-02-27" } },
    row: {
      type: "income",
      amount: 108.1,
      categoryId: null,
      description: "2026-0001 Ahorn",
      date: "2026-02-27",
      note: null,
    },
  },
  {
    table: "invoices/invoices",
    unasked: "invoices.pay",
    stored: [{
      table: "invoices/invoices",
      id: "inv",
      data: {
        number: "2026-0001",
        status: "sent",
        clientSnapshot: { name: "Ahorn" },
        totals: { net: 100, vat: 0, gross: 100, vatBreakdown: [] },
      },
    }],
    update: { tool: "invoices_pay", args: { id: "inv" } },
    fields: { status: "paid", paidAt: isInstant },
  },
  // Writing, rule 2: a version is one above the highest, and the draft points at it.
  {
    table: "writing/writingDraftVersions",
    before: [{ tool: "writing_create", args: { title: "Frühling", kind: "blog", content: "Alles" } }],
    create: { tool: "writing_save_version", args: ([id]) => ({ id, content: "Alles blüht" }) },
    row: {
      draftId: isId,
      versionNumber: 2,
      content: "Alles blüht",
      wordCount: 2,
      generationId: null,
      isAiGenerated: true,
      parentVersionId: isId,
      summary: null,
    },
  },
  {
    table: "writing/writingDrafts",
    stored: [
      {
        table: "writing/writingDrafts",
        id: "draft",
        data: { title: "x", kind: "blog", currentVersionId: "v" },
      },
      { table: "writing/writingDraftVersions", id: "v", data: { draftId: "draft", versionNumber: 1 } },
    ],
    update: { tool: "writing_save_version", args: { id: "draft", content: "Neu" } },
    fields: { currentVersionId: isId },
  },
];
