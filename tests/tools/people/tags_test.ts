import assert from "node:assert/strict";
import { createConnected } from "../../_support/connected.ts";
import { connect } from "../../_support/oauth_flow.ts";
import {
  lastChange,
  masterKey,
  NOTES,
  open,
  pullAll,
  pushInsert,
  pushUpdate,
  seal,
  TASKS,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound, recordOf } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "./_deleting.ts";

const TAGS: WireTable = { app: "tags", table: "tags" };
const GROUPS: WireTable = { app: "tags", table: "tagGroups" };
const NOTE_TAGS: WireTable = { app: "notes", table: "noteTags" };
const ENTRIES: WireTable = { app: "times", table: "timeEntries" };
const CALENDAR: WireTable = { app: "calendar", table: "events" };
const CONTACTS: WireTable = { app: "contacts", table: "contacts" };

async function save(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "tags_save", args)).id);
}

async function tagRows(world: World, person: Person) {
  return Object((await callOk(world, person, "tags_list")).tags);
}

/** The pairs that are live after all changes, by the rows' ids. */
async function notePairs(world: World, person: Person): Promise<unknown[]> {
  const live = new Map<string, unknown>();
  for (const { id, op, data } of await pullAll(world, person, NOTE_TAGS)) {
    if (op === "insert") live.set(id, `${data?.noteId} ${data?.tagId}`);
    if (op === "delete") live.delete(id);
  }
  return [...live.values()];
}

Deno.test("tags.save: a new tag comes last, and is renamed, recoloured and put into a group by its id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, GROUPS, "g", { name: "Places", color: "#6b7280", sortOrder: 0 });
  const home = await save(world, anna, { name: "Home" });
  const work = await save(world, anna, { name: "Work", color: "#ff0000" });
  assert.deepEqual(await callOk(world, anna, "tags_save", { id: home, name: "House", groupId: "g" }), {
    id: home,
    changed: true,
  });
  const listing = await callOk(world, anna, "tags_list");
  const shown = Object(listing.tags).map((
    tag: Record<string, unknown>,
  ) => [tag.id, tag.name, tag.color, tag.groupId]);
  assert.deepEqual(shown, [[home, "House", "#3B82F6", "g"], [work, "Work", "#ff0000", null]]);
  assert.deepEqual(Object(listing.groups)[0].name, "Places");
  await callOk(world, anna, "tags_save", { id: home, clear: ["groupId"], color: null });
  assert.deepEqual((await tagRows(world, anna))[0].groupId, null);
  const second = await callOk(world, anna, "tags_list", {
    limit: 1,
    cursor: (await callOk(world, anna, "tags_list", { limit: 1 })).nextCursor,
  });
  assert.deepEqual([Object(second.tags)[0].name, second.groups], ["Work", undefined]);
});

Deno.test("tags.save: a name that another tag has, an unknown group or tag are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await save(world, anna, { name: "Home" });
  const other = await save(world, anna, { name: "Work" });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ name: " HOME" }, new RegExp(`name: the tag with the id "${id}" is called so already`)],
      [{ id: other, name: "home" }, /is called so already/],
      [{ color: "#ff0000" }, /name: a new tag needs one/],
      [{}, /nothing to change/],
      [{ name: "New", groupId: "gone" }, /groupId: no group has this id, see tags_list/],
      [{ name: "\u200b" }, /name: expected at least one visible character/],
    ];
    for (const [args, words] of bad) assert.match(await callRefused(world, anna, "tags_save", args), words);
    assert.equal(
      await callRefused(world, anna, "tags_save", { id: "gone", name: "x" }),
      notFound("tag", "gone"),
    );
  });
  await callOk(world, anna, "tags_save", { id, name: "HOME" });
});

Deno.test("tags.assign: a note has a row for each tag, a removed tag that comes back a new row", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "Plan" }), "note").id;
  const [a, b] = [await save(world, anna, { name: "a" }), await save(world, anna, { name: "b" })];
  const assign = (args: Record<string, unknown>) =>
    callOk(world, anna, "tags_assign", { module: "notes", id: note, ...args });
  assert.deepEqual(await assign({ add: [a, b, a] }), { ok: true, changed: true });
  assert.deepEqual(await notePairs(world, anna), [`${note} ${a}`, `${note} ${b}`]);
  await withoutPush(world, async () => assert.equal((await assign({ add: [b] })).changed, false));
  assert.equal((await assign({ add: ["tag-arbeit"], remove: [a, "never there"] })).changed, true);
  assert.deepEqual(await notePairs(world, anna), [`${note} ${b}`, `${note} tag-arbeit`]);
  await assign({ add: [a] });
  const rows = (await pullAll(world, anna, NOTE_TAGS)).filter(({ op }) => op === "insert");
  assert.equal(new Set(rows.map(({ id }) => id)).size, 4);
  // A pair that two devices have made is taken off as a whole.
  await pushInsert(world, anna, NOTE_TAGS, "twice", { noteId: note, tagId: b });
  await assign({ remove: [b] });
  assert.deepEqual((await notePairs(world, anna)).includes(`${note} ${b}`), false);
});

