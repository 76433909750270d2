/** What an app changes that a document narrows: nothing of what it does not see, and nothing that widens or narrows its own view. */
import assert from "node:assert/strict";
import { at, createHarness, type Harness, insert, refusalOf } from "../records/_harness.ts";
import { note } from "../records/_sealed_notes.ts";
import type { ChangedRow } from "../../lib/changes/push_changes.ts";
import { recordsEntry } from "../_support/narrowed.ts";
import { ALL, blocks, callerWith, notes, noteTags, recordsWith, tasks } from "./_narrowed.ts";

const NOTES = { collection: "notes/notes", access: ALL };
const OTHERS = { collection: "*", access: ALL };
const RED = { ...NOTES, where: [{ field: "color", op: "eq", value: "red" }] };
const WORK = {
  ...NOTES,
  where: [{ via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["work"] }],
};
const NEW = { title: "new", content: "", isPinned: false, isArchived: false };
const excluded = (what: string, rest: Record<string, unknown> = {}, collection = "notes/notes") => ({
  reason: "grant-excluded",
  what,
  collection,
  ...rest,
});

async function redAndBlue() {
  const h = createHarness();
  h.services.write("anna", "notes", [
    await note("red", "red", { color: "red", createdAt: at(1) }),
    await note("blue", "blue", { color: "blue", createdAt: at(2) }),
  ]);
  return h;
}

/** Runs work that has to be refused, and checks that nothing was sent. */
async function refused(h: Harness, work: Promise<unknown>, refusal: object): Promise<void> {
  const before = h.services.pushes().length;
  assert.deepEqual(await refusalOf(work), refusal);
  assert.equal(h.services.pushes().length, before, "nothing was sent");
}

Deno.test("an access that the document does not have is refused before anything is looked for", async () => {
  const h = await redAndBlue();
  const reader = recordsWith(h, [{ ...NOTES, access: ["read"] }]);
  await refused(h, reader.insert(notes, NEW), excluded("access", { access: "write" }));
  for (const id of ["red", "nowhere"]) {
    await refused(
      h,
      reader.update(notes, id, () => ({ color: "x" })),
      excluded("access", { access: "write" }),
    );
    await refused(h, reader.delete(notes, id), excluded("access", { access: "destructive" }));
  }
  const writer = recordsWith(h, [{ ...NOTES, access: ["read", "write"] }]);
  await refused(h, writer.delete(notes, "red"), excluded("access", { access: "destructive" }));
  const elsewhere = recordsWith(h, [{ ...NOTES, spaces: ["team"] }]);
  await refused(h, elsewhere.insert(notes, NEW), excluded("access", { access: "write" }));
});

Deno.test("a record cannot be led into the window, out of it, or met outside", async () => {
  const h = await redAndBlue();
  const records = recordsWith(h, [RED]);
  await refused(h, records.insert(notes, { ...NEW, color: "blue" }), excluded("window"));
  await refused(h, records.update(notes, "red", () => ({ color: "blue" })), excluded("window"));
  await refused(h, records.update(notes, "blue", () => ({ color: "red" })), {
    reason: "record-not-found",
    record: "note",
    id: "blue",
  });
  await refused(h, records.delete(notes, "blue"), { reason: "record-not-found", record: "note", id: "blue" });
  assert.equal((await records.insert(notes, { ...NEW, color: "red" })).color, "red");
  assert.equal((await records.update(notes, "red", () => ({ title: "still red" }))).changed, true);
  await records.delete(notes, "red");
  assert.equal(await records.count(notes), 1);
});

Deno.test("an insert cannot take the id of a record that is not shown, also where the tool gives it", async () => {
  const h = await redAndBlue();
  const taken = recordsWith(h, [RED]).writeTogether(async (rows) => {
    await rows.insert(notes, { ...NEW, color: "red" }, { id: rows.newId(notes, "blue") });
  });
  await refused(h, taken, excluded("window"));
});

