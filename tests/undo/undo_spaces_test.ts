import assert from "node:assert/strict";
import {
  goZeroKnowledge,
  lastChange,
  NOTES,
  pullAll,
  push,
  pushInsert,
  pushUpdate,
  stampAt,
} from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { inSpace, makeTeam, remove } from "../_support/team.ts";
import { callsIn, createUndoWorld, everything, makeNote, OWN, preview, readNote, undo } from "./_pages.ts";

const ANY = { app: null, since: "2026-01-01T00:00:00.000Z" };
/** As versions before signatures wrote, and as anybody can write. */
const CLAIMED = { kind: "ai", principalId: "mcp:Helper", displayName: "Helper", rationale: "notes.update" };

Deno.test("in a shared space, what a member wrote is never touched, whoever it says that it is of", async () => {
  await using world = await createUndoWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  const { note } = await callOk(
    world,
    anna,
    "notes_create",
    { title: "Plan", content: "ours" },
    inSpace(team),
  );
  const { id } = note as { id: string };
  await callOk(world, anna, "notes_update", { id, title: "Plan A", color: "#ff0000" }, inSpace(team));
  const signed = await lastChange(world, anna, NOTES, id);
  await pushUpdate(world, ben, NOTES, id, { title: "Ben's plan" }, { spaceId: team });
  // Planted: the actor of Anna's own change, and one that undos have, on Ben's writes.
  await pushUpdate(world, ben, NOTES, id, { content: "Ben's" }, {
    spaceId: team,
    actor: signed.actor,
    origin: "agent",
  });
  const plan = { ...signed.actor, principalId: "mana-mcp:undo", displayName: "Undo", rationale: "x" };
  await pushUpdate(world, ben, NOTES, id, { isPinned: true }, {
    spaceId: team,
    actor: plan,
    origin: "agent",
  });
  await pushUpdate(world, ben, NOTES, id, { isArchived: true }, {
    spaceId: team,
    actor: CLAIMED,
    origin: "agent",
  });
  const calls = (await callsIn(world, anna, NOTES)).slice(1);
  const { shown } = await undo(world, anna, everything({ calls }));
  assert.deepEqual(shown.rows.flatMap(({ fields }) => fields.map(({ name }) => name)), ["color"]);
  assert.deepEqual(shown.conflicts.map(({ field, by }) => [field, by]), [["title", ""]]);
  assert.equal((await preview(world, anna, everything({ ...ANY, name: "Helper" }))).rowCount, 0);
  const { rowCount, conflicts } = await preview(world, anna, everything(OWN));
  assert.equal(rowCount, 0, "the note stays, since Ben has gone on with it");
  assert.deepEqual(conflicts.map(({ field }) => field).sort(), [
    "content",
    "is archived",
    "is pinned",
    "title",
  ]);
});

Deno.test("a member who writes an app's value again as an undo would keeps it: it is theirs", async () => {
  await using world = await createUndoWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  await pushInsert(world, ben, NOTES, "n", { title: "ours", content: "x", spaceId: team, authorId: ben.id });
  for (const color of ["#ff0000", "#0000ff"]) {
    await callOk(world, anna, "notes_update", { id: "n", color }, inSpace(team));
  }
  const { actor } = await lastChange(world, anna, NOTES, "n");
  const plan = { ...actor, principalId: "mana-mcp:undo", displayName: "Undo", rationale: "x" };
  await pushUpdate(world, ben, NOTES, "n", { color: "#ff0000" }, {
    spaceId: team,
    actor: plan,
    origin: "agent",
  });
  const { rowCount, conflicts } = await preview(world, anna, everything(OWN));
  assert.equal(rowCount, 0);
  assert.deepEqual(conflicts.map(({ field }) => field), ["color"]);
});

