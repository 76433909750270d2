/** Resources are counted and noted like tools; completion tells ids alone, so it costs nothing and there is nothing to note. */
import assert from "node:assert/strict";
import { z } from "zod";
import { unpackIds } from "../../lib/ledger/id_list.ts";
import { tellOfGrant } from "../_support/connected.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { type AppWorld, callTool, createAppWorld, done, refusal } from "../approvals/_approvals.ts";
import { readEntries } from "../ledger/_ledger.ts";
import { uriOf } from "../resources/_resources.ts";

/** Two notes, of which the app may be handed one in an hour. */
async function createNarrowWorld() {
  const world = await createAppWorld();
  const make = async (title: string) =>
    recordOf(await done(callTool(world, world.app, "notes_create", { title, content: "words" })), "note").id;
  const ids = [await make("first"), await make("second")] as const;
  const [stored] = await pullAll(world, world.owner, NOTES);
  tellOfGrant(world, { read_budget: 1 });
  world.clock.now += 10_000;
  return { world, ids, space: stored?.spaceId ?? "" };
}

async function ask(world: AppWorld, method: string, params: Record<string, unknown>): Promise<string> {
  return await (await world.rpc(world.app, method, params)).text();
}

Deno.test("a resource is charged and noted like a tool: what is read there is gone from the budget and in the ledger", async () => {
  const { world, ids: [first, second], space } = await createNarrowWorld();
  await using _ = world;
  const read = (id: string) => ask(world, "resources/read", { uri: uriOf(space, "notes", id) });
  assert.match(await read(first), /words/);
  assert.match(await read(first), /words/, "the same record again costs nothing");
  assert.match(
    await refusal(callTool(world, world.app, "notes_read", { id: second })),
    /^This app has used up/,
  );
  assert.doesNotMatch(await read(second), /words/);
  await world.gateway.stop();
  const [entry] = (await readEntries(world, world.owner)).filter(({ read }) => read.length > 0);
  assert.deepEqual([entry?.tool, entry?.outcome], ["notes.record", "done"]);
  assert.deepEqual(entry?.read.map((part) => [part.c, part.s, unpackIds(part)]), [[
    "notes/notes",
    space,
    [first],
  ]]);
  assert.ok(entry?.read[0]?.f.includes("content"));
});

const Completed = z.object({
  result: z.looseObject({ completion: z.looseObject({ values: z.array(z.string()) }) }),
});

Deno.test("completion tells ids and no text: it costs nothing, is not noted, and goes on past the budget", async () => {
  const { world, ids, space } = await createNarrowWorld();
  await using _ = world;
  const complete = async () => {
    const text = await ask(world, "completion/complete", {
      ref: { type: "ref/resource", uri: "mana://spaces/{space}/{module}/{id}" },
      argument: { name: "id", value: "" },
      context: { arguments: { space, module: "notes" } },
    });
    assert.doesNotMatch(text, /words|first|second/);
    return Completed.parse(JSON.parse(text)).result.completion.values.toSorted();
  };
  const all = [...ids].toSorted();
  assert.deepEqual(await complete(), all);
  await done(callTool(world, world.app, "notes_read", { id: ids[0] }));
  assert.deepEqual(await complete(), all);
  await world.gateway.stop();
  const entries = await readEntries(world, world.owner);
  assert.deepEqual(entries.map(({ tool }) => tool), ["notes.create", "notes.create", "notes.read"]);
});
