import assert from "node:assert/strict";
import {
  HABITS,
  lastChange,
  pullAll,
  push,
  pushDelete,
  pushesOf,
  pushInsert,
  pushUpdate,
  readPush,
  withoutPush,
} from "../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("habits.update: only the given fields are written, each with one stamp, under an opaque id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "habit-coffee", {
    title: "Coffee",
    targetPerDay: 3,
    color: "#000000",
  });
  world.clock.now += 10_000;
  assert.deepEqual(
    await callOk(world, anna, "habits_update", { id: "habit-coffee", title: "Tea", targetPerDay: null }),
    { ok: true, changed: true },
  );
  const change = await lastChange(world, anna, HABITS);
  const at = change.fields?.title?.at;
  assert.match(at ?? "", /^2026-03-01T12:00:\d\d\.\d{3}Z$/);
  assert.deepEqual(change.fields, {
    title: { value: "Tea", at },
    targetPerDay: { value: null, at },
    updatedAt: { value: at, at },
  });
  assert.equal(change.spaceId, anna.personalSpace);
  assert.equal(change.actor?.rationale, "habits.update");
  assert.equal(change.origin, "agent");
  // On the wire each field has its stamp under the names of both versions of the app.
  const sent = readPush(pushesOf(world).at(-1) ?? assert.fail()).changes[0];
  assert.deepEqual(sent?.fields, {
    title: { value: "Tea", at, updatedAt: at },
    targetPerDay: { value: null, at, updatedAt: at },
    updatedAt: { value: at, at, updatedAt: at },
  });
  const { rows: [row] } = await listed(world, anna, "habits_list");
  assert.deepEqual([row?.title, row?.targetPerDay, row?.color, row?.updatedAt], ["Tea", null, "#000000", at]);
});

Deno.test("habits.update: the same values again change nothing and push nothing", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "Coffee" });
  await withoutPush(world, async () => {
    const again = { id: "h", title: "Coffee", icon: "star", targetPerDay: null };
    assert.deepEqual(await callOk(world, anna, "habits_update", again), { ok: true, changed: false });
  });
});

Deno.test("habits.update: nothing to change, a missing id and unknown names are refused in words", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "Coffee" });
  await withoutPush(world, async () => {
    assert.equal(
      await callRefused(world, anna, "habits_update", { id: "h" }),
      "The arguments are invalid: nothing to change: give at least one field.",
    );
    assert.match(await callRefused(world, anna, "habits_update", { title: "x" }), /id: is missing/);
    assert.match(
      await callRefused(world, anna, "habits_update", { id: "", title: "x" }),
      /id: expected at least 1 character/,
    );
    assert.match(
      await callRefused(world, anna, "habits_update", { id: "h", isArchived: true }),
      /unknown argument "isArchived"/,
    );
    assert.match(await callRefused(world, anna, "habits_update", { id: "h", color: "blue" }), /color: /);
  });
});

Deno.test("habits.update and archive: unknown, deleted and foreign records are not found and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna);
  await pushInsert(world, anna, HABITS, "gone", { title: "Gone" });
  await pushDelete(world, anna, HABITS, "gone");
  await pushInsert(world, anna, HABITS, "in-team", { title: "Team", spaceId: team });
  await pushInsert(world, ben, HABITS, "bens", { title: "Ben's" });
  const missing = ["no-such", "gone", "in-team", "bens", "__proto__", "constructor"];
  const all = await pullAll(world, anna, HABITS);
  await withoutPush(world, async () => {
    for (const id of missing) {
      assert.equal(
        await callRefused(world, anna, "habits_update", { id, title: "x" }),
        notFound("habit", id),
      );
      assert.equal(await callRefused(world, anna, "habits_archive", { id }), notFound("habit", id));
    }
  });
  assert.deepEqual(await pullAll(world, anna, HABITS), all);
  assert.deepEqual(await callOk(world, anna, "habits_archive", { id: "in-team" }, inSpace(team)), {
    ok: true,
    changed: true,
  });
});

Deno.test("habits.archive: hides, brings back, and repeating either changes nothing", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "Coffee" });
  const archive = (archived?: boolean) =>
    callOk(world, anna, "habits_archive", { id: "h", ...(archived === undefined ? {} : { archived }) });
  assert.deepEqual(await archive(), { ok: true, changed: true });
  assert.deepEqual(await titles(world, anna, "habits_list"), []);
  assert.deepEqual(await withoutPush(world, () => archive(true)), { ok: true, changed: false });
  assert.deepEqual(await archive(false), { ok: true, changed: true });
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Coffee"]);
  assert.deepEqual(await withoutPush(world, () => archive(false)), { ok: true, changed: false });
});

Deno.test("habits: what another device renames, archives, deletes and brings back shows at the next call", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "habits_create", { title: "Run" }), "habit");
  await pushUpdate(world, anna, HABITS, id, { title: "Walk" });
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Walk"]);
  await pushUpdate(world, anna, HABITS, id, { isArchived: true });
  assert.deepEqual(await titles(world, anna, "habits_list"), []);
  await pushUpdate(world, anna, HABITS, id, { isArchived: false });
  await pushDelete(world, anna, HABITS, id);
  assert.deepEqual(await titles(world, anna, "habits_list", { includeArchived: true }), []);
  assert.equal(await callRefused(world, anna, "habits_archive", { id }), notFound("habit", id));
  await pushUpdate(world, anna, HABITS, id, { deletedAt: null });
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Walk"]);
});

Deno.test("habits: a device whose clock is an hour ahead does not make our change lose", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "Coffee" });
  const ahead = new Date(world.clock.now + 3_600_000).toISOString();
  await push(world, anna, HABITS, [{
    id: "h",
    op: "update",
    spaceId: anna.personalSpace,
    fields: { title: { value: "From the future", at: ahead } },
  }]);
  assert.deepEqual(await callOk(world, anna, "habits_update", { id: "h", title: "Tea" }), {
    ok: true,
    changed: true,
  });
  const { fields } = await lastChange(world, anna, HABITS, "h");
  assert.ok((fields?.title?.at ?? "") > ahead);
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Tea"]);
});
