/** An app whose grant is narrowed takes back its own writes as far as it may see them: the rest is not shown, not counted and not touched. */
import assert from "node:assert/strict";
import { callTool, done, onlyOpen, pageOf, refusal } from "../approvals/_approvals.ts";
import { everything, preview } from "../undo/_pages.ts";
import { lastChange, NOTES, pullAll } from "../_support/device.ts";
import { createNarrowedWorld, type NarrowedWorld } from "./_narrowed_world.ts";

const ALL = ["read", "write", "destructive"];
const MINUTE = 60_000;
const ago = (world: NarrowedWorld, ms = MINUTE) => new Date(world.clock.now - ms).toISOString();

async function write(world: NarrowedWorld, name: string, args: Record<string, unknown>): Promise<string> {
  const output = JSON.stringify(await done(callTool(world, world.app, name, args)));
  world.clock.now += 1_000;
  return /"id":"([^"]+)"/.exec(output)?.[1] ?? String(args.id);
}

/** What the app is shown of an undo of its own writes. */
async function shown(world: NarrowedWorld, args: Record<string, unknown> = {}) {
  return await done(callTool(world, world.app, "undo_preview", { since: ago(world), ...args }));
}

/** Does what was shown, and says how many records were written. */
async function apply(world: NarrowedWorld, args: Record<string, unknown> = {}): Promise<unknown> {
  const asked = { since: ago(world), ...args };
  const { plan } = await done(callTool(world, world.app, "undo_preview", asked));
  return (await done(callTool(world, world.app, "undo_apply", { plan, ...asked }))).written;
}

Deno.test("fields that are withheld are neither shown nor put back", async () => {
  await using world = await createNarrowedWorld();
  const id = await write(world, "notes_create", { title: "Shopping", content: "milk for Ben" });
  const since = new Date(world.clock.now).toISOString();
  await write(world, "notes_update", { id, title: "Spoilt", content: "a surprise" });
  world.narrow([{ collection: "notes/notes", access: ALL, fields: ["title", "isPinned"] }]);
  const told = await shown(world, { since });
  assert.deepEqual(told.rows, [{
    record: "note",
    id,
    title: "Spoilt",
    op: "update",
    fields: [{ name: "title", before: "Spoilt", after: "Shopping" }],
  }]);
  assert.ok(!/milk|surprise|content/.test(JSON.stringify(told)));
  assert.equal(await apply(world, { since }), 1);
  const change = await lastChange(world, world.owner, NOTES, id);
  assert.deepEqual(Object.keys(change.fields ?? {}).sort(), ["title", "updatedAt"]);
  world.narrow([{ collection: "notes/notes", access: ALL, fields: ["color"] }]);
  const closed = await shown(world, { since });
  assert.deepEqual([closed.rowCount, closed.conflictCount, closed.impossible], [0, 0, []]);
});

Deno.test("a note whose title is withheld has no title in a preview", async () => {
  await using world = await createNarrowedWorld();
  await write(world, "notes_create", { title: "Shopping", content: "milk", color: "#ff0000" });
  world.narrow([{ collection: "notes/notes", access: ALL, fields: ["color"] }]);
  const { rows, rowCount } = await shown(world);
  assert.equal(rowCount, 1);
  assert.ok(!/Shopping|milk/.test(JSON.stringify(rows)), JSON.stringify(rows));
  assert.match(JSON.stringify(rows), /ff0000/);
});

Deno.test("records that are not admitted are absent and not counted, and conflicts in them are not told", async () => {
  await using world = await createNarrowedWorld();
  const red = await write(world, "notes_create", { title: "Red", color: "#ff0000" });
  const blue = await write(world, "notes_create", { title: "Blue", color: "#0000ff" });
  const gone = await write(world, "notes_create", { title: "Gone", color: "#0000ff" });
  assert.equal((await shown(world)).rowCount, 3);
  world.narrow([{
    collection: "notes/notes",
    access: ALL,
    where: [{ field: "color", op: "in", value: ["#ff0000"] }],
  }]);
  const told = await shown(world);
  assert.equal(told.rowCount, 1);
  assert.ok(!JSON.stringify(told).includes(blue) && !JSON.stringify(told).includes(gone));
  assert.equal(await apply(world), 1);
  const deleted = (await pullAll(world, world.owner, NOTES)).filter(({ op }) => op === "delete");
  assert.deepEqual(deleted.map(({ id }) => id), [red]);
  // The person's own page undoes all of it.
  const whole = await preview(world, world.owner, everything({ app: null, since: ago(world) }));
  assert.equal(whole.rowCount, 2);
});