Deno.test("fields that are not shown are not set; what the apps store in every new record says nothing", async () => {
  const h = await redAndBlue();
  const fields = ["title", "content", "color"];
  const records = recordsWith(h, [{ ...NOTES, fields }]);
  await refused(
    h,
    records.insert(notes, { ...NEW, isPinned: true }),
    excluded("fields", { fields: ["isPinned"] }),
  );
  const made = await records.insert(notes, NEW);
  assert.deepEqual(Object.keys(made), [
    "id",
    "title",
    "content",
    "color",
    "createdAt",
    "updatedAt",
    "withheld",
  ]);
  assert.equal((await h.read().get(notes, made.id)).isPinned, false);
  await refused(
    h,
    records.update(notes, "red", () => ({ isPinned: false, isArchived: true })),
    excluded("fields", { fields: ["isPinned", "isArchived"] }),
  );
  let seen: string[] = [];
  await records.update(notes, "red", (current) => {
    seen = Object.keys(current);
    return { color: "green" };
  });
  assert.deepEqual(seen, ["id", "title", "content", "color", "createdAt", "updatedAt", "withheld"]);
});

Deno.test("blind: adds what it may not see and anywhere, and finds, changes and deletes nothing of it", async () => {
  const h = await redAndBlue();
  const blind = { collection: "notes/notes", access: ["write"], blind: true };
  const records = recordsWith(h, [blind]);
  const made = await records.insert(notes, { ...NEW, isPinned: true, color: "blue" });
  assert.deepEqual(Object.keys(made), ["id", "createdAt", "updatedAt", "withheld"]);
  assert.equal((await h.read().get(notes, made.id)).color, "blue");
  assert.equal(await records.count(notes), 0);
  await refused(h, records.update(notes, made.id, () => ({ color: "red" })), {
    reason: "record-not-found",
    record: "note",
    id: made.id,
  });
  const seeing = recordsWith(h, [{ ...RED, blind: true, fields: ["color"] }]);
  assert.equal((await seeing.insert(notes, { ...NEW, color: "blue" })).color, "blue");
  assert.equal(await seeing.count(notes), 1, "it sees the red one alone");
  await refused(
    h,
    seeing.update(notes, "red", () => ({ title: "x" })),
    excluded("fields", { fields: ["title"] }),
  );
  await refused(
    h,
    recordsWith(h, [{ ...NOTES, access: ["write"] }]).insert(notes, NEW),
    excluded("access", { access: "write" }),
  );
});

Deno.test("rows that are written together count for each other's links; a note alone would lie outside", async () => {
  const h = await redAndBlue();
  const records = () => recordsWith(h, [WORK, OTHERS]);
  await refused(h, records().insert(notes, NEW), excluded("window"));
  const id = await records().writeTogether(async (rows) => {
    const { id } = await rows.insert(notes, NEW);
    await rows.insert(noteTags, { noteId: id, tagId: "work" });
    await rows.insert(noteTags, { noteId: id, tagId: "home" });
    return id;
  });
  assert.equal((await records().get(notes, id)).title, "new");
  assert.equal(await records().count(notes), 1);
  const other = recordsWith(h, [WORK, OTHERS]).writeTogether(async (rows) => {
    const { id } = await rows.insert(notes, NEW);
    await rows.insert(noteTags, { noteId: id, tagId: "home" });
  });
  await refused(h, other, excluded("window"));
});

Deno.test("a link is not a way round: no tag brings a note into the window, and none takes a note out", async () => {
  const h = await redAndBlue();
  h.services.write("anna", "notes", [
    insert("noteTags", "t1", { noteId: "red", tagId: "work" }),
    insert("noteTags", "t2", { noteId: "red", tagId: "home" }),
  ]);
  const records = () => recordsWith(h, [WORK, OTHERS]);
  await refused(
    h,
    records().insert(noteTags, { noteId: "blue", tagId: "work" }),
    excluded("window", {}, "notes/noteTags"),
  );
  // One answer for a note that is kept back and for none at all.
  await refused(
    h,
    records().insert(noteTags, { noteId: "nowhere", tagId: "work" }),
    excluded("window", {}, "notes/noteTags"),
  );
  await refused(h, records().delete(noteTags, "t1"), excluded("window"));
  await refused(
    h,
    records().update(noteTags, "t1", () => ({ tagId: "home" })),
    excluded("window", {}, "notes/noteTags"),
  );
  await refused(
    h,
    records().update(noteTags, "t2", () => ({ noteId: "blue" })),
    excluded("window", {}, "notes/noteTags"),
  );
  await records().delete(noteTags, "t2");
  await records().insert(noteTags, { noteId: "red", tagId: "play" });
  assert.deepEqual(await records().count(noteTags), 2);
});

