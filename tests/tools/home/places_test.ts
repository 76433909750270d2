import assert from "node:assert/strict";
import { masterKey, pushInsert, seal, type WireTable } from "../../_support/device.ts";
import { listed } from "../../_support/listed.ts";
import { createWorld } from "../../_support/world.ts";

const PLACES: WireTable = { app: "places", table: "places" };

Deno.test("places.list: places of earlier versions are read, favourites first, archived ones only when asked for", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const put = async (id: string, name: string, more: Record<string, unknown> = {}) =>
    await pushInsert(world, anna, PLACES, id, {
      name: await seal(key, name),
      latitude: 47.4,
      longitude: 9.7,
      ...more,
    });
  await put("p1", "Bäckerei", { category: "food", address: await seal(key, "Marktplatz 1") });
  await put("p2", "Zuhause", { category: "home", isFavorite: true });
  await put("p3", "Alt", { isArchived: true });
  const names = async (args = {}) =>
    (await listed(world, anna, "places_list", args)).rows.map((row) => row.name);
  assert.deepEqual(await names(), ["Zuhause", "Bäckerei"]);
  assert.deepEqual(await names({ query: "marktplatz" }), ["Bäckerei"]);
  assert.deepEqual(await names({ category: "home" }), ["Zuhause"]);
  assert.deepEqual(await names({ includeArchived: true, query: "alt" }), ["Alt"]);
});
