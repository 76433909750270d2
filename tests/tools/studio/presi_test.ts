import assert from "node:assert/strict";
import { z } from "zod";
import { pullAll, type WireTable, withoutPush } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const DECKS: WireTable = { app: "presi", table: "decks" };
const SLIDES: WireTable = { app: "presi", table: "slides" };
const GIVEN = {
  title: "Jahresrückblick",
  slides: [
    { type: "title", title: "2025", subtitle: "Was war" },
    { title: "Zahlen", bulletPoints: ["mehr", "weniger"] },
  ],
};
const Slides = z.array(z.looseObject({ id: z.string(), type: z.string(), title: z.string().optional() }));

async function create(world: World, person: Person): Promise<string> {
  return String((await callOk(world, person, "presi_create", GIVEN)).id);
}

async function slidesOf(world: World, person: Person, id: string): Promise<z.infer<typeof Slides>> {
  return Slides.parse((await callOk(world, person, "presi_read", { id })).slides);
}

Deno.test("presi: a presentation is made with its slides in order, listed and read", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  assert.deepEqual(
    (await listed(world, anna, "presi_list", { query: "rückblick" })).rows.map((row) => row.id),
    [id],
  );
  const slides = await slidesOf(world, anna, id);
  assert.deepEqual(slides.map(({ id: _id, ...slide }) => slide), [
    { type: "title", title: "2025", subtitle: "Was war" },
    { type: "content", title: "Zahlen", bulletPoints: ["mehr", "weniger"] },
  ]);
});

Deno.test("presi.update: slides are reordered, changed, added and removed as the list says", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const [first, second] = await slidesOf(world, anna, id);
  await callOk(world, anna, "presi_update", {
    id,
    slides: [{ id: second?.id, title: "Mehr Zahlen" }, { title: "Neu" }],
  });
  const slides = await slidesOf(world, anna, id);
  assert.deepEqual(slides.map(({ title }) => title), ["Mehr Zahlen", "Neu"]);
  assert.deepEqual([slides[0]?.id, slides[0]?.bulletPoints], [second?.id, ["mehr", "weniger"]]);
  assert.ok(!slides.some((slide) => slide.id === first?.id));
  const same = slides.map((slide) => ({ id: slide.id }));
  assert.deepEqual(await callOk(world, anna, "presi_update", { id, slides: same }), {
    ok: true,
    changed: false,
  });
  const renamed = await callOk(world, anna, "presi_update", { id, title: "Rückblick", description: "kurz" });
  assert.deepEqual(renamed, { ok: true, changed: true });
});

Deno.test("presi.delete: the question names the presentation, and its slides go with it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const { sentence } = await deleteWithYes(world, anna, "presi_delete", { id });
  assert.match(sentence, /Delete the deck "Jahresrückblick"\?/);
  const changes = [...await pullAll(world, anna, SLIDES), ...await pullAll(world, anna, DECKS)];
  assert.equal(changes.filter(({ op }) => op === "delete").length, 3);
  assert.equal(await callRefused(world, anna, "presi_read", { id }), notFound("deck", id));
});

Deno.test("presi: unknown decks, slides of another deck or named twice, and empty changes are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const [slide] = await slidesOf(world, anna, await create(world, anna));
  const refused = (args: Record<string, unknown>) =>
    withoutPush(world, () => callRefused(world, anna, "presi_update", args));
  assert.equal(await refused({ id: "no", title: "x" }), notFound("deck", "no"));
  assert.match(await refused({ id }), /nothing to change: give at least one field/);
  assert.match(
    await refused({ id, slides: [{ id: slide?.id }] }),
    /slides\.0\.id: this deck has no such slide/,
  );
  const [own] = await slidesOf(world, anna, id);
  assert.match(
    await refused({ id, slides: [{ id: own?.id }, { id: own?.id }] }),
    /slides\.1\.id: .*named twice/,
  );
  assert.match(await refused({ id, slides: [{ type: "video" }] }), /slides\.0\.type/);
});
