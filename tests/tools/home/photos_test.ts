import assert from "node:assert/strict";
import { lastChange, pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const ITEMS = { app: "photos", table: "albumItems" };

const save = (world: World, person: Person, args: Record<string, unknown>) =>
  callOk(world, person, "photos_save_album", args);

async function photosIn(world: World, person: Person, albumId: unknown): Promise<unknown[]> {
  const { photos } = await callOk(world, person, "photos_albums", { albumId });
  assert.ok(Array.isArray(photos));
  return photos.map(({ mediaId }) => mediaId);
}

Deno.test("photos: an album is made with its photos, which come and go, each once and in order", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const { id } = await save(world, anna, { name: "Sommer", addPhotos: ["m1", "m2", "m1"] });
  assert.deepEqual(await photosIn(world, anna, id), ["m1", "m2"]);
  assert.deepEqual(await save(world, anna, { id, addPhotos: ["m2", "m3"] }), { id, changed: true });
  assert.deepEqual(await photosIn(world, anna, id), ["m1", "m2", "m3"]);
  await pushInsert(world, anna, ITEMS, "again", { albumId: id, mediaId: "m1", sortOrder: 9 });
  assert.deepEqual(await save(world, anna, { id, removePhotos: ["m1", "m7"] }), { id, changed: true });
  assert.deepEqual(await photosIn(world, anna, id), ["m2", "m3"]);
  assert.equal((await pullAll(world, anna, ITEMS)).filter(({ op }) => op === "delete").length, 2);
  assert.deepEqual(await save(world, anna, { id, addPhotos: ["m1"], name: "Herbst" }), { id, changed: true });
  assert.equal((await lastChange(world, anna, ITEMS)).data?.sortOrder, 3);
  assert.deepEqual(await save(world, anna, { id, addPhotos: ["m1"] }), { id, changed: false });
});

Deno.test("photos.albums: by name and words, and nothing of another album", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await save(world, anna, { name: "Winter", addPhotos: ["m1"] });
  const { id } = await save(world, anna, { name: "Sommer", description: "am See", coverMediaId: "m2" });
  const names = async (args: Record<string, unknown>) => {
    const { albums } = await callOk(world, anna, "photos_albums", args);
    assert.ok(Array.isArray(albums));
    return albums.map(({ name }) => name);
  };
  assert.deepEqual(await names({}), ["Sommer", "Winter"]);
  assert.deepEqual(await names({ query: "see" }), ["Sommer"]);
  assert.deepEqual(await photosIn(world, anna, id), []);
  assert.deepEqual(await save(world, anna, { id, clear: ["description"] }), { id, changed: true });
  assert.deepEqual(await names({ query: "see" }), []);
});

Deno.test("photos: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await withoutPush(world, async () => {
    const refused = (args: Record<string, unknown>) => callRefused(world, anna, "photos_save_album", args);
    assert.match(await refused({ addPhotos: ["m1"] }), /name: a new album needs it/);
    assert.match(await refused({}), /nothing to change/);
    assert.equal(await refused({ id: "no-such", addPhotos: ["m1"] }), notFound("album", "no-such"));
    assert.match(
      await refused({ name: "x", addPhotos: ["m1"], removePhotos: ["m1"] }),
      /to be added as well/,
    );
    assert.match(await refused({ name: "x".repeat(201) }), /name: expected at most 200/);
    assert.equal(
      await callRefused(world, anna, "photos_albums", { albumId: "no-such" }),
      notFound("album", "no-such"),
    );
  });
});
