/** Parts follow the record that they belong to, and links decide by the rows of another table as they are now. */
import assert from "node:assert/strict";
import { PART_TABLES } from "../../lib/grants/part_tables.ts";
import { tableColumns } from "../../lib/tool/tables/table_columns.ts";
import { MODULES } from "../../tools/modules.ts";
import TABLES from "../../tools/tables.json" with { type: "json" };
import { createHarness, insert, refusalOf } from "../records/_harness.ts";
import { z } from "zod";
import { blocks, dayLogs, notes, noteTags, recordsWith, tasks } from "./_narrowed.ts";

const OTHERS = { collection: "*", access: ["read"] };
const WORK = {
  collection: "notes/notes",
  access: ["read"],
  where: [{ via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["work"] }],
};

function taggedNotes() {
  const h = createHarness();
  h.services.write("anna", "notes", [
    ...["a", "b", "c"].map((id) => insert("notes", id, { color: id })),
    insert("noteTags", "1", { noteId: "a", tagId: "work" }),
    insert("noteTags", "2", { noteId: "a", tagId: "home" }),
    insert("noteTags", "3", { noteId: "b", tagId: "home" }),
    insert("noteTags", "4", { noteId: "gone", tagId: "work" }),
  ]);
  return h;
}

Deno.test("a link lets through what a live row links now; the rows of the link follow their record", async () => {
  const h = taggedNotes();
  const idsIn = async (
    rule: object,
    look: (records: ReturnType<typeof recordsWith>, found: string[]) => Promise<void>,
  ) => {
    const found: string[] = [];
    await look(recordsWith(h, [{ ...rule }, OTHERS]), found);
    return found.sort().join("");
  };
  const ids = (rule: object) =>
    idsIn(rule, (records, found) => records.lookThrough(notes, ({ id }) => void found.push(id)));
  const tagIds = (rule: object) =>
    idsIn(rule, (records, found) => records.lookThrough(noteTags, ({ id }) => void found.push(id)));
  const with_ = (op: string, value: unknown) => ({ ...WORK, where: [{ ...WORK.where[0], op, value }] });
  assert.equal(await ids(WORK), "a");
  assert.equal(await tagIds(WORK), "12", "both tags of the note, and of no other");
  assert.equal(await ids(with_("none", ["work"])), "bc");
  assert.equal(await tagIds(with_("none", ["work"])), "3");
  assert.equal(await ids(with_("eq", "home")), "ab");
  assert.equal(await ids(with_("in", [])), "");
  h.services.write("anna", "notes", [insert("noteTags", "5", { noteId: "c", tagId: "work" })]);
  assert.equal(await ids(WORK), "ac", "a new row counts at once");
  h.services.write("anna", "notes", [{
    table: "noteTags",
    id: "1",
    op: "delete",
    deletedAt: "2026-05-20T11:00:00.000Z",
  }]);
  assert.equal(await ids(WORK), "c", "a deleted row counts no more");
});

Deno.test("where a linked table cannot be read, nothing is shown at all", async () => {
  const h = taggedNotes();
  h.services.intercept = ({ url }) =>
    url.searchParams.get("collection") === "noteTags" ? new Response("no", { status: 500 }) : undefined;
  const records = recordsWith(h, [WORK, OTHERS]);
  for (const work of [records.list(notes), records.count(notes), records.get(notes, "a")]) {
    assert.equal((await refusalOf(work)).reason, "upstream-failed");
  }
});

Deno.test("parts of a record that is kept back, or that is no more, are kept back", async () => {
  const h = taggedNotes();
  const red = {
    collection: "notes/notes",
    access: ["read"],
    where: [{ field: "color", op: "eq", value: "b" }],
  };
  assert.equal(await recordsWith(h, [red, OTHERS]).count(noteTags), 1);
  assert.equal(
    await recordsWith(h, [{ ...red, where: [] }, OTHERS]).count(noteTags),
    4,
    "shown as a whole: as ever",
  );
  assert.equal(await recordsWith(h, [{ ...red, access: [] }, OTHERS]).count(noteTags), 0);
  assert.equal(await recordsWith(h, [red]).count(noteTags), 0, "the parts need a rule as well");
});

