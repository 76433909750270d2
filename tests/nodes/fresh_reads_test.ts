/** Where several gateways write for a person, no read leaves out the pull that would show what was written at another one. */
import assert from "node:assert/strict";
import { titles } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

/** The world's gateway, with the person's stream open and a pull a moment ago. The stream never tells of anything. */
async function reader(world: World, person: Person) {
  const opened = Promise.withResolvers<void>();
  world.intercept = (request) => {
    if (!request.url.includes("/stream?")) return Promise.resolve(undefined);
    setTimeout(opened.resolve, 0);
    return Promise.resolve(
      new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } }),
    );
  };
  const pulls = () => world.upstreamCalls.filter(({ url }) => url.includes("/pull?")).length;
  const list = () => titles(world, person, "habits_list");
  await list();
  await opened.promise;
  await list(); // this pull began while the stream was open
  return {
    list,
    async pullsOfList(): Promise<number> {
      const before = pulls();
      await list();
      return pulls() - before;
    },
  };
}

Deno.test("with the store a read leaves out the pull until another gateway tells of a write", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, hints: true, sharedStore: store.open });
  const anna = await world.person("anna");
  const other = addNode(world);
  const { list, pullsOfList } = await reader(world, anna);
  assert.equal(await pullsOfList(), 0);
  await callOk(other, anna, "habits_create", { title: "Run" });
  assert.equal(await pullsOfList(), 1);
  assert.deepEqual(await list(), ["Run"]);
  assert.equal(await pullsOfList(), 0);
});

Deno.test("while the store is away each read asks, since nobody would tell", async () => {
  const store = createPlayedStore();
  await using world = await createWorld({ env: SHARED, hints: true, sharedStore: store.open });
  const anna = await world.person("anna");
  const { pullsOfList } = await reader(world, anna);
  assert.equal(await pullsOfList(), 0);
  store.setAway(true);
  assert.equal(await pullsOfList(), 1);
  assert.equal(await pullsOfList(), 1);
  store.setAway(false);
  await pullsOfList();
  assert.equal(await pullsOfList(), 0);
});

Deno.test("several gateways without a store: each read asks", async () => {
  await using world = await createWorld({ env: { ...SHARED, NODES: "2" }, hints: true });
  const anna = await world.person("anna");
  const { pullsOfList } = await reader(world, anna);
  assert.equal(await pullsOfList(), 1);
  assert.equal(await pullsOfList(), 1);
});
