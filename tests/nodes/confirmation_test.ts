// A question that is asked at one node and answered at another: no yes is lost with a node, and none counts twice.
import assert from "node:assert/strict";
import { notFound, recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { pushUpdate, TASKS } from "../_support/device.ts";
import { addNode, lose, type Node, nodeSecret, SHARED } from "../_support/two_nodes.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { asked, nothingPushed, refusalIn, send, YES } from "../confirmation/_asking.ts";

const INVALID =
  "The call is not allowed (confirmation-invalid): the state of the question is not one of this gateway, or older " +
  "than its last start. Nothing was changed. Call the tool again to ask the person anew.";
const OUTDATED =
  "The call is not allowed (confirmation-outdated): this has changed since the person was asked, or their answer " +
  "was used already. Nothing was changed. Call the tool again to ask the person anew.";

async function withTask(env: Record<string, string> = SHARED) {
  const world = await createWorld({ env });
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  return { world, anna, id };
}

/** The person's yes to deleting the task, brought to this node. */
const yesAt = (node: Node, anna: Person, id: string, state: string) =>
  send(node, anna, "todo_delete", { id }, { state, answer: YES });

async function isThere(world: World, anna: Person, id: string): Promise<boolean> {
  const listed = JSON.stringify(await callOk(world, anna, "todo_list", {}));
  return listed.includes(id);
}

Deno.test("asked at one node, answered at another: it is done, and the same yes does nothing at the first node", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const { state } = await asked(world, anna, "todo_delete", { id });
  const done = await yesAt(addNode(world), anna, id, state);
  assert.deepEqual(done.structuredContent, { ok: true, id });
  await nothingPushed(world, async () => {
    assert.equal(refusalIn(await yesAt(world, anna, id, state)), notFound("task", id));
  });
});

Deno.test("a yes that comes again after the record was restored deletes nothing", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const { state } = await asked(world, anna, "todo_delete", { id });
  await yesAt(addNode(world), anna, id, state);
  await pushUpdate(world, anna, TASKS, id, { deletedAt: null });
  await nothingPushed(world, async () => {
    assert.equal(refusalIn(await yesAt(world, anna, id, state)), OUTDATED);
  });
  assert.ok(await isThere(world, anna, id));
});

Deno.test("a yes that another node carries out with an old view of the record loses to the restoring of it", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const { state } = await asked(world, anna, "todo_delete", { id });
  const a = addNode(world);
  // What node A reads is from before the first yes; its push goes out after the record was restored.
  let pushed = Promise.resolve<Response | undefined>(undefined);
  const sent = Promise.withResolvers<void>();
  const restored = Promise.withResolvers<void>();
  world.intercept = (request) => {
    if (request.method !== "POST" || !request.url.endsWith("/sync/todo")) return undefined;
    world.intercept = null;
    sent.resolve();
    pushed = restored.promise.then(() => world.backend.sync.fetch(request));
    return pushed;
  };
  const late = yesAt(a, anna, id, state);
  await sent.promise;
  assert.deepEqual((await yesAt(addNode(world), anna, id, state)).structuredContent, { ok: true, id });
  await pushUpdate(world, anna, TASKS, id, { deletedAt: null });
  restored.resolve();
  assert.deepEqual((await late).structuredContent, { ok: true, id });
  assert.ok(await isThere(world, anna, id));
});

Deno.test("a question outlives the node that asked it", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const a = addNode(world);
  const { state } = await asked(a, anna, "todo_delete", { id });
  lose(a);
  assert.deepEqual((await yesAt(addNode(world), anna, id, state)).structuredContent, { ok: true, id });
});

Deno.test("an answer is bound to its person and arguments at every node", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const ben = await world.person("ben");
  const b = addNode(world);
  const { state } = await asked(world, anna, "todo_delete", { id });
  for (const [person, task] of [[ben, id], [anna, "another"]] as const) {
    await nothingPushed(world, async () => {
      const fresh = await asked(world, anna, "todo_delete", { id });
      const words = refusalIn(await yesAt(b, person, task, fresh.state));
      assert.match(words, /confirmation-foreign/);
    });
  }
  assert.deepEqual((await yesAt(b, anna, id, state)).structuredContent, { ok: true, id });
});

Deno.test("the clocks of nodes may be 30 seconds apart", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const { state } = await asked(world, anna, "todo_delete", { id });
  const behind = addNode(world, { aheadMs: -40_000 });
  assert.equal(refusalIn(await yesAt(behind, anna, id, state)), INVALID);
  const late = addNode(world, { aheadMs: 5 * 60_000 });
  assert.match(refusalIn(await yesAt(late, anna, id, state)), /confirmation-expired/);
  const close = addNode(world, { aheadMs: -20_000 });
  assert.deepEqual((await yesAt(close, anna, id, state)).structuredContent, { ok: true, id });
});

Deno.test("a question stays open for five minutes by the calendar of the nodes", async () => {
  const { world, anna, id } = await withTask();
  await using _ = world;
  const b = addNode(world);
  const first = await asked(world, anna, "todo_delete", { id });
  world.clock.now += 5 * 60_000;
  assert.match(refusalIn(await yesAt(b, anna, id, first.state)), /confirmation-expired/);
  const second = await asked(world, anna, "todo_delete", { id });
  world.clock.now += 5 * 60_000 - 5_000;
  assert.deepEqual((await yesAt(b, anna, id, second.state)).structuredContent, { ok: true, id });
});

Deno.test("NODE_SECRET is replaced in two steps while questions are open; what a removed secret made is refused", async () => {
  const { world, anna } = await withTask({ NODE_SECRET: nodeSecret("1") });
  await using _ = world;
  const both = addNode(world, { env: { NODE_SECRET: nodeSecret("1", "2") } });
  const turned = addNode(world, { env: { NODE_SECRET: nodeSecret("2", "1") } });
  const over = addNode(world, { env: { NODE_SECRET: nodeSecret("2") } });
  const ways = [[world, both], [both, world], [both, turned], [turned, both], [turned, over], [
    over,
    turned,
  ]] as const;
  for (const [asks, answers] of ways) {
    const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
    const { state } = await asked(asks, anna, "todo_delete", { id });
    assert.deepEqual((await yesAt(answers, anna, id, state)).structuredContent, { ok: true, id });
  }
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "Buy milk" }), "task");
  const { state } = await asked(world, anna, "todo_delete", { id });
  assert.equal(refusalIn(await yesAt(over, anna, id, state)), INVALID);
});

Deno.test("without NODE_SECRET a state is good at the process that made it alone", async () => {
  const { world, anna, id } = await withTask({});
  await using _ = world;
  const { state } = await asked(world, anna, "todo_delete", { id });
  assert.equal(refusalIn(await yesAt(addNode(world), anna, id, state)), INVALID);
  // As before there were nodes: a process's own time, whatever its calendar says.
  world.clock.back = 3_600_000;
  assert.deepEqual((await yesAt(world, anna, id, state)).structuredContent, { ok: true, id });
});
