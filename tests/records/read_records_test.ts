import assert from "node:assert/strict";
import { MAX_LISTED_FIELD_CHARS, MAX_ROWS_BYTES, MAX_ROWS_TOKENS } from "../../lib/kit/limits.ts";
import { at, createHarness, habits, insert, notes } from "./_harness.ts";
import { cipher, note, titles } from "./_sealed_notes.ts";
import { estimateModelTokens } from "../../lib/kit/estimate_model_tokens.ts";

Deno.test("where and order see plaintext fields only and run before anything is opened", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [
    await note("1", "one", { isPinned: true, color: "b" }),
    await note("2", "two", { isPinned: true, color: "a" }),
    await note("3", "three"),
  ]);
  const seen: string[][] = [];
  const none = await h.read().list(notes, {
    where: (record) => {
      seen.push(Object.keys(record));
      return false;
    },
  });
  assert.deepEqual(none.rows, []);
  assert.deepEqual(seen[0], ["id", "color", "isPinned", "tags", "createdAt", "updatedAt"]);
  assert.equal(await h.read().count(notes, ({ isPinned }) => isPinned === true), 2);
  assert.equal(h.services.keyFetches(), 0);
  const listed = await h.read().list(notes, {
    where: ({ isPinned }) => isPinned === true,
    order: [{ field: "color", missing: "" }],
  });
  assert.deepEqual(titles(listed), ["two", "one"]);
});

Deno.test("the default order is newest first, ties by id, records without a time last", async () => {
  const h = createHarness();
  h.services.write("anna", "habits", [
    insert("habits", "b", { title: "b", createdAt: at(5) }),
    insert("habits", "z", { title: "z" }),
    insert("habits", "a", { title: "a", createdAt: at(5) }),
    insert("habits", "c", { title: "c", createdAt: at(9) }),
  ]);
  assert.deepEqual(titles(await h.read().list(habits)), ["c", "a", "b", "z"]);
  const { rows, hasMore } = await h.read().list(habits, { order: [], page: { limit: 3 } });
  assert.deepEqual(rows.map(({ id }) => id), ["a", "b", "c"]);
  assert.equal(hasMore, true);
});

Deno.test("a listing opens no more than it returns; match opens in order and stops", async () => {
  let opened = 0;
  const counting = {
    ...cipher,
    open: (key: CryptoKey, text: string) => {
      opened += 1;
      return cipher.open(key, text);
    },
  };
  const h = createHarness({ cipher: counting });
  for (let index = 1; index <= 200; index++) {
    h.services.write("anna", "notes", [await note(`${index}`, `t${index}`)]);
  }
  const page = await h.read().list(notes, { page: { limit: 3 } });
  assert.deepEqual(titles(page), ["t200", "t199", "t198"]);
  assert.deepEqual([page.hasMore, opened], [true, 6]);
  opened = 0;
  assert.deepEqual(titles(await h.read().list(notes, { order: [], page: { limit: 2 } })), ["t1", "t10"]);
  assert.equal(opened, 4);
  opened = 0;
  const isEven = ({ title }: { readonly title?: string }) => title?.endsWith("0") ?? false;
  const even = await h.read().list(notes, { match: isEven, page: { limit: 2 } });
  assert.deepEqual([titles(even), even.hasMore], [["t200", "t190"], true]);
  assert.ok(opened <= 2 * 32, String(opened));
  const last = await h.read().list(notes, {
    match: ({ title }) => title === "t1" || title === "t2",
    page: { limit: 2 },
  });
  assert.deepEqual([titles(last), last.hasMore], [["t2", "t1"], false]);
  assert.deepEqual((await h.read().list(notes, { page: { limit: 200 } })).hasMore, false);
  assert.deepEqual(await h.read().list(notes, { page: { limit: 0 } }), {
    rows: [],
    hasMore: true,
    unreadable: 0,
  });
});

Deno.test("a listing stays below the size of a result and clips long text, get() gives all of it", async () => {
  const h = createHarness();
  const long = `${"x".repeat(MAX_LISTED_FIELD_CHARS - 1)}😀 end`;
  const records = h.write();
  const { id } = await records.insert(notes, { title: "long", content: long });
  const { rows: [row] } = await records.list(notes);
  assert.deepEqual(row?.clipped, ["content"]);
  assert.equal(row?.content, "x".repeat(MAX_LISTED_FIELD_CHARS - 1), "the pair is not split");
  assert.equal((await records.get(notes, id)).content, long);
  assert.equal((await records.get(notes, id)).clipped, undefined);
  const huge = "y".repeat(200_000);
  for (let index = 0; index < 5; index++) await records.insert(notes, { title: `${index}`, content: huge });
  const listing = await records.list(notes);
  assert.equal(listing.hasMore, true);
  assert.equal(listing.rows.length, 1, "two of them and their other fields are more");
  assert.ok(JSON.stringify(listing.rows).length <= MAX_ROWS_BYTES);
  assert.equal((await records.get(notes, "new-4")).content, huge);
  const found = await records.list(notes, { match: ({ content }) => content?.endsWith("😀 end") ?? false });
  assert.deepEqual(found.rows.map((record) => record.id), [id], "match sees all of it");
});

Deno.test("a row that is larger than a result is cut until it fits: lists after an item, and all of it shorter", async () => {
  const h = createHarness();
  const tags = Array.from({ length: 9_000 }, (_, index) => `tag ${index}`);
  // As many tokens as characters: three fields of the usual length would be more than a result.
  const { id } = await h.write().insert(notes, {
    title: "字".repeat(20_000),
    content: "字".repeat(20_000),
    tags,
  });
  await h.write().insert(notes, { title: "other" });
  const { rows: [row, ...others], hasMore } = await h.read().list(notes, { order: [] });
  assert.deepEqual([others.map(({ title }) => title), hasMore], [["other"], false]);
  assert.deepEqual(row?.clipped?.toSorted(), ["content", "tags", "title"]);
  assert.match(row?.title ?? "", /^字{2500,}$/);
  assert.deepEqual(row?.tags, tags.slice(0, row?.tags?.length));
  assert.ok((row?.tags?.length ?? 0) > 200, String(row?.tags?.length));
  assert.ok(estimateModelTokens(JSON.stringify(row)) <= MAX_ROWS_TOKENS);
  // A reading tool gets what fits into its result; a tool that writes decides by the whole record.
  const alone = await h.read().get(notes, id);
  assert.ok(estimateModelTokens(JSON.stringify(alone)) <= MAX_ROWS_TOKENS);
  assert.deepEqual(alone.clipped?.toSorted(), ["content", "tags", "title"]);
  assert.deepEqual((await h.write().get(notes, id)).tags, tags);
});
