import assert from "node:assert/strict";
import {
  lastChange,
  masterKey,
  NOTES,
  open,
  pushInsert,
  pushUpdate,
  seal,
  withoutPush,
} from "../../_support/device.ts";
import { notFound, recordOf, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

async function create(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return recordOf(await callOk(world, person, "notes_create", args), "note").id;
}

async function contentOf(world: World, person: Person, id: string): Promise<unknown> {
  return recordOf(await callOk(world, person, "notes_read", { id }), "note").content;
}

Deno.test("notes.update: writes what is given and differs, sealed where it must be", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Plan", content: "one", color: "#fde68a" });
  const changes = { id, title: "Plan", content: "two", clear: ["color"], isPinned: true };
  assert.deepEqual(await callOk(world, anna, "notes_update", changes), { ok: true, changed: true });
  const { fields = {} } = await lastChange(world, anna, NOTES, id);
  assert.deepEqual(Object.keys(fields).sort(), ["color", "content", "isPinned", "updatedAt"]);
  assert.equal(await open(await masterKey(world, anna), fields.content?.value), "two");
  assert.deepEqual([fields.color?.value, fields.isPinned?.value], [null, true]);
  await callOk(world, anna, "notes_update", { id, isArchived: true });
  assert.deepEqual(await titles(world, anna, "notes_search"), []);
  assert.deepEqual(await titles(world, anna, "notes_search", { includeArchived: true }), ["Plan"]);
  await withoutPush(world, async () => {
    assert.equal((await callOk(world, anna, "notes_update", { id, isArchived: true })).changed, false);
  });
});

Deno.test("notes.update, notes.append: bad arguments and unknown notes are refused, and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Plan", content: "one" });
  await withoutPush(world, async () => {
    const bad: [string, Record<string, unknown>, RegExp][] = [
      ["notes_update", { id }, /nothing to change/],
      ["notes_update", { id, content: "" }, /content: /],
      ["notes_update", { id, title: " " }, /title: expected at least one visible character/],
      ["notes_update", { id, content: "x".repeat(200_001) }, /content: expected at most 200000/],
      ["notes_update", { id, color: "red" }, /color: expected six digits/],
      ["notes_append", { id }, /content: is missing/],
      ["notes_append", { id, content: "\n" }, /content: expected at least one visible character/],
      ["notes_append", { id, content: "x\0" }, /content cannot be stored: it contains the character U\+0000/],
    ];
    for (const [tool, args, words] of bad) assert.match(await callRefused(world, anna, tool, args), words);
    for (const tool of ["notes_update", "notes_append"]) {
      assert.equal(
        await callRefused(world, anna, tool, { id: "gone", content: "x" }),
        notFound("note", "gone"),
      );
    }
  });
  assert.equal(await contentOf(world, anna, id), "one");
});

Deno.test("notes.append: text comes on a new line after what is there, also after what the phone wrote meanwhile", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await create(world, anna, { title: "Shopping" });
  await callOk(world, anna, "notes_append", { id, content: "milk" });
  await callOk(world, anna, "notes_append", { id, content: "bread\n" });
  await callOk(world, anna, "notes_append", { id, content: "milk" });
  assert.equal(await contentOf(world, anna, id), "milk\nbread\nmilk");
  await pushUpdate(world, anna, NOTES, id, { content: await seal(key, "tea") });
  await callOk(world, anna, "notes_append", { id, content: "salt" });
  assert.equal(await contentOf(world, anna, id), "tea\nsalt");
});

Deno.test("notes.append: of texts at the same time none takes the place of another", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Shopping" });
  const things = ["milk", "bread", "salt", "tea"];
  await Promise.all(things.map((content) => callOk(world, anna, "notes_append", { id, content })));
  assert.deepEqual(String(await contentOf(world, anna, id)).split("\n").sort(), things.toSorted());
});

Deno.test("notes.append: a long note stays whole, and a full one says how much room is left", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await create(world, anna, { title: "Long", content: "x".repeat(199_990) });
  await callOk(world, anna, "notes_append", { id, content: "yyyy" });
  const { fields } = await lastChange(world, anna, NOTES, id);
  assert.equal(await open(key, fields?.content?.value), `${"x".repeat(199_990)}\nyyyy`);
  await withoutPush(world, async () => {
    assert.match(
      await callRefused(world, anna, "notes_append", { id, content: "zzzzz" }),
      /the note has room for 4 more characters/,
    );
  });
  await callOk(world, anna, "notes_append", { id, content: "zzzz" });
});

Deno.test("notes: a content that nobody can read is not written over, the rest of the note can be changed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const foreign = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  await pushInsert(world, anna, NOTES, "odd", {
    title: await seal(key, "Odd"),
    content: await seal(foreign, "lost"),
  });
  await withoutPush(world, async () => {
    for (const tool of ["notes_update", "notes_append"]) {
      assert.match(await callRefused(world, anna, tool, { id: "odd", content: "x" }), /cannot be read/);
    }
  });
  await callOk(world, anna, "notes_update", { id: "odd", title: "Even" });
  assert.deepEqual(await titles(world, anna, "notes_search"), ["Even"]);
});

Deno.test("notes.append: a note in which the app has stored half of a cut emoji can be appended to", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  await pushInsert(world, anna, NOTES, "cut", {
    title: await seal(key, "Cut"),
    content: await seal(key, "party \ud83d"),
  });
  await callOk(world, anna, "notes_append", { id: "cut", content: "more" });
  assert.equal(await contentOf(world, anna, "cut"), "party \ufffd\nmore");
});
