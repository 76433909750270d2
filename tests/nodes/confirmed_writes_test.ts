// What a call writes on a form's yes where nodes share their keys: ids and stamps of the question, whichever node carries it out.
import assert from "node:assert/strict";
import { z } from "zod";
import { done, refusal } from "../approvals/_approvals.ts";
import { lastChange, NOTES, pullAll, push, TASKS } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { type AskedApp, callAt, createAskedApp, stateOf, yesTo } from "./_asked_app.ts";

const OUTDATED = /\(confirmation-outdated\).*Nothing was changed/;
const Note = z.looseObject({ title: z.string(), content: z.string().optional() });

/** A call at node A, with its yes at node B. */
async function throughB(world: AskedApp, name: string, args: Record<string, unknown>) {
  const [a, b] = [addNode(world), addNode(world)];
  const state = await stateOf(callAt(world, a, name, args));
  world.clock.now += 60_000;
  const output = await done(callAt(world, b, name, args, yesTo(state)));
  return { output, again: () => callAt(world, a, name, args, yesTo(state)), state, a, b };
}

async function newTask(world: AskedApp): Promise<string> {
  const { output } = await throughB(world, "todo_create", { title: "Buy milk" });
  return recordOf(output, "task").id;
}

/** A device of Anna's sets a field, by a clock that is ahead. */
async function edit(
  world: AskedApp,
  id: string,
  values: Record<string, unknown>,
  aheadMs = 0,
): Promise<void> {
  const at = new Date(world.clock.now + aheadMs).toISOString();
  const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, at }]));
  const { spaceId } = await lastChange(world, world.owner, TASKS, id);
  await push(world, world.owner, TASKS, [{ id, op: "update", fields, spaceId }]);
}

async function priorityOf(world: AskedApp, id: string): Promise<unknown> {
  const { task } = z.looseObject({ task: z.looseObject({ priority: z.unknown() }) }).parse(
    await done(callAt(world, world, "todo_read", { id })),
  );
  return task.priority;
}

Deno.test("a record that is made on a yes is made once, whichever nodes the yes comes to", async () => {
  await using world = await createAskedApp();
  const { again, output } = await throughB(world, "todo_create", { title: "Buy milk" });
  const { id } = recordOf(output, "task");
  assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.match(await refusal(again()), OUTDATED);
  const inserts = (await pullAll(world, world.owner, TASKS)).filter(({ op }) => op === "insert");
  assert.deepEqual(inserts.map((insert) => insert.id), [id]);
});

Deno.test("two nodes that carry out one yes at the same time make one record", async () => {
  await using world = await createAskedApp();
  const [a, b] = [addNode(world), addNode(world)];
  const args = { title: "Buy milk", subtasks: ["one", "two"] };
  const state = await stateOf(callAt(world, a, "todo_create", args));
  // Node A has looked whether the record is there, and pushes after node B has.
  const [looked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const told = world.intercept;
  world.intercept = (request) => {
    if (request.method !== "POST" || !request.url.endsWith("/sync/todo")) return told?.(request);
    world.intercept = told;
    looked.resolve();
    return over.promise.then(() => world.backend.sync.fetch(request));
  };
  const one = done(callAt(world, a, "todo_create", args, yesTo(state)));
  await looked.promise;
  const other = await done(callAt(world, b, "todo_create", args, yesTo(state)));
  over.resolve();
  assert.deepEqual(await one, other);
  const inserts = (await pullAll(world, world.owner, TASKS)).filter(({ op }) => op === "insert");
  assert.deepEqual(inserts.map(({ id }) => id), new Array(2).fill(recordOf(other, "task").id));
  const { tasks } = z.looseObject({ tasks: z.array(z.unknown()) }).parse(
    await done(callAt(world, world, "todo_list", {})),
  );
  assert.equal(tasks.length, 1);
});

Deno.test("a record that was deleted since is not made anew by the same yes", async () => {
  await using world = await createAskedApp();
  const { again, output } = await throughB(world, "todo_create", { title: "Buy milk" });
  const { id } = recordOf(output, "task");
  const { spaceId } = await lastChange(world, world.owner, TASKS, id);
  await push(world, world.owner, TASKS, [{
    id,
    op: "delete",
    spaceId,
    deletedAt: new Date(world.clock.now).toISOString(),
  }]);
  assert.match(await refusal(again()), OUTDATED);
});

Deno.test("what is written on a yes has the time of the question", async () => {
  await using world = await createAskedApp();
  const asked = new Date(world.clock.now).toISOString();
  const { output } = await throughB(world, "todo_create", { title: "Buy milk" });
  const { id } = recordOf(output, "task");
  assert.equal((await lastChange(world, world.owner, TASKS, id)).data?.createdAt, asked);
  const then = new Date(world.clock.now).toISOString();
  await throughB(world, "todo_update", { id, priority: "high" });
  assert.equal((await lastChange(world, world.owner, TASKS, id)).fields?.priority?.at, then);
  const now = new Date(world.clock.now).toISOString();
  await throughB(world, "todo_complete", { id });
  const { fields } = await lastChange(world, world.owner, TASKS, id);
  assert.deepEqual([fields?.completedAt?.value, fields?.completedAt?.at], [now, now]);
});

Deno.test("a change that comes again changes nothing, and nothing that was edited since", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  const { again } = await throughB(world, "todo_update", { id, priority: "high" });
  const before = (await pullAll(world, world.owner, TASKS)).length;
  assert.deepEqual(await done(again()), { ok: true, changed: false });
  assert.equal((await pullAll(world, world.owner, TASKS)).length, before);

  const next = await throughB(world, "todo_update", { id, priority: "low" });
  await edit(world, id, { priority: "medium" });
  assert.match(await refusal(next.again()), OUTDATED);
  assert.equal(await priorityOf(world, id), "medium");
});