Deno.test("a time block follows the record that it is a time of", async () => {
  const h = createHarness();
  const block = (id: string, sourceModule: string, sourceId: string) =>
    insert("timeBlocks", id, { sourceModule, sourceId, startDate: "2026-05-20" });
  h.services.write("anna", "todo", [
    insert("tasks", "open", { isCompleted: false }),
    insert("tasks", "done", { isCompleted: true }),
  ]);
  h.services.write("anna", "timeblocks", [
    block("1", "todo", "open"),
    block("2", "todo", "done"),
    block("3", "cards", "deck"),
    block("4", "calendar", "event"),
  ]);
  const open = {
    collection: "todo/tasks",
    access: ["read"],
    where: [{ field: "isCompleted", op: "eq", value: false }],
  };
  const ids: string[] = [];
  const records = recordsWith(h, [open, OTHERS]);
  await records.lookThrough(blocks, ({ id }) => void ids.push(id));
  assert.deepEqual(ids, ["1", "3", "4"]);
  assert.equal(await records.count(tasks), 1);
  const alone = recordsWith(h, [{ collection: "timeblocks/timeBlocks", access: ["read"] }]);
  assert.equal(await alone.count(blocks), 1, "those of records that are shown nowhere are kept back");
});

Deno.test("a day that was logged outside of every period passes by its own rule, one of a period that is kept back does not", async () => {
  const h = createHarness();
  const day = (id: string, periodId: string | null | undefined) =>
    insert("periodDayLogs", id, {
      logDate: `2026-05-1${id}`,
      ...(periodId === undefined ? {} : { periodId }),
    });
  h.services.write("anna", "period", [
    insert("periods", "may", { startDate: "2026-05-10" }),
    insert("periods", "april", { startDate: "2026-04-10" }),
    day("1", "may"),
    day("2", "april"),
    day("3", null),
    day("4", undefined),
    day("5", "gone"),
  ]);
  const periods = {
    collection: "period/periods",
    access: ["read"],
    where: [{ field: "startDate", op: "gte", value: "2026-05-01" }],
  };
  const idsWith = async (...rules: readonly Record<string, unknown>[]) => {
    const ids: string[] = [];
    await recordsWith(h, rules).lookThrough(dayLogs, ({ id }) => void ids.push(id));
    return ids.sort().join("");
  };
  const logs = { collection: "period/periodDayLogs", access: ["read"] };
  assert.equal(await idsWith(periods, OTHERS), "134");
  assert.equal(await idsWith({ ...periods, access: [] }, OTHERS), "34");
  const since = { ...logs, where: [{ field: "logDate", op: "gte", value: "2026-05-14" }] };
  assert.equal(await idsWith(periods, since), "4", "its own rule");
  assert.equal(await idsWith(periods), "", "and it needs a rule");
});

Deno.test("parts may be of no record exactly where the table lets the id be null", () => {
  const Tables = z.record(
    z.string(),
    z.object({ tables: z.record(z.string(), z.object({ fields: z.record(z.string(), z.looseObject({})) })) }),
  );
  const tables = Tables.parse(TABLES);
  for (const { child, on, mayBeAlone = false } of PART_TABLES) {
    const [app = "", name = ""] = child.split("/");
    const [type = ""] = Object.keys(tables[app]?.tables[name]?.fields[on] ?? {});
    assert.match(type, /\bstring\b/, child);
    assert.equal(type.includes("null"), mayBeAlone, child);
  }
});

/**
 * Fields with the id of another record, by table, of which the record is no part: what it refers to, is filed under, or stands beside.
 * A new field of tools/tables.json belongs here or on the list of parts.
 */