Deno.test("an undo leads neither into nor out of what the app is shown", async () => {
  await using world = await createNarrowedWorld();
  const out = await write(world, "notes_create", { title: "Was blue", color: "#0000ff" });
  const into = await write(world, "notes_create", { title: "Was red", color: "#ff0000" });
  const stays = await write(world, "notes_create", { title: "Red", color: "#ff0000" });
  const since = new Date(world.clock.now).toISOString();
  await write(world, "notes_update", { id: out, color: "#ff0000" });
  await write(world, "notes_update", { id: into, color: "#0000ff" });
  await write(world, "notes_update", { id: stays, title: "Redder" });
  assert.equal((await shown(world, { since })).rowCount, 3);
  world.narrow([{
    collection: "notes/notes",
    access: ALL,
    where: [{ field: "color", op: "in", value: ["#ff0000"] }],
  }]);
  const { rows, rowCount } = await shown(world, { since });
  assert.deepEqual([rowCount, JSON.stringify(rows).includes(stays)], [1, true]);
  assert.equal(await apply(world, { since }), 1);
  const after = await pullAll(world, world.owner, NOTES);
  assert.equal(after.filter(({ actor }) => actor?.principalId === "mana-mcp:undo").length, 1);
});

Deno.test("what the app may only read is not undone by it, nor is a collection that it sees no more", async () => {
  await using world = await createNarrowedWorld();
  await write(world, "notes_create", { title: "Red" });
  world.narrow([{ collection: "notes/notes", access: ["read"] }]);
  assert.equal((await shown(world)).rowCount, 0);
  world.narrow([{ collection: "notes/notes", access: ["write"], blind: true }]);
  assert.equal((await shown(world)).rowCount, 0);
  world.narrow([]);
  assert.equal((await shown(world)).rowCount, 0);
  world.widen();
  assert.equal((await shown(world)).rowCount, 1);
});

Deno.test("rows of one call that belong together are left alone together where one of them is not admitted", async () => {
  await using world = await createNarrowedWorld();
  const habit = await write(world, "habits_create", { title: "Run" });
  const since = new Date(world.clock.now).toISOString();
  await write(world, "habits_log", { id: habit, note: "far" });
  assert.equal((await shown(world, { since })).rowCount, 2);
  // The logs are shown, their time blocks are not.
  world.narrow([
    { collection: "habits/habits", access: ALL },
    { collection: "habits/habitLogs", access: ALL },
  ]);
  assert.equal((await shown(world, { since })).rowCount, 0);
  world.narrow([{ collection: "*", access: ALL }]);
  assert.equal((await shown(world, { since })).rowCount, 2);
});

Deno.test("a plan that was shown to a wider grant is no plan of a narrower one", async () => {
  await using world = await createNarrowedWorld();
  await write(world, "notes_create", { title: "Red", color: "#ff0000" });
  const since = ago(world);
  const { plan } = await shown(world, { since });
  world.narrow([{ collection: "notes/notes", access: ALL, fields: ["color", "title"] }]);
  const words = await refusal(callTool(world, world.app, "undo_apply", { plan, since }));
  assert.match(words, /Something changed meanwhile/);
});

Deno.test("the page shows the whole of an undo that an app has asked for, however little the app is shown", async () => {
  await using world = await createNarrowedWorld();
  await write(world, "notes_create", { title: "Shopping", content: "milk" });
  world.clock.now += 5 * MINUTE;
  const args = { since: ago(world, 70 * MINUTE) };
  const { plan } = await shown(world, args);
  await refusal(callTool(world, world.app, "undo_apply", { plan, ...args }));
  world.narrow([{ collection: "notes/notes", access: ALL, fields: ["color"] }]);
  const approval = await onlyOpen(world, world.owner);
  assert.match(JSON.stringify(approval.rows), /Shopping/);
  assert.ok((await pageOf(world, world.owner).decide(approval, "no")).ok);
});
