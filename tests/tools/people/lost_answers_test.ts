/** A call whose answers were all lost is completed by the same call: nothing is doubled, nothing is missing. */
import assert from "node:assert/strict";
import { pullAll } from "../../_support/device.ts";
import { recordOf } from "../../_support/listed.ts";
import { call, callOk } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

/** Calls the tool while the answers to pushes into `app` are lost, then once more. */
async function twice(world: World, person: Person, app: string, tool: string, args: Record<string, unknown>) {
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.endsWith(`/sync/${app}`)) return undefined;
    const response = await world.backend.sync.fetch(request);
    await response.body?.cancel();
    throw new TypeError("connection reset");
  };
  const lost = await call(world, person, tool, args);
  assert.equal(lost.ok, false, "all answers were lost");
  world.intercept = null;
  return await callOk(world, person, tool, args);
}

Deno.test("notes.append: a text whose answer was lost stands there once", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "notes_create", { title: "Shopping" }), "note");
  await twice(world, anna, "notes", "notes_append", { id, content: "milk" });
  assert.equal(recordOf(await callOk(world, anna, "notes_read", { id }), "note").content, "milk");
});

Deno.test("events.create: one event and one block, whichever answer was lost", async () => {
  for (const app of ["timeblocks", "events"]) {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const { id } = await twice(world, anna, app, "events_create", {
      title: "Party",
      startDate: "2026-05-20T19:00",
    });
    const made = async (app: string, table: string) =>
      new Set((await pullAll(world, anna, { app, table })).map((row) => row.id));
    assert.deepEqual([...await made("events", "events")], [id]);
    assert.equal((await made("timeblocks", "timeBlocks")).size, 1);
  }
});

Deno.test("tags.assign, links.save: no tag and no link is there twice", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "Plan" }), "note").id;
  await twice(world, anna, "notes", "tags_assign", { module: "notes", id: note, add: ["tag-arbeit"] });
  const pairs = await pullAll(world, anna, { app: "notes", table: "noteTags" });
  assert.equal(new Set(pairs.map(({ id }) => id)).size, 1);
  const contact = String((await callOk(world, anna, "contacts_create", { firstName: "Ida" })).id);
  const ends = { from: { module: "notes", id: note }, to: { module: "contacts", id: contact } };
  await twice(world, anna, "links", "links_save", ends);
  const rows = await pullAll(world, anna, { app: "links", table: "links" });
  assert.equal(new Set(rows.map(({ id }) => id)).size, 2);
});