const REFERENCES: readonly string[] = [
  "tags/tags groupId",
  "timeblocks/timeBlocks linkedBlockId parentBlockId projectId",
  "timeblocks/timeBlockTags tagId",
  "links/links pairId sourceId targetId",
  "todo/tasks projectId scheduledBlockId",
  "todo/taskLabels tagId",
  "calendar/events calendarId timeBlockId",
  "calendar/eventTags tagId",
  "habits/habitLogs timeBlockId",
  "notes/noteTags tagId",
  "contacts/contactTags tagId",
  "profile/meImages mediaId",
  "dreams/dreams timeBlockId",
  "dreams/dreamTags tagId",
  "drink/drinkEntries presetId",
  "period/periods timeBlockId",
  "body/bodyWorkouts routineId timeBlockId",
  "body/bodySets exerciseId",
  "meditate/meditateSessions presetId",
  "stretch/stretchSessions routineId",
  "stretch/stretchReminders routineId",
  "finance/transactions categoryId",
  "finance/budgets categoryId",
  "invoices/invoices clientId",
  "invoices/invoiceSettings logoMediaId",
  "times/clients contactId",
  "times/projects clientId guildId",
  "times/timeEntries timeBlockId projectId clientId guildId",
  "times/templates projectId clientId",
  "times/entryTags tagId",
  "library/libraryEntries coverMediaId",
  "recipes/recipes photoMediaId",
  "firsts/firsts audioNoteId placeId",
  "lasts/lasts audioNoteId placeId",
  "lasts/lastsCooldown refId",
  "augur/augurEntries relatedDreamId relatedDecisionId",
  "inventory/collections templateId",
  "inventory/items collectionId locationId categoryId",
  "inventory/locations parentId",
  "inventory/categories parentId",
  "inventory/invItemTags tagId",
  "skilltree/skills parentId",
  "skilltree/skillTags tagId",
  "questions/questions collectionId",
  "questions/answers researchResultId",
  "questions/questionTags tagId",
  "guides/guides collectionId",
  "guides/steps sectionId",
  "guides/runs timeBlockId",
  "guides/guideTags tagId",
  "events/events timeBlockId hostContactId",
  "events/eventGuests contactId",
  "events/eventInvitations guestId",
  "events/eventItems assignedGuestId",
  "writing/writingDrafts styleId currentVersionId",
  "writing/writingDraftVersions generationId parentVersionId",
  "writing/writingGenerations outputVersionId missionId",
  "writing/writingStyles presetId",
  "presi/decks themeId activeRehearsalBlockId",
  "presi/presiDeckTags tagId",
  "chat/conversations modelId templateId contextSpaceId",
  "chat/templates modelId",
  "chat/conversationTags tagId",
  "storage/files parentFolderId",
  "storage/folders parentFolderId",
  "storage/fileTags tagId",
  "photos/albums coverMediaId",
  "photos/albumItems mediaId",
  "photos/favorites mediaId",
  "photos/photoTags mediaId tagId",
  "picture/images generationId sourceImageId",
  "picture/boardItems imageId",
  "picture/imageTags tagId",
  "broadcasts/broadcastCampaigns templateId serverJobId",
  "website/websiteBlocks parentBlockId",
  "mail/mailDrafts accountId replyToMessageId",
  "ai/aiMissions agentId",
  "ai/agents defaultWritingStyleId",
  "mana/workbenchScenes viewingAsAgentId",
  "playground/conversations snippetId",
  "playground/messages comparisonGroupId",
];

Deno.test("every table of the list is there, with its field and its parents, and no circle", () => {
  const columns = tableColumns();
  for (const { child, on, parents, where } of PART_TABLES) {
    assert.equal(columns.get(child)?.get(on)?.isSealed, false, `${child} ${on}`);
    if (where !== undefined) assert.equal(columns.get(child)?.get(where.field)?.isSealed, false);
    for (const parent of parents) assert.ok(columns.has(parent), parent);
  }
  const above = (table: string): string[] =>
    PART_TABLES.filter(({ child }) => child === table).flatMap(({ parents }) =>
      parents.flatMap((parent) => [parent, ...above(parent)])
    );
  for (const { child } of PART_TABLES) assert.ok(!above(child).includes(child), child);
});

Deno.test("every field with the id of another record is on the list of parts, or is known to be no part", () => {
  const parts = new Set(PART_TABLES.map(({ child, on }) => `${child} ${on}`));
  const references = new Set(
    REFERENCES.flatMap((line) => line.split(" ").slice(1).map((field) => `${line.split(" ")[0]} ${field}`)),
  );
  for (const [table, fields] of tableColumns()) {
    for (const field of [...fields.keys()].filter((name) => name.endsWith("Id"))) {
      const name = `${table} ${field}`;
      assert.equal(parts.has(name), !references.has(name), name);
    }
  }
});

Deno.test("every table that modules write as parts is on the list", () => {
  const listed = new Set(PART_TABLES.map(({ child }) => child));
  for (const { app, name, isPart } of MODULES.flatMap(({ writes = [] }) => writes)) {
    // The records that these tags hang on are another service's.
    if (isPart && name !== "photoTags") assert.ok(listed.has(`${app}/${name}`), `${app}/${name}`);
  }
});
