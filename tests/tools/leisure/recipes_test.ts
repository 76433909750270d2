import assert from "node:assert/strict";
import { HABITS, lastChange, masterKey, pushInsert, seal, withoutPush } from "../../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const RECIPES = { app: "recipes", table: "recipes" };
const DOUGH = { name: "Mehl", amount: "500", unit: "g" };

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "recipes_create", args)).id);
}

Deno.test("recipes.create and read: ingredients, steps and the defaults of the app", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, {
    title: "Brot",
    ingredients: [DOUGH, { name: "Salz" }],
    steps: ["Mischen", "Backen"],
    cookTimeMin: 50,
    description: "",
    difficulty: null,
  });
  const { createdAt: _c, updatedAt: _u, ...recipe } = recordOf(
    await callOk(world, anna, "recipes_read", { id }),
    "recipe",
  );
  assert.deepEqual(recipe, {
    id,
    title: "Brot",
    description: "",
    ingredients: [DOUGH, { name: "Salz", amount: "", unit: "" }],
    steps: ["Mischen", "Backen"],
    servings: 4,
    prepTimeMin: null,
    cookTimeMin: 50,
    difficulty: "medium",
    tags: [],
    isFavorite: false,
  });
});

Deno.test("recipes.list: by words, one ingredient, tag and favourites, without the long fields", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await add(world, anna, { title: "Brot", ingredients: [DOUGH], tags: ["Vegan", "backen"] });
  await add(world, anna, {
    title: "Waffeln",
    ingredients: [{ name: "Weizenmehl fein" }, { name: "Butter" }],
    isFavorite: true,
  });
  await add(world, anna, {
    title: "Salat",
    description: "mit wenig Salz",
    ingredients: [{ name: "Kopfsalat" }],
  });
  const found = (args: Record<string, unknown>) => titles(world, anna, "recipes_list", args);
  assert.deepEqual(await found({}), ["Salat", "Waffeln", "Brot"]);
  assert.deepEqual(await found({ query: "mehl" }), ["Waffeln", "Brot"]);
  assert.deepEqual(await found({ query: "wenig salz" }), ["Salat"]);
  assert.deepEqual(await found({ ingredient: "mehl fein" }), ["Waffeln"]);
  assert.deepEqual(await found({ ingredient: "weizenmehl butter" }), []);
  assert.deepEqual(await found({ tag: "vegan" }), ["Brot"]);
  assert.deepEqual(await found({ tag: "veg" }), []);
  assert.deepEqual(await found({ onlyFavorites: true, query: "butter" }), ["Waffeln"]);
  const { rows: [bread] } = await listed(world, anna, "recipes_list", { query: "brot" });
  assert.deepEqual(["ingredients" in (bread ?? {}), "steps" in (bread ?? {})], [false, false]);
});

Deno.test("recipes: the title of a copy that the web app made of a sealed title is unreadable, not ciphertext", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const title = await seal(key, `Kopie von ${await seal(key, "Brot")}`);
  await pushInsert(world, anna, RECIPES, "copy", { title, servings: 2 });
  const { rows: [copy] } = await listed(world, anna, "recipes_list");
  assert.deepEqual([copy?.title, copy?.unreadable, copy?.servings], [undefined, ["title"], 2]);
  const read = recordOf(await callOk(world, anna, "recipes_read", { id: "copy" }), "recipe");
  assert.deepEqual([read.title, read.unreadable], [undefined, ["title"]]);
  const { sentence } = await deleteWithYes(world, anna, "recipes_delete", { id: "copy" });
  assert.match(sentence, /Delete the recipe with the id "copy"\?/);
});

Deno.test("recipes.update: replaces what is given, empties what is cleared, leaves the rest", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, {
    title: "Brot",
    description: "gut",
    steps: ["Backen"],
    prepTimeMin: 5,
    tags: ["x"],
  });
  await callOk(world, anna, "recipes_update", {
    id,
    steps: ["Ruhen", "Backen"],
    clear: ["description", "prepTimeMin"],
  });
  const { fields } = await lastChange(world, anna, RECIPES, id);
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["description", "prepTimeMin", "steps", "updatedAt"]);
  const { description, prepTimeMin, steps, tags } = recordOf(
    await callOk(world, anna, "recipes_read", { id }),
    "recipe",
  );
  assert.deepEqual([description, prepTimeMin, steps, tags], ["", null, ["Ruhen", "Backen"], ["x"]]);
});

Deno.test("recipes: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const id = await add(world, anna, { title: "Brot" });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{}, /title: is missing/],
      [{ title: " \u3164 " }, /title: expected at least one visible character/],
      [{ title: "X", servings: 0 }, /servings: expected at least 1/],
      [{ title: "X", difficulty: "extreme" }, /difficulty: /],
      [{ title: "X", ingredients: ["Mehl"] }, /ingredients/],
      [{ title: "X", ingredients: [{ name: "Mehl", amount: 500 }] }, /amount: expected text/],
      [{ title: "X", ingredients: [{ name: "Mehl", brand: "Y" }] }, /brand/],
      [{ title: "X", description: "x".repeat(200_000) }, /description: /],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "recipes_create", args), words);
    }
    assert.match(await callRefused(world, anna, "recipes_update", { id }), /nothing to change/);
    for (const unknown of ["nowhere", "run"]) {
      assert.equal(
        await callRefused(world, anna, "recipes_read", { id: unknown }),
        notFound("recipe", unknown),
      );
      const args = { id: unknown, servings: 2 };
      assert.equal(await callRefused(world, anna, "recipes_update", args), notFound("recipe", unknown));
    }
  });
});