Deno.test("tags.assign: a contact keeps its other tags in their order, those without a row too", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = String((await callOk(world, anna, "contacts_create", { firstName: "Ida" })).id);
  const tag = await save(world, anna, { name: "climbing" });
  await pushUpdate(world, anna, CONTACTS, id, { tagIds: ["unknown", "tag-familie"] });
  const assign = (args: Record<string, unknown>) =>
    callOk(world, anna, "tags_assign", { module: "contacts", id, ...args });
  await assign({ add: [tag], remove: ["tag-familie"] });
  const { fields } = await lastChange(world, anna, CONTACTS, id);
  assert.deepEqual(fields?.tagIds?.value, ["unknown", tag]);
  await withoutPush(world, async () => {
    assert.equal((await assign({ add: [tag], remove: ["tag-wichtig"] })).changed, false);
  });
  await pushUpdate(world, anna, CONTACTS, id, { tagIds: "broken" });
  const refused = await callRefused(world, anna, "tags_assign", { module: "contacts", id, add: [tag] });
  assert.match(refused, /^This contact cannot be changed because its tagIds cannot be read/);
});

Deno.test("tags.assign: an event of the calendar has its tags in a list of its own", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "calendar_save_calendar", { name: "Mine" });
  const made = await callOk(world, anna, "calendar_create", {
    title: "Call",
    startDate: "2026-05-20T10:00",
    endDate: "2026-05-20T11:00",
  });
  const id = String(made.id);
  await callOk(world, anna, "tags_assign", { module: "calendar", id, add: ["tag-arbeit", "tag-wichtig"] });
  await callOk(world, anna, "tags_assign", { module: "calendar", id, remove: ["tag-arbeit"] });
  assert.deepEqual((await lastChange(world, anna, CALENDAR, id)).fields?.tagIds?.value, ["tag-wichtig"]);
});

Deno.test("tags.assign: a task keeps what else its metadata hold, a time entry its other tags", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const tag = await save(world, anna, { name: "climbing" });
  const task = recordOf(await callOk(world, anna, "todo_create", { title: "Rope" }), "task").id;
  const assign = (module: string, id: string, args: Record<string, unknown>) =>
    callOk(world, anna, "tags_assign", { module, id, ...args });
  assert.equal((await assign("todo", task, { add: [tag] })).changed, true);
  await pushUpdate(world, anna, TASKS, task, {
    metadata: await seal(key, { labelIds: ["x", tag], source: "mail" }),
  });
  await assign("todo", task, { add: ["tag-arbeit"], remove: [tag] });
  const { fields } = await lastChange(world, anna, TASKS, task);
  assert.deepEqual(await open(key, fields?.metadata?.value), {
    labelIds: ["x", "tag-arbeit"],
    source: "mail",
  });
  for (const metadata of [{ labelIds: "x" }, "text"]) {
    await pushUpdate(world, anna, TASKS, task, { metadata: await seal(key, metadata) });
    const words = await callRefused(world, anna, "tags_assign", { module: "todo", id: task, add: [tag] });
    assert.match(words, /(?:its metadata|tags of this record) cannot be read/);
  }
  const hours = { start: "2026-02-01T10:00", end: "2026-02-01T11:00" };
  const entry = String((await callOk(world, anna, "times_add", hours)).id);
  await assign("times", entry, { add: [tag] });
  await assign("times", entry, { add: ["tag-arbeit"], remove: [tag] });
  assert.deepEqual((await lastChange(world, anna, ENTRIES, entry)).fields?.tags?.value, ["tag-arbeit"]);
});

Deno.test("tags.assign: unknown records, tags and modules, and an id of another module are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "Plan" }), "note").id;
  const tag = await save(world, anna, { name: "a" });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ module: "notes", id: note }, /nothing to change/],
      [{ module: "notes", id: note, add: ["nope"] }, /add: no tag has the id "nope", see tags_list/],
      [{ module: "notes", id: note, add: [tag], remove: [tag] }, /is in `add` and in `remove`/],
      [{ module: "wishes", id: note, add: [tag] }, /module: /],
    ];
    for (const [args, words] of bad) assert.match(await callRefused(world, anna, "tags_assign", args), words);
    assert.equal(
      await callRefused(world, anna, "tags_assign", { module: "contacts", id: note, add: [tag] }),
      notFound("contact", note),
    );
    assert.equal(
      await callRefused(world, anna, "tags_assign", { module: "notes", id: "gone", add: [tag] }),
      notFound("note", "gone"),
    );
  });
});

Deno.test("tags.assign: takes the right to change the record's module as well", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, {
    allow: ["tags:read", "tags:write", "contacts:read"],
  });
  const { text } = await world.call(access, "tags_assign", {
    module: "contacts",
    id: "c",
    add: ["tag-arbeit"],
  });
  assert.match(text, /it also needs contacts:write; connect again and allow it/);
});

Deno.test("tags.delete: the tag goes, records keep its id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = String((await callOk(world, anna, "contacts_create", { firstName: "Ida" })).id);
  const tag = await save(world, anna, { name: "climbing" });
  await callOk(world, anna, "tags_assign", { module: "contacts", id, add: [tag] });
  const { sentence } = await deleteWithYes(world, anna, "tags_delete", { id: tag });
  assert.match(sentence, /Delete the tag "climbing"\?/);
  assert.deepEqual(await tagRows(world, anna), []);
  assert.deepEqual(Object((await callOk(world, anna, "contacts_read", { id })).contact).tagIds, [tag]);
  assert.equal((await lastChange(world, anna, TAGS, tag)).op, "delete");
  assert.deepEqual((await listed(world, anna, "notes_search")).rows, []);
  assert.equal((await pullAll(world, anna, NOTES)).length, 0);
});
