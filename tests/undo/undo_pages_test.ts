import assert from "node:assert/strict";
import { lastChange, NOTES, pullAll, pushesOf, pushUpdate } from "../_support/device.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import {
  callsIn,
  createUndoWorld,
  decide,
  everything,
  faultOf,
  makeNote,
  OWN,
  preview,
  readNote,
  undo,
} from "./_pages.ts";

Deno.test("what an app changed in a note is put back, as it was sealed, and the person sees before and after", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const id = await makeNote(world, anna, "Shopping");
  await callOk(world, anna, "notes_update", { id, title: "Gone wrong" });
  const before = (await pullAll(world, anna, NOTES))[0]?.data?.title;
  const [, call = ""] = await callsIn(world, anna, NOTES);
  const { shown, written } = await undo(world, anna, everything({ calls: [call] }));
  assert.equal(written, 1);
  assert.equal(shown.rowCount, 1);
  assert.deepEqual(shown.collections, [{ record: "note", count: 1 }]);
  const [row] = shown.rows;
  assert.equal(row?.title, "Gone wrong");
  assert.equal(row?.op, "update");
  assert.equal(row?.space.kind, "personal");
  assert.deepEqual(row?.fields, [{ name: "title", before: "Gone wrong", after: "Shopping" }]);
  const change = await lastChange(world, anna, NOTES, id);
  assert.equal(change.fields?.title?.value, before, "the earlier ciphertext itself");
  assert.equal(change.actor?.kind, "user");
  assert.equal(change.origin, "user");
  assert.equal(change.actor?.principalId, "mana-mcp:undo");
  assert.equal(change.actor?.rationale, shown.plan);
  const read = await readNote(world, anna, id);
  assert.equal(read.title, "Shopping");
});

Deno.test("what an app made is deleted, what it deleted is there again, and an undo can be undone", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const id = await makeNote(world, anna, "Made");
  const made = await undo(world, anna, everything(OWN));
  assert.equal(made.shown.rows[0]?.op, "delete");
  assert.match(await callRefused(world, anna, "notes_read", { id }), /no note/i);
  assert.equal((await preview(world, anna, everything(OWN))).rowCount, 0, "there is nothing left to undo");
  const calls = await callsIn(world, anna, NOTES);
  const again = await undo(world, anna, everything({ calls: calls.slice(-1) }));
  assert.equal(again.shown.rows[0]?.op, "restore");
  assert.equal((await readNote(world, anna, id)).title, "Made");
  const third = await undo(world, anna, everything({ calls: calls.slice(0, 1) }));
  assert.equal(third.shown.rows[0]?.op, "delete");
});

Deno.test("what the person wrote later stays, and is named with who and when", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const id = await makeNote(world, anna, "Trip");
  const [created = ""] = await callsIn(world, anna, NOTES);
  await callOk(world, anna, "notes_update", { id, title: "Trip to Rome", color: "#ff0000" });
  await pushUpdate(world, anna, NOTES, id, { title: "plain, of a guest" });
  const [, updated = ""] = await callsIn(world, anna, NOTES);
  const one = await undo(world, anna, everything({ calls: [updated] }));
  assert.deepEqual(one.shown.rows[0]?.fields.map(({ name }) => name), ["color"]);
  assert.equal(one.shown.conflictCount, 1);
  const [conflict] = one.preview.conflicts;
  assert.equal(conflict?.field, "title");
  assert.equal(conflict?.by, "you");
  assert.equal(conflict?.record, "note");
  const both = await preview(world, anna, everything({ calls: [created, updated] }));
  assert.equal(both.rowCount, 0, "a note that the person has gone on with is not deleted");
  assert.deepEqual(both.conflicts.map(({ field }) => field), ["title"]);
});

Deno.test("a plan that is not what was shown any more is refused with what it would be now; made-up and old ones too", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const id = await makeNote(world, anna, "One");
  await callOk(world, anna, "notes_update", { id, title: "Two" });
  const [, updated = ""] = await callsIn(world, anna, NOTES);
  const question = everything({ calls: [updated] });
  const shown = await preview(world, anna, question);
  await pushUpdate(world, anna, NOTES, id, { title: "Three" });
  const changed = await decide(world, anna, question, shown);
  assert.equal(faultOf(changed), "changed");
  assert.ok(!changed.ok && changed.fault === "refused");
  assert.equal(changed.preview?.rowCount, 0);
  assert.equal(changed.preview?.conflictCount, 1);
  const before = pushesOf(world).length;
  const other = { ...shown, plan: shown.plan.replace(/.$/, (end) => end === "0" ? "1" : "0") };
  assert.equal(faultOf(await decide(world, anna, question, other)), "changed");
  for (const plan of ["", "x", `${(world.clock.now + 10 * 60_000).toString(36)}-${"0".repeat(32)}`]) {
    const at = new Date(world.clock.now + 10 * 60_000).toISOString();
    assert.equal(faultOf(await decide(world, anna, question, { ...shown, plan, at })), "plan-unknown");
  }
  world.clock.now += 61 * 60_000;
  assert.equal(faultOf(await decide(world, anna, question, shown)), "plan-unknown");
  assert.equal(pushesOf(world).length, before);
});

Deno.test("another person's calls are not there for anybody else", async () => {
  await using world = await createUndoWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  await makeNote(world, anna, "Hers");
  const calls = await callsIn(world, anna, NOTES);
  assert.equal((await preview(world, ben, everything({ calls }))).rowCount, 0);
  const shown = await preview(world, anna, everything({ calls }));
  assert.equal(faultOf(await decide(world, ben, everything({ calls }), shown)), "changed");
});
