import assert from "node:assert/strict";
import { asked } from "../../confirmation/_asking.ts";
import { lastChange, pushInsert, pushUpdate, withoutPush } from "../../_support/device.ts";
import { listed, notFound, recordOf } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const COLLECTIONS = { app: "inventory", table: "collections" };
const LOCATIONS = { app: "inventory", table: "locations" };
const ITEMS = { app: "inventory", table: "items" };

async function save(
  world: World,
  person: Person,
  kind: string,
  name: string,
  parentId?: string,
): Promise<string> {
  return String((await callOk(world, person, "inventory_save_place", { kind, name, parentId })).id);
}

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "inventory_create", args)).id);
}

async function names(world: World, person: Person, args: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await listed(world, person, "inventory_list", args)).rows.map(({ name }) => name);
}

Deno.test("inventory.list: by collection, place and what lies within it, status and words", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const [tools, books] = [
    await save(world, anna, "collection", "Werkzeug"),
    await save(world, anna, "collection", "Bücher"),
  ];
  const cellar = await save(world, anna, "location", "Keller");
  const shelf = await save(world, anna, "location", "Regal", cellar);
  await add(world, anna, { name: "Säge", collectionId: tools, locationId: shelf, description: "für Holz" });
  await add(world, anna, { name: "Bohrer", collectionId: tools, status: "lent", note: "bei Ben" });
  await add(world, anna, { name: "Atlas", collectionId: books, locationId: cellar, tags: ["groß"] });
  assert.deepEqual(new Set(await names(world, anna)), new Set(["Säge", "Bohrer", "Atlas"]));
  assert.deepEqual(await names(world, anna, { collectionId: tools }), ["Säge", "Bohrer"]);
  assert.deepEqual(new Set(await names(world, anna, { locationId: cellar })), new Set(["Säge", "Atlas"]));
  assert.deepEqual(await names(world, anna, { locationId: shelf }), ["Säge"]);
  assert.deepEqual(await names(world, anna, { status: "lent" }), ["Bohrer"]);
  assert.deepEqual(await names(world, anna, { query: "ben" }), ["Bohrer"]);
  assert.deepEqual(await names(world, anna, { query: "holz" }), ["Säge"]);
  assert.deepEqual(await names(world, anna, { query: "gross" }), ["Atlas"]);
  assert.deepEqual(await names(world, anna, { locationId: "gone" }), []);
});

Deno.test("inventory.create, inventory.read: all that is stored, without the addresses of photos", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const collectionId = await save(world, anna, "collection", "Kameras");
  const fields = [
    { id: "f1", name: "Marke", type: "text", order: 0 },
    { id: "f2", name: "Zustand", type: "select", options: ["neu", "alt"], order: 1 },
  ];
  await pushUpdate(world, anna, COLLECTIONS, collectionId, { schema: { fields } });
  const id = await add(world, anna, {
    name: "Kamera",
    collectionId,
    quantity: 2,
    fieldValues: [{ id: "f1", value: "Zenit" }, { id: "f2", value: "alt" }],
  });
  const photo = { id: "p", url: "https://photos.test/1", order: 0 };
  await pushUpdate(world, anna, ITEMS, id, { photos: [photo] });
  const output = await callOk(world, anna, "inventory_read", { id });
  const { quantity, fieldValues, status } = recordOf(output, "thing");
  assert.deepEqual([quantity, fieldValues, status], [2, { f1: "Zenit", f2: "alt" }, "owned"]);
  assert.equal(JSON.stringify(output).includes("photos.test"), false);
  const change = (fieldValues: unknown[]) => ({ id, fieldValues });
  await callOk(
    world,
    anna,
    "inventory_update",
    change([{ id: "f1", value: null }, { id: "f2", value: "neu" }]),
  );
  const { fields: written } = await lastChange(world, anna, ITEMS, id);
  assert.deepEqual([written?.["fieldValues.f1"]?.value, written?.["fieldValues.f2"]?.value], [null, "neu"]);
  await withoutPush(world, async () => {
    const refused = (value: unknown[]) => callRefused(world, anna, "inventory_update", change(value));
    assert.match(await refused([{ id: "f3", value: 1 }]), /the collection has no field with the id "f3"/);
    assert.match(await refused([{ id: "f2", value: "kaputt" }]), /"f2" takes one of its options/);
    assert.match(await refused([{ id: "__proto__", value: "x" }]), /no field with the id "__proto__"/);
  });
});