Deno.test("a text that is added on a yes is added once", async () => {
  await using world = await createAskedApp();
  const { output } = await throughB(world, "notes_create", { title: "Log", content: "one" });
  const { id } = recordOf(output, "note");
  const { again } = await throughB(world, "notes_append", { id, content: "two" });
  assert.match(await refusal(again()), OUTDATED);
  const { note } = z.looseObject({ note: Note }).parse(
    await done(callAt(world, world, "notes_read", { id })),
  );
  assert.equal(note.content?.match(/two/g)?.length, 1);
  assert.equal((await pullAll(world, world.owner, NOTES)).length, 2);
});

Deno.test("changed between question and yes in what the call writes: the person is asked anew", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  const args = { id, priority: "high" };
  const state = await stateOf(callAt(world, world, "todo_update", args));
  world.clock.now += 10_000;
  await edit(world, id, { priority: "low" });
  assert.match(await refusal(callAt(world, addNode(world), "todo_update", args, yesTo(state))), OUTDATED);
  assert.equal(await priorityOf(world, id), "low");
});

Deno.test("changed between question and yes in something else: the yes counts", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  const args = { id, priority: "high" };
  const state = await stateOf(callAt(world, world, "todo_update", args));
  world.clock.now += 10_000;
  await edit(world, id, { order: 7, updatedAt: new Date(world.clock.now).toISOString() });
  await done(callAt(world, addNode(world), "todo_update", args, yesTo(state)));
  assert.equal(await priorityOf(world, id), "high");
});

Deno.test("a yes wins over a device whose clock runs ahead, and loses to what that device writes later", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  await edit(world, id, { priority: "low" }, 3_600_000);
  const { again } = await throughB(world, "todo_update", { id, priority: "high" });
  assert.equal(await priorityOf(world, id), "high");
  await edit(world, id, { priority: "medium" }, 3_600_000);
  assert.match(await refusal(again()), OUTDATED);
  assert.equal(await priorityOf(world, id), "medium");
});

Deno.test("only what a device has written ahead of time is written ahead of time", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  await edit(world, id, { priority: "low" }, 3_600_000);
  const [asked, ahead] = [world.clock.now, world.clock.now - 1_000 + 3_600_001];
  await throughB(world, "todo_update", { id, priority: "high", dueDate: "2026-03-09" });
  const { fields } = await lastChange(world, world.owner, TASKS, id);
  const stampOf = (name: string) => Date.parse(fields?.[name]?.at ?? "");
  assert.deepEqual([stampOf("priority"), stampOf("dueDate")], [ahead, asked]);
});

Deno.test("devices that are ahead by different times lose to a yes, and each wins over the same yes later", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  await edit(world, id, { priority: "low" }, 3_600_000);
  await edit(world, id, { dueDate: "2026-03-08" }, 60_000);
  const { again } = await throughB(world, "todo_update", { id, priority: "high", dueDate: "2026-03-09" });
  assert.equal(await priorityOf(world, id), "high");
  await edit(world, id, { priority: "medium" }, 3_600_000);
  assert.match(await refusal(again()), OUTDATED);
  assert.equal(await priorityOf(world, id), "medium");
});

Deno.test("a yes that comes again loses to a device whose clock is right, where another device was ahead", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  await edit(world, id, { priority: "low" }, 3_600_000);
  const args = { id, priority: "high", dueDate: "2026-03-09" };
  const { again } = await throughB(world, "todo_update", args);
  await edit(world, id, { dueDate: "2026-03-20" });
  assert.match(await refusal(again()), OUTDATED);
  const { fields } = await lastChange(world, world.owner, TASKS, id);
  assert.equal(fields?.dueDate?.value, "2026-03-20");
});

Deno.test("a stamp that no time can follow is given to no other field", async () => {
  await using world = await createAskedApp();
  const id = await newTask(world);
  await edit(world, id, { priority: "low" }, Date.parse("9999-12-31T23:59:59.999Z") - world.clock.now);
  await edit(world, id, { dueDate: "2026-03-08" }, 60_000);
  const ahead = world.clock.now - 1_000 + 60_001;
  await throughB(world, "todo_update", { id, priority: "high", dueDate: "2026-03-09" });
  const { fields } = await lastChange(world, world.owner, TASKS, id);
  assert.equal(Date.parse(fields?.dueDate?.at ?? ""), ahead);
});

Deno.test("without NODE_SECRET a yes writes at its own time, over what was changed since the question", async () => {
  await using world = await createAskedApp({});
  const create = { title: "Buy milk" };
  const made = await stateOf(callAt(world, world, "todo_create", create));
  const { id } = recordOf(await done(callAt(world, world, "todo_create", create, yesTo(made))), "task");
  const args = { id, priority: "high" };
  const state = await stateOf(callAt(world, world, "todo_update", args));
  world.clock.now += 10_000;
  await edit(world, id, { priority: "low" });
  const now = new Date(world.clock.now).toISOString();
  await done(callAt(world, world, "todo_update", args, yesTo(state)));
  assert.equal((await lastChange(world, world.owner, TASKS, id)).fields?.priority?.at, now);
});

Deno.test("a call that would be refused is refused before the person is asked, where nodes share their keys", async () => {
  for (const [env, isAsked] of [[SHARED, false], [{}, true]] as const) {
    await using world = await createAskedApp(env);
    const result = await callAt(world, world, "todo_update", { id: "none", priority: "high" });
    assert.equal(result.requestState !== undefined, isAsked);
  }
});
