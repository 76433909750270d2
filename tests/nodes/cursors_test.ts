// A listing that goes on at another node.
import assert from "node:assert/strict";
import { z } from "zod";
import { callOk, callRefused } from "../_support/mcp.ts";
import { addNode, inTurn, lose, nodeSecret, SHARED } from "../_support/two_nodes.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const Page = z.looseObject({
  notes: z.array(z.looseObject({ title: z.string() })),
  nextCursor: z.string().optional(),
});

const INVALID =
  "The cursor is not one for this call: other arguments, another space, or the gateway was restarted. Start again without cursor.";

async function withNotes(env: Record<string, string>): Promise<{ world: World; anna: Person }> {
  const world = await createWorld({ env });
  const anna = await world.person("anna");
  for (const title of ["one", "two", "three", "four", "five"]) {
    await callOk(world, anna, "notes_create", { title, content: "" });
  }
  return { world, anna };
}

async function page(node: Parameters<typeof callOk>[0], anna: Person, cursor?: string) {
  const given = cursor === undefined ? {} : { cursor };
  return Page.parse(await callOk(node, anna, "notes_search", { query: "", limit: 2, ...given }));
}

Deno.test("a listing goes on at whichever node the next request reaches, and when the node that began it is gone", async () => {
  const { world, anna } = await withNotes(SHARED);
  await using _ = world;
  const nodes = inTurn(world, addNode(world), addNode(world));
  const titles: string[] = [];
  let cursor: string | undefined;
  do {
    const { notes, nextCursor } = await page(nodes, anna, cursor);
    titles.push(...notes.map(({ title }) => title));
    cursor = nextCursor;
  } while (cursor !== undefined);
  assert.deepEqual(titles.toSorted(), ["five", "four", "one", "three", "two"]);

  const b = addNode(world);
  const { nextCursor } = await page(b, anna);
  lose(b);
  assert.equal((await page(world, anna, nextCursor)).notes.length, 2);
});

Deno.test("a cursor stays bound to its person and input at every node", async () => {
  const { world, anna } = await withNotes(SHARED);
  await using _ = world;
  const b = addNode(world);
  const { nextCursor: cursor } = await page(world, anna);
  const ben = await world.person("ben");
  assert.equal(await callRefused(b, ben, "notes_search", { query: "", limit: 2, cursor }), INVALID);
  assert.equal(await callRefused(b, anna, "notes_search", { query: "x", limit: 2, cursor }), INVALID);
});

Deno.test("while NODE_SECRET is replaced, cursors go on at nodes with the old and with the new list", async () => {
  const { world, anna } = await withNotes({ NODE_SECRET: nodeSecret("1") });
  await using _ = world;
  // The two steps: first every node can open what the new secret makes, then it makes with it.
  const both = addNode(world, { env: { NODE_SECRET: nodeSecret("1", "2") } });
  const turned = addNode(world, { env: { NODE_SECRET: nodeSecret("2", "1") } });
  const done = addNode(world, { env: { NODE_SECRET: nodeSecret("2") } });
  for (
    const [made, opened] of [[world, both], [both, world], [both, turned], [turned, both], [
      turned,
      done,
    ]] as const
  ) {
    const { nextCursor } = await page(made, anna);
    assert.equal((await page(opened, anna, nextCursor)).notes.length, 2);
  }
  const { nextCursor: cursor } = await page(world, anna);
  assert.equal(await callRefused(done, anna, "notes_search", { query: "", limit: 2, cursor }), INVALID);
});

Deno.test("without NODE_SECRET a cursor is good at the process that made it alone", async () => {
  const { world, anna } = await withNotes({});
  await using _ = world;
  const { nextCursor: cursor } = await page(world, anna);
  assert.equal(
    await callRefused(addNode(world), anna, "notes_search", { query: "", limit: 2, cursor }),
    INVALID,
  );
  assert.equal((await page(world, anna, cursor)).notes.length, 2);
});
