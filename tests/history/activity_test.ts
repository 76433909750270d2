// The time line: what each app did, call by call, as the page of the person is shown it.
import assert from "node:assert/strict";
import { HABITS, pushInsert } from "../_support/device.ts";
import { act, activity, briefly, createApps } from "./_activity.ts";

Deno.test("each call of an app is shown with its tool, space, time and records, the newest first, by a gateway that saw none of them", async () => {
  await using world = await createApps();
  await pushInsert(world, world.own, HABITS, "h1", { title: "Walk", isArchived: false, order: 0 });
  const { note } = await act(world, world.claude, "notes.create", { title: "Milk", content: "two" });
  const id = String(Object(note).id);
  await act(world, world.other, "notes.update", { id, content: "three" });
  await act(world, world.claude, "habits.list", {});
  await act(world, world.own, "notes.update", { id, title: "Milk and bread" });
  const { calls, hasMore, missing, oldest } = await activity(world);
  assert.deepEqual(briefly(calls), [
    ["own", null, "notes.update", "update note Milk and bread"],
    ["app", world.other.key, "notes.update", "update note Milk and bread"],
    ["app", world.claude.key, "notes.create", "insert note Milk and bread"],
  ]);
  assert.deepEqual([hasMore, missing], [false, []]);
  const [, , first] = calls;
  assert.ok(first);
  assert.equal(oldest, first.at);
  assert.deepEqual(first.space, { id: world.own.personalSpace, name: first.space.name, kind: "personal" });
  assert.deepEqual([first.toolTitle, first.module, first.moduleLabel, first.rowCount, first.undoneBy], [
    "Create a note",
    "notes",
    "Notes",
    1,
    null,
  ]);
  assert.deepEqual(calls[1]?.rows[0]?.fields, ["content"]);
});
