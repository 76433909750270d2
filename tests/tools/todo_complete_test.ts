import assert from "node:assert/strict";
import {
  lastChange,
  masterKey,
  pullAll,
  push,
  pushDelete,
  pushInsert,
  pushUpdate,
  seal,
  stampAt,
  TASKS,
  withoutPush,
} from "../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("todo.complete: sets the flag and the time of the call, with one stamp", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Call mum" }), "task");
  world.clock.now += 60_000;
  assert.deepEqual(await callOk(world, anna, "todo_complete", { id }), { ok: true, changed: true });
  const { fields, spaceId, actor, origin, op } = await lastChange(world, anna, TASKS, id);
  const at = fields?.isCompleted?.at;
  const completedAt = fields?.completedAt?.value;
  assert.deepEqual(fields, {
    isCompleted: { value: true, at },
    completedAt: { value: completedAt, at },
    updatedAt: { value: at, at },
  });
  assert.match(String(completedAt), /^2026-03-01T12:01:\d\d\.\d{3}Z$/);
  assert.deepEqual([op, spaceId, actor?.rationale, origin], [
    "update",
    anna.personalSpace,
    "todo.complete",
    "agent",
  ]);
  const { rows: [task] } = await listed(world, anna, "todo_list", { includeCompleted: true });
  assert.deepEqual([task?.isCompleted, task?.completedAt], [true, completedAt]);
});

Deno.test("todo.complete: a second time changes nothing and keeps the first time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Call mum" }), "task");
  await callOk(world, anna, "todo_complete", { id });
  const first = (await listed(world, anna, "todo_list", { includeCompleted: true })).rows;
  world.clock.now += 60_000;
  await withoutPush(world, async () => {
    assert.deepEqual(await callOk(world, anna, "todo_complete", { id }), { ok: true, changed: false });
  });
  assert.deepEqual((await listed(world, anna, "todo_list", { includeCompleted: true })).rows, first);
});

Deno.test("todo.complete: unknown, deleted and foreign tasks are not found and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna);
  await pushInsert(world, anna, TASKS, "gone", { title: "Gone" });
  await pushDelete(world, anna, TASKS, "gone");
  await pushInsert(world, anna, TASKS, "hard", { title: "Gone for good" });
  await push(world, anna, TASKS, [{ id: "hard", op: "delete", spaceId: anna.personalSpace }]);
  await pushInsert(world, anna, TASKS, "in-team", { title: "Team", spaceId: team });
  await pushInsert(world, ben, TASKS, "bens", { title: "Ben's" });
  const before = await pullAll(world, anna, TASKS);
  await withoutPush(world, async () => {
    for (const id of ["no-such", "gone", "hard", "in-team", "bens", '"quoted"\n']) {
      assert.equal(await callRefused(world, anna, "todo_complete", { id }), notFound("task", id));
    }
    assert.match(
      await callRefused(world, anna, "todo_complete", { id: "x".repeat(257) }),
      /id: expected at most 256/,
    );
    assert.match(await callRefused(world, anna, "todo_complete", {}), /id: is missing/);
    assert.match(await callRefused(world, anna, "todo_complete", { id: "gone", done: true }), /"done"/);
  });
  assert.deepEqual(await pullAll(world, anna, TASKS), before);
  assert.deepEqual(await callOk(world, anna, "todo_complete", { id: "in-team" }, inSpace(team)), {
    ok: true,
    changed: true,
  });
});

Deno.test("todo.complete: an update that came before its insert is no task yet", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushUpdate(world, anna, TASKS, "early", { title: "Early" });
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
  assert.equal(await callRefused(world, anna, "todo_complete", { id: "early" }), notFound("task", "early"));
  await pushInsert(world, anna, TASKS, "early", { title: "Late", createdAt: "2026-01-01T00:00:00.000Z" });
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Early"]);
});

Deno.test("todo: what the phone completes, renames, re-opens, deletes and brings back shows at the next call", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Call mum" }), "task");
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Call mum"]);

  await pushUpdate(world, anna, TASKS, id, { isCompleted: true, completedAt: stampAt(world) });
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
  await withoutPush(world, async () => {
    assert.deepEqual(await callOk(world, anna, "todo_complete", { id }), { ok: true, changed: false });
  });

  await pushUpdate(world, anna, TASKS, id, {
    isCompleted: false,
    completedAt: null,
    title: await seal(key, "Call dad"),
  });
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Call dad"]);

  await pushDelete(world, anna, TASKS, id);
  assert.deepEqual(await titles(world, anna, "todo_list", { includeCompleted: true }), []);
  assert.equal(await callRefused(world, anna, "todo_complete", { id }), notFound("task", id));

  await pushUpdate(world, anna, TASKS, id, { deletedAt: null });
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Call dad"]);
  assert.deepEqual(await callOk(world, anna, "todo_complete", { id }), { ok: true, changed: true });
});

Deno.test("todo.list: an insert that is in the log twice is one task", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const createdAt = "2026-02-01T00:00:00.000Z";
  for (let round = 0; round < 2; round++) {
    await pushInsert(world, anna, TASKS, "twice", { title: "Once", createdAt, order: 0 });
  }
  assert.deepEqual(await titles(world, anna, "todo_list"), ["Once"]);
  assert.equal(recordOf(await callOk(world, anna, "todo_create", { title: "Next" }), "task").order, 1);
});

Deno.test("todo.list: everything is found behind the first page of a thousand changes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const inserts = Array.from({ length: 1005 }, (_, order) => ({
    id: `t${order}`,
    op: "insert",
    spaceId: anna.personalSpace,
    data: { id: `t${order}`, title: `t${order}`, order, createdAt: stampAt(world) },
  }));
  await push(world, anna, TASKS, inserts);
  const done = inserts.slice(0, 1003).map(({ id }) => ({
    id,
    op: "update",
    spaceId: anna.personalSpace,
    fields: { isCompleted: { value: true, at: stampAt(world) } },
  }));
  await push(world, anna, TASKS, done);
  assert.deepEqual(await titles(world, anna, "todo_list"), ["t1003", "t1004"]);
  assert.equal(recordOf(await callOk(world, anna, "todo_create", { title: "Next" }), "task").order, 1005);
});
