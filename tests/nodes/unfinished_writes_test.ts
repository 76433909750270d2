// A call of which a part is missing, made again at another gateway: it completes the write there, and nothing is doubled.
import assert from "node:assert/strict";
import { pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { createWorld, type World } from "../_support/world.ts";

const BLOCKS = { app: "timeblocks", table: "timeBlocks" };
const PARTLY = /^The sync service did not confirm the whole change/;

async function createNodes() {
  const store = createPlayedStore();
  const world = await createWorld({ env: SHARED, sharedStore: store.open });
  const other: World = Object.assign(Object.create(world), addNode(world));
  const anna = await world.person("anna");
  const habit = recordOf(await callOk(world, anna, "habits_create", { title: "Bread" }), "habit");
  const args = { id: habit.id, note: "Rye" };
  const blocks = async () => (await pullAll(world, anna, BLOCKS)).filter(({ op }) => op === "insert");
  /** Answers of the service while it takes nothing of habits. */
  const failing = (isFailing: boolean) => {
    world.intercept = !isFailing
      ? null
      : ({ method, url }) =>
        method === "POST" && url.endsWith("/sync/habits") ? new Response("", { status: 402 }) : undefined;
  };
  return { store, world, other, anna, args, blocks, failing };
}

Deno.test("with a store the same call completes an unfinished write at another gateway, and is then a new call at both", async () => {
  const { store, world, other, anna, args, blocks, failing } = await createNodes();
  await using _ = world;
  failing(true);
  assert.match(await callRefused(world, anna, "habits_log", args), PARTLY);
  assert.match(await callRefused(other, anna, "habits_log", args), PARTLY);
  failing(false);
  await callOk(other, anna, "habits_log", args);
  const ids = new Set((await blocks()).map(({ id }) => id));
  assert.equal(ids.size, 1, "the other gateway took the id that the first one gave out");
  // Nothing of it is known any more: the same call makes a block of its own.
  for (const [node, count] of [[world, 2], [other, 3]] as const) {
    await callOk(node, anna, "habits_log", args);
    assert.equal(new Set((await blocks()).map(({ id }) => id)).size, count);
  }
  for (const { message } of store.published) {
    assert.ok(![...ids, args.id, "Bread", "Rye", "anna"].some((text) => message.includes(String(text))));
  }
});

Deno.test("without the store an unfinished write is known where it was begun", async () => {
  const { store, world, other, anna, args, blocks, failing } = await createNodes();
  await using _ = world;
  store.setAway(true);
  failing(true);
  assert.match(await callRefused(world, anna, "habits_log", args), PARTLY);
  failing(false);
  await callOk(world, anna, "habits_log", args);
  assert.equal(new Set((await blocks()).map(({ id }) => id)).size, 1);
  await callOk(other, anna, "habits_log", args);
});
