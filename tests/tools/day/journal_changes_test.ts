import assert from "node:assert/strict";
import {
  JOURNAL,
  lastChange,
  masterKey,
  open,
  pushInsert,
  pushUpdate,
  seal,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound, recordOf } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "../people/_deleting.ts";

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return recordOf(await callOk(world, person, "journal_add", args), "entry").id;
}

async function days(world: World, person: Person, args: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await listed(world, person, "journal_list", args)).rows.map(({ entryDate }) => entryDate);
}

Deno.test("journal.list: by days, mood, tag and words; pinned first, then the latest day, with a snippet", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const made = [
    { entryDate: "2026-01-10", content: "Snow on the hill", mood: "glücklich", tags: ["winter"] },
    { entryDate: "2026-02-03", content: "A long day", title: "Work", mood: "gestresst" },
    { entryDate: "2026-02-04", content: "Rain, and a long walk", mood: "neutral", tags: ["winter", "walk"] },
  ];
  const ids: string[] = [];
  for (const entry of made) ids.push(await add(world, anna, entry));
  await callOk(world, anna, "journal_update", { id: ids[0], isPinned: true });
  assert.deepEqual(await days(world, anna), ["2026-01-10", "2026-02-04", "2026-02-03"]);
  assert.deepEqual(await days(world, anna, { from: "2026-02-01" }), ["2026-02-04", "2026-02-03"]);
  assert.deepEqual(await days(world, anna, { from: "2026-02-03", to: "2026-02-03" }), ["2026-02-03"]);
  assert.deepEqual(await days(world, anna, { mood: "gestresst" }), ["2026-02-03"]);
  assert.deepEqual(await days(world, anna, { tag: "winter", to: "2026-01-31" }), ["2026-01-10"]);
  assert.deepEqual(await days(world, anna, { tag: "", query: "long walk" }), ["2026-02-04"]);
  assert.deepEqual(await days(world, anna, { query: "work" }), ["2026-02-03"]);
  const { rows: [row] } = await listed(world, anna, "journal_list", { query: "snow" });
  assert.deepEqual([row?.snippet, row?.content, row?.wordCount], ["Snow on the hill", undefined, 4]);
  const first = await listed(world, anna, "journal_list", { limit: 2 });
  assert.equal(first.hasMore, true);
  assert.deepEqual(await days(world, anna, { limit: 2, cursor: first.nextCursor }), ["2026-02-03"]);
});

Deno.test("journal.list: a range that ends before it begins and impossible days are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ from: "2026-02-02", to: "2026-02-01" }, /to: it is before `from`/],
    [{ from: "2026-02-30" }, /from: expected an existing day/],
    [{ mood: "happy" }, /mood: /],
  ];
  for (const [args, words] of bad) {
    assert.match(await callRefused(world, anna, "journal_list", args), words);
  }
});

Deno.test("journal.read: a long entry comes in portions that make up the whole", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const content = "Wörter ".repeat(9_000);
  const id = await add(world, anna, { content });
  let whole = "";
  for (let offset: unknown = 0; offset !== undefined;) {
    const { entry, nextOffset, contentChars } = await callOk(world, anna, "journal_read", { id, offset });
    whole += String(Object(entry).content);
    assert.equal(contentChars, content.length);
    offset = nextOffset;
  }
  assert.equal(whole, content);
  assert.match(
    await callRefused(world, anna, "journal_read", { id, offset: 63_001 }),
    /offset: the content has only 63000 characters/,
  );
  assert.equal(await callRefused(world, anna, "journal_read", { id: "x" }), notFound("journal entry", "x"));
});

Deno.test("journal.update: a new text is counted again, lists are sent only when they change", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { title: "Day", content: "one two", mood: "neutral", tags: ["a"] });
  // A client that fills a strict schema sends every field: none of these takes anything away.
  const filled = { id, title: null, mood: "", tags: ["a"], content: "three\n four  five", clear: null };
  assert.deepEqual(await callOk(world, anna, "journal_update", filled), { ok: true, changed: true });
  const { fields = {} } = await lastChange(world, anna, JOURNAL, id);
  assert.deepEqual(Object.keys(fields).sort(), ["content", "updatedAt", "wordCount"]);
  assert.equal(fields.wordCount?.value, 3);
  assert.equal(await open(await masterKey(world, anna), fields.content?.value), "three\n four  five");
  await callOk(world, anna, "journal_update", {
    id,
    clear: ["title", "mood"],
    entryDate: "2026-01-01",
    tags: [],
  });
  const entry = recordOf(await callOk(world, anna, "journal_read", { id }), "entry");
  assert.deepEqual([entry.title, entry.mood, entry.entryDate, entry.tags], [null, null, "2026-01-01", []]);
  await callOk(world, anna, "journal_update", { id, isArchived: true });
  assert.deepEqual(await days(world, anna), []);
  assert.deepEqual(await days(world, anna, { includeArchived: true }), ["2026-01-01"]);
});

Deno.test("journal.update: what makes no sense is refused and nothing is pushed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { content: "one" });
  const foreign = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  await pushInsert(world, anna, JOURNAL, "odd", {
    content: await seal(foreign, "lost"),
    entryDate: "2026-01-01",
  });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ id }, /nothing to change/],
      [{ id, content: "" }, /content: /],
      [{ id, entryDate: "2026-13-01" }, /entryDate: expected an existing day/],
      [{ id, wordCount: 5 }, /unknown argument "wordCount"/],
      [
        { id: "odd", content: "new" },
        /^This journal entry cannot be changed because its content cannot be read/,
      ],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "journal_update", args), words);
    }
    assert.equal(
      await callRefused(world, anna, "journal_update", { id: "x", isPinned: true }),
      notFound("journal entry", "x"),
    );
  });
  await callOk(world, anna, "journal_update", { id: "odd", isFavorite: true });
});

Deno.test("journal: a mood of another writer is shown as it is", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { content: "one", mood: "neutral" });
  await pushUpdate(world, anna, JOURNAL, id, { mood: "euphorisch" });
  const { rows: [row] } = await listed(world, anna, "journal_list");
  assert.deepEqual([row?.mood, row?.unreadable], ["euphorisch", undefined]);
});

Deno.test("journal.delete: the question names the entry by its title, else by its day", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const titled = await add(world, anna, { content: "one", title: "Snow" });
  const plain = await add(world, anna, { content: "two", entryDate: "2026-02-03" });
  assert.match(
    (await deleteWithYes(world, anna, "journal_delete", { id: titled })).sentence,
    /journal entry "Snow"/,
  );
  const { sentence, output } = await deleteWithYes(world, anna, "journal_delete", { id: plain });
  assert.match(sentence, /journal entry "2026-02-03"/);
  assert.deepEqual(output, { ok: true, id: plain });
  assert.deepEqual(await days(world, anna), []);
  assert.equal(
    await deleteRefused(world, anna, "journal_delete", { id: plain }),
    notFound("journal entry", plain),
  );
});
