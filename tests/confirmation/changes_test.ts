/** What happens to the record between the question and the answer. */
import assert from "node:assert/strict";
import { pushDelete, pushUpdate, TASKS } from "../_support/device.ts";
import { notFound, recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { asked, nothingPushed, questionIn, refusalIn, send, YES } from "./_asking.ts";

async function task(world: World, person: Person): Promise<string> {
  return recordOf(await callOk(world, person, "todo_create", { title: "Buy milk" }), "task").id;
}

Deno.test("changed in between: asked again, and only the new yes counts", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const first = await asked(world, anna, "todo_delete", { id });
  await pushUpdate(world, anna, TASKS, id, { title: "Tax papers" });
  const second = await nothingPushed(
    world,
    async () =>
      questionIn(await send(world, anna, "todo_delete", { id }, { state: first.state, answer: YES })),
  );
  assert.equal(
    second.sentence,
    'This has changed since you were asked. Delete the task "Tax papers"? The Mana app, where you use it, can bring it back.',
  );
  await nothingPushed(world, async () => {
    const again = await send(world, anna, "todo_delete", { id }, { state: first.state, answer: YES });
    assert.match(refusalIn(again), /confirmation-used/);
  });
  const done = await send(world, anna, "todo_delete", { id }, { state: second.state, answer: YES });
  assert.deepEqual(done.structuredContent, { ok: true, id });
});

Deno.test("changed in what the question does not show: the yes still counts", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const { state } = await asked(world, anna, "todo_delete", { id });
  await pushUpdate(world, anna, TASKS, id, { order: 7 });
  const result = await send(world, anna, "todo_delete", { id }, { state, answer: YES });
  assert.deepEqual(result.structuredContent, { ok: true, id });
});

Deno.test("deleted in between: not found, and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const { state } = await asked(world, anna, "todo_delete", { id });
  await pushDelete(world, anna, TASKS, id);
  await nothingPushed(world, async () => {
    const result = await send(world, anna, "todo_delete", { id }, { state, answer: YES });
    assert.equal(refusalIn(result), notFound("task", id));
  });
});
