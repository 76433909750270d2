/** What a list opens is opened once, for as long as the key is held. */
import assert from "node:assert/strict";
import { KEY_CACHE_MS } from "../../lib/kit/limits.ts";
import {
  at,
  callerOf,
  createHarness,
  type Harness,
  insert,
  KEY_A,
  KEY_B,
  notes,
  refusalOf,
  update,
} from "./_harness.ts";
import { cipher, createCounted, sealWith, threeNotes, write } from "./_sealed_notes.ts";

const list = (h: Harness, given = {}) => h.read(given).list(notes, { order: [] });
const titles = async (h: Harness, given = {}) => (await list(h, given)).rows.map(({ title }) => title);

Deno.test("a list opens everything once, and again only what changed", async () => {
  const h = await threeNotes();
  assert.deepEqual(await titles(h), ["Milk", "Tea", "Bread"]);
  assert.equal(h.opened(), 6);
  assert.deepEqual(await titles(h), ["Milk", "Tea", "Bread"]);
  assert.equal(h.opened(), 0);
  h.services.write("anna", "notes", [
    update("notes", "3", at(50), { title: await sealWith(KEY_A, "Rye") }, "org-anna"),
    update("notes", "1", at(50), { color: "#ffffff" }, "org-anna"),
  ]);
  const { rows } = await list(h);
  assert.deepEqual(rows.map(({ title, content }) => [title, content]), [
    ["Milk", "buy it"],
    ["Tea", "with milk"],
    ["Rye", "and butter"],
  ]);
  assert.equal(rows[0]?.color, "#ffffff", "plaintext fields are those of now");
  assert.equal(h.opened(), 2, "the note whose text changed, and no other");
  assert.equal(h.services.keyFetches(), 1);
});

Deno.test("what a list has opened a search need not, and the other way round", async () => {
  const h = await threeNotes();
  const search = (query: string) => h.read().search(notes, { query, heading: "title", body: "content" });
  await h.read().list(notes, { order: [], page: { limit: 2 } });
  assert.equal(h.opened(), 4);
  const found = async (query: string) => (await search(query)).rows.map(({ record }) => record.id);
  assert.deepEqual(await found("milk"), ["1", "2"]);
  assert.equal(h.opened(), 2);
  assert.deepEqual(await found("butter"), ["3"]);
  assert.deepEqual(await titles(h), ["Milk", "Tea", "Bread"]);
  assert.equal(h.opened(), 0);
});

Deno.test("a key that is over is not made up for by what it opened for a list", async () => {
  const h = await threeNotes();
  await list(h);
  h.clock += KEY_CACHE_MS;
  h.services.vault.set("anna", "zero-knowledge");
  assert.equal((await refusalOf(list(h))).reason, "zero-knowledge");
  assert.equal(h.store.openedBytes(), 0);
});

Deno.test("a key that is forgotten while a list opens keeps nothing", async () => {
  const h = createHarness({
    cipher: {
      ...cipher,
      open(key, text) {
        h.keyring.forget(callerOf("anna").principal);
        return cipher.open(key, text);
      },
    },
  });
  await write(h, "1", "Milk");
  assert.deepEqual(await titles(h), ["Milk"], "the list under way is answered");
  assert.equal(h.store.openedBytes(), 0);
});

Deno.test("what does not open, or was never sealed, is looked at and counted by each list anew", async () => {
  const h = createCounted();
  await write(h, "1", "Milk", "x", { content: await sealWith(KEY_B, "of another key") });
  h.services.write("anna", "notes", [insert("notes", "2", { title: "As a guest", createdAt: at(0) })]);
  for (const round of [1, 2]) {
    const { rows, unreadable } = await list(h);
    assert.deepEqual([rows.map(({ title }) => title), unreadable], [["Milk", "As a guest"], 1]);
    assert.equal(h.observed.filter(({ kind }) => kind === "unsealed").length, round);
    assert.equal(h.observed.filter(({ kind }) => kind === "unreadable").length, round);
  }
  assert.equal(h.store.openedBytes(), 0);
});

Deno.test("nothing that was opened for one person is another's", async () => {
  const h = await threeNotes();
  await list(h);
  h.opened();
  assert.deepEqual(await titles(h, { subject: "ben" }), []);
  assert.equal(h.opened(), 0);
});