Deno.test("what nobody can prove is in no undo of an app or of all; the person can name it by itself", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, NOTES, "n", { title: "mine", content: "x" });
  await pushUpdate(world, anna, NOTES, "n", { title: "changed" }, {
    spaceId: anna.personalSpace,
    actor: CLAIMED,
    origin: "agent",
  });
  world.clock.now += 10_000;
  const any = await preview(world, anna, everything(ANY));
  assert.equal(any.rowCount, 0);
  assert.deepEqual(any.impossible, [{ reason: "unverified-only", count: 1 }]);
  assert.equal((await preview(world, anna, everything(OWN))).rowCount, 0);
  const { shown } = await undo(world, anna, everything({ ...ANY, name: "Helper" }));
  assert.equal(shown.rowCount, 1);
  assert.equal((await lastChange(world, anna, NOTES, "n")).fields?.title?.value, "mine");
});

Deno.test("a person whose key no server has undoes by themselves: the ciphertext is copied, and nothing is opened", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const id = await makeNote(world, anna, "Sealed");
  await callOk(world, anna, "notes_update", { id, title: "Sealed twice" });
  const before = (await pullAll(world, anna, NOTES))[0]?.data?.title;
  await goZeroKnowledge(world, anna);
  world.clock.now += 60_000;
  const name = { ...ANY, name: String((await lastChange(world, anna, NOTES, id)).actor?.displayName) };
  const updated = await preview(world, anna, everything({ ...name, tool: "notes.update" }));
  assert.equal(updated.rowCount, 1);
  assert.equal(updated.rows[0]?.title, null);
  assert.deepEqual(updated.rows[0]?.fields, [{ name: "title", before: null, after: null, isSealed: true }]);
  await undo(world, anna, everything({ ...name, tool: "notes.update" }));
  const change = await lastChange(world, anna, NOTES, id);
  assert.equal(change.fields?.title?.value, before);
  assert.match(String(change.actor?.iterationId), /^[0-9a-f]{32}$/, "nobody could sign it");
  const all = await undo(world, anna, everything(name));
  assert.equal(all.shown.rows[0]?.op, "delete", "what an undo put back is of whoever wrote it first");
});

Deno.test("what cannot be undone is counted: of a space that the person left, deleted for good, of a record that nobody stored", async () => {
  await using world = await createUndoWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, ben, anna);
  await callOk(world, anna, "notes_create", { title: "Left", content: "x" }, inSpace(team));
  await pushInsert(world, anna, NOTES, "kept", { title: "mine", content: "x" });
  await callOk(world, anna, "notes_update", { id: "kept", title: "theirs" });
  await push(world, anna, NOTES, [{ id: "kept", op: "delete", spaceId: anna.personalSpace, actor: CLAIMED }]);
  await push(world, anna, NOTES, [{
    id: "ghost",
    op: "update",
    spaceId: anna.personalSpace,
    actor: CLAIMED,
    fields: { title: { value: "x", at: stampAt(world) } },
  }]);
  await remove(world, ben, team, anna);
  world.clock.now += 10 * 60_000;
  const own = await preview(world, anna, everything(OWN));
  assert.equal(own.rowCount, 0);
  assert.deepEqual(own.impossible, [{ reason: "space-left", count: 1 }]);
  const named = await preview(world, anna, everything({ ...ANY, name: "Helper" }));
  assert.deepEqual(named.impossible, [
    { reason: "hard-deleted", count: 1 },
    { reason: "not-in-log", count: 1 },
  ]);
});

Deno.test("two records of one id, in two spaces, are two records", async () => {
  await using world = await createUndoWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  await pushInsert(world, anna, NOTES, "same", { title: "hers", content: "x" });
  await pushInsert(world, ben, NOTES, "same", {
    title: "ours",
    content: "x",
    spaceId: team,
    authorId: ben.id,
  });
  await callOk(world, anna, "notes_update", { id: "same", title: "hers, changed" });
  const { shown } = await undo(world, anna, everything(OWN));
  assert.deepEqual(shown.rows.map(({ space }) => space.kind), ["personal"]);
  assert.equal((await readNote(world, anna, "same")).title, "hers");
  const changes = await pullAll(world, anna, NOTES);
  assert.equal(changes.filter(({ spaceId }) => spaceId === team).length, 1);
});
