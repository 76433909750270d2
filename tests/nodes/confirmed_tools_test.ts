// Tools that write a record more than once, and records whose stamps nothing can follow, on a yes that any node may carry out.
import assert from "node:assert/strict";
import { z } from "zod";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { tasks } from "../../tools/day/tasks.ts";
import { MODULES } from "../../tools/modules.ts";
import { lastChange, push, pushUpdate, stampAt, TASKS } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";
import { asked, nothingPushed, refusalIn, send, YES } from "../confirmation/_asking.ts";

/** Sets a field of one task after the other, each with a push of its own. */
const raise = defineTool({
  name: "todo.raise",
  title: "Raise",
  access: "destructive",
  description: "d",
  input: z.object({ ids: z.array(z.string()) }),
  output: z.object({ ok: z.literal(true) }),
  confirm: ({ ids }) => Promise.resolve(`Raise ${ids.join()}?`),
  async run({ ids }, { records }) {
    for (const [at, id] of ids.entries()) {
      await records.update(tasks, id, () => ({ priority: at === 0 ? "high" as const : "low" as const }));
    }
    return { ok: true as const };
  },
});

const WITH_RAISE = MODULES.map((module) =>
  module.name === "todo" ? { ...module, tools: [...module.tools, raise] } : module
);

async function withTask() {
  const world = await createWorld({ env: SHARED, modules: WITH_RAISE });
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  return { world, anna, id };
}

Deno.test("a call may write a record that it has written before", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const { state } = await asked(world, anna, "todo_raise", { ids: [id, id] });
  const done = await send(addNode(world), anna, "todo_raise", { ids: [id, id] }, { state, answer: YES });
  assert.deepEqual(done.structuredContent, { ok: true });
  assert.equal((await lastChange(world, anna, TASKS, id)).fields?.priority?.value, "low");
  await nothingPushed(world, async () => {
    const again = await send(world, anna, "todo_raise", { ids: [id, id] }, { state, answer: YES });
    assert.match(refusalIn(again), /confirmation-outdated.*Nothing was changed/);
  });
});

Deno.test("a call of several pushes that comes upon a later change says that a part may be changed", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const other = recordOf(await callOk(world, anna, "todo_create", { title: "Other" }), "task").id;
  const ids = [id, other];
  const { state } = await asked(world, anna, "todo_raise", { ids });
  await pushUpdate(world, anna, TASKS, other, { priority: "medium" });
  const refused = await send(addNode(world), anna, "todo_raise", { ids }, { state, answer: YES });
  assert.match(refusalIn(refused), /confirmation-outdated.*A part may be changed: look first\./);
  assert.equal((await lastChange(world, anna, TASKS, id)).fields?.priority?.value, "high");
  assert.equal((await lastChange(world, anna, TASKS, other)).fields?.priority?.value, "medium");
});

Deno.test("a stamp that no time can follow is used again, as ever", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const at = "9999-12-31T23:59:59.999Z";
  const fields = { priority: { value: "medium", at } };
  await push(world, anna, TASKS, [{ id, op: "update", spaceId: anna.personalSpace, fields }]);
  assert.ok(stampAt(world) < at);
  const { state } = await asked(world, anna, "todo_raise", { ids: [id, id] });
  const done = await send(addNode(world), anna, "todo_raise", { ids: [id, id] }, { state, answer: YES });
  assert.deepEqual(done.structuredContent, { ok: true });
  assert.deepEqual((await lastChange(world, anna, TASKS, id)).fields?.priority, { value: "low", at });
});

Deno.test("a day is taken out of a series once: it is made and deleted with one yes", async () => {
  const { world, anna } = await withTask();
  await using _ = world;
  const created = await callOk(world, anna, "calendar_create", {
    title: "Probe",
    startDate: "2026-05-05T19:00",
    endDate: "2026-05-05T21:00",
    timeZone: "Europe/Berlin",
    recurrenceRule: "FREQ=WEEKLY",
  });
  const args = { id: created.id, day: "2026-05-12", apply: "this", timeZone: "Europe/Berlin" };
  const { state } = await asked(world, anna, "calendar_delete", args);
  const done = await send(addNode(world), anna, "calendar_delete", args, { state, answer: YES });
  assert.ok(done.structuredContent, JSON.stringify(done));
  await nothingPushed(world, async () => {
    refusalIn(await send(world, anna, "calendar_delete", args, { state, answer: YES }));
  });
  const { entries } = z.looseObject({ entries: z.array(z.looseObject({ day: z.string() })) }).parse(
    await callOk(world, anna, "calendar_list", {
      from: "2026-05-04",
      to: "2026-05-20",
      timeZone: "Europe/Berlin",
    }),
  );
  assert.deepEqual(entries.map(({ day }) => day), ["2026-05-05", "2026-05-19"]);
});