Deno.test("inventory.update: notes are added, a purchase is completed, and what is cleared goes", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const collectionId = await save(world, anna, "collection", "Werkzeug");
  const purchaseData = { price: 20, date: "2026-01-05" };
  const id = await add(world, anna, { name: "Zange", collectionId, purchaseData, note: "eins" });
  const update = (args: Record<string, unknown>) => callOk(world, anna, "inventory_update", { id, ...args });
  await update({ note: "zwei", purchaseData: { retailer: "Markt" }, description: "rot" });
  const thing = recordOf(await callOk(world, anna, "inventory_read", { id }), "thing");
  assert.deepEqual(thing.purchaseData, { price: 20, date: "2026-01-05", retailer: "Markt" });
  assert.ok(Array.isArray(thing.notes));
  assert.deepEqual(thing.notes.map(({ content }) => content), ["eins", "zwei"]);
  assert.deepEqual(await update({ clear: ["purchaseData", "description"] }), { ok: true, changed: true });
  assert.deepEqual(await update({ clear: ["description"] }), { ok: true, changed: false });
  await pushUpdate(world, anna, ITEMS, id, { notes: "all of them" });
  await withoutPush(world, async () => {
    assert.match(await callRefused(world, anna, "inventory_update", { id, note: "drei" }), /notes/);
  });
});

Deno.test("inventory: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const collectionId = await save(world, anna, "collection", "Werkzeug");
  const id = await add(world, anna, { name: "Zange", collectionId });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ name: "" }, /name: expected at least one visible character/],
      [{ name: "x".repeat(200_000) }, /name: expected at most 500/],
      [{ status: "sold" }, /status: /],
      [{ quantity: -1 }, /quantity: expected at least 0/],
      [{ purchaseData: { currency: "euro" } }, /currency: expected three letters/],
      [{ purchaseData: { date: "2026-02-30" } }, /date: expected an existing day/],
      [{ purchaseData: { shop: "x" } }, /shop/],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "inventory_update", { id, ...args }), words);
    }
    const refused = (tool: string, args: Record<string, unknown>) => callRefused(world, anna, tool, args);
    assert.match(await refused("inventory_update", { id }), /nothing to change/);
    assert.equal(
      await refused("inventory_update", { id: collectionId, name: "x" }),
      notFound("thing", collectionId),
    );
    assert.equal(await refused("inventory_read", { id: "no-such" }), notFound("thing", "no-such"));
    assert.equal(
      await refused("inventory_create", { name: "x", collectionId: "no-such" }),
      notFound("collection", "no-such"),
    );
    assert.equal(
      await refused("inventory_update", { id, locationId: collectionId }),
      notFound("location", collectionId),
    );
    assert.equal(await refused("inventory_update", { id, categoryId: id }), notFound("category", id));
  });
});

Deno.test("inventory.delete: the question names the thing", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const collectionId = await save(world, anna, "collection", "Werkzeug");
  const id = await add(world, anna, { name: "Zange", collectionId });
  assert.match((await asked(world, anna, "inventory_delete", { id })).sentence, /Delete the thing "Zange"\?/);
});

Deno.test("inventory.save_place: places lie within each other, and never within themselves", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const cellar = await save(world, anna, "location", "Keller");
  const shelf = await save(world, anna, "location", "Regal", cellar);
  const box = await save(world, anna, "location", "Kiste", shelf);
  const { data } = await lastChange(world, anna, LOCATIONS, box);
  assert.deepEqual([data?.path, data?.depth], ["Keller/Regal", 2]);
  const { rows } = await listed(world, anna, "inventory_places", { kind: "location" });
  assert.deepEqual(rows.map(({ name, parentId }) => [name, parentId]), [
    ["Keller", null],
    ["Regal", cellar],
    ["Kiste", shelf],
  ]);
  await withoutPush(world, async () => {
    const refused = (args: Record<string, unknown>) => callRefused(world, anna, "inventory_save_place", args);
    const within = /parentId: it lies within this location/;
    assert.match(await refused({ kind: "location", id: cellar, parentId: box }), within);
    assert.match(await refused({ kind: "location", id: cellar, parentId: cellar }), within);
    assert.equal(
      await refused({ kind: "location", id: box, parentId: "no-such" }),
      notFound("location", "no-such"),
    );
    assert.equal(await refused({ kind: "category", id: box, name: "x" }), notFound("category", box));
    assert.match(await refused({ kind: "category", icon: "plug" }), /name: a new one needs it/);
    assert.match(
      await refused({ kind: "collection", name: "x", parentId: box }),
      /parentId: a collection has none/,
    );
    assert.match(
      await refused({ kind: "location", name: "x", color: "#000000" }),
      /color: a location has none/,
    );
    assert.match(
      await refused({ kind: "location", id: box }),
      /nothing to change/,
    );
  });
});

Deno.test("inventory: locations of another writer that lie within each other end no walk", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, LOCATIONS, "a", { name: "A", parentId: "b", path: "", depth: 0, order: 0 });
  await pushInsert(world, anna, LOCATIONS, "b", { name: "B", parentId: "a", path: "", depth: 0, order: 1 });
  const inside = await save(world, anna, "location", "C", "a");
  assert.equal((await lastChange(world, anna, LOCATIONS, inside)).data?.path, "B/A");
  assert.deepEqual(await names(world, anna, { locationId: "b" }), []);
});