Deno.test("a record goes with its parts, also where the app may not delete these one by one", async () => {
  const h = await redAndBlue();
  h.services.write("anna", "notes", [insert("noteTags", "t1", { noteId: "red", tagId: "work" })]);
  const readsTags = { collection: "notes/noteTags", access: ["read"] };
  const records = () => recordsWith(h, [RED, readsTags]);
  assert.equal(await records().count(noteTags), 1);
  await records().delete(notes, "red");
  assert.equal(await records().count(noteTags), 0);
});

Deno.test("a block decides about its task: moving the block out of the window is moving the task", async () => {
  const h = createHarness();
  const block = (sourceId: string, startDate: string) => ({
    sourceModule: "todo",
    type: "task",
    kind: "scheduled",
    sourceId,
    startDate,
  });
  h.services.write("anna", "todo", [
    insert("tasks", "soon", { order: 1, scheduledBlockId: "b1" }),
    insert("tasks", "late", { order: 2, scheduledBlockId: "b2" }),
    insert("tasks", "never", { order: 3 }),
  ]);
  h.services.write("anna", "timeblocks", [
    insert("timeBlocks", "b1", block("soon", "2026-05-21")),
    insert("timeBlocks", "b2", block("late", "2026-07-01")),
  ]);
  const test = { via: "timeblocks/timeBlocks", field: "startDate", op: "lt", value: "2026-06-01" };
  for (const link of [{ ...test, on: "sourceId" }, { ...test, key: "scheduledBlockId" }]) {
    const records = () => recordsWith(h, [{ collection: "todo/tasks", access: ALL, where: [link] }, OTHERS]);
    const ids: string[] = [];
    await records().lookThrough(tasks, ({ id }) => void ids.push(id));
    assert.deepEqual(ids, ["soon"]);
    assert.equal(await records().count(blocks), 1, "the block goes with its task");
    const move = (id: string, startDate: string) => records().update(blocks, id, () => ({ startDate }));
    await refused(h, move("b1", "2026-06-01"), excluded("window", {}, "timeblocks/timeBlocks"));
    assert.equal((await refusalOf(move("b2", "2026-05-01"))).reason, "record-not-found");
    await move("b1", "on" in link ? "2026-05-22" : "2026-05-23");
  }
});

Deno.test("the end of a list is the end of what is shown", async () => {
  const h = createHarness();
  h.services.write("anna", "todo", [
    insert("tasks", "a", { order: 5, isCompleted: false }),
    insert("tasks", "b", { order: 200, isCompleted: true }),
  ]);
  const open = {
    collection: "todo/tasks",
    access: ALL,
    where: [{ field: "isCompleted", op: "eq", value: false }],
  };
  const task = { title: "x", isCompleted: false, order: 0, priority: "medium" } as const;
  const made = await recordsWith(h, [open]).insert(tasks, task, { lastBy: "order" });
  assert.equal(made.order, 6);
  // The person's own insert, which is under way, has the number 201.
  const pushed = Promise.withResolvers<undefined>();
  const isSent = Promise.withResolvers<void>();
  h.services.intercept = ({ method }) => {
    if (method !== "POST") return undefined;
    h.services.intercept = () => undefined;
    isSent.resolve();
    return pushed.promise;
  };
  const wide = h.write().insert(tasks, task, { lastBy: "order" });
  await isSent.promise;
  assert.equal((await recordsWith(h, [open]).insert(tasks, task, { lastBy: "order" })).order, 7);
  pushed.resolve(undefined);
  assert.equal((await wide).order, 201);
});

Deno.test("what is only noted for the person's word is checked as if it were stored, and read back the same", async () => {
  const h = await redAndBlue();
  const rows: ChangedRow[] = [];
  const caller = callerWith(JSON.stringify(recordsEntry({ rules: [RED] })));
  const records = h.store.collecting(rows).open(h.scope("write", { caller }));
  await refused(h, records.update(notes, "red", () => ({ color: "blue" })), excluded("window"));
  await refused(h, records.insert(notes, NEW), excluded("window"));
  assert.deepEqual(rows, []);
  const { id } = await records.insert(notes, { ...NEW, color: "red" });
  assert.equal((await records.get(notes, id)).title, "new");
  assert.equal(await records.count(notes), 2);
});
