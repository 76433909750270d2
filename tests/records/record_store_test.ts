import assert from "node:assert/strict";
import { z } from "zod";
import { describeRefusal, ZeroKnowledgeUserError } from "../../lib/kit/errors.ts";
import {
  KEY_CACHE_MS,
  MAX_LISTED_FIELD_CHARS,
  MAX_ROWS_BYTES,
  MAX_ROWS_TOKENS,
} from "../../lib/kit/limits.ts";
import { createCipher, importMasterKey } from "../../lib/sealing/cipher.ts";
import { KEY_RECHECK_MS } from "../../lib/sealing/keyring.ts";
import { refusingRecords } from "../../lib/records/record_store.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import {
  at,
  createHarness,
  habits,
  insert,
  KEY_A,
  KEY_B,
  notes,
  refusalOf,
  shared,
  update,
} from "./_harness.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { estimateModelTokens } from "../../lib/records/estimate_model_tokens.ts";

const cipher = createCipher();

async function sealWith(raw: Uint8Array<ArrayBuffer>, value: unknown): Promise<string> {
  const key = await importMasterKey(hideStrictly(raw.toBase64()));
  assert.ok(key);
  return await cipher.seal(key, value);
}

/** A note as anna's own device stores it, in her personal space. */
async function note(id: string, title: string, data: Record<string, unknown> = {}) {
  return insert("notes", id, {
    title: await sealWith(KEY_A, title),
    content: await sealWith(KEY_A, `${title} content`),
    createdAt: at(Number.parseInt(id) || 0),
    spaceId: "org-anna",
    authorId: "anna",
    visibility: "space",
    ...data,
  }, "org-anna");
}

const titles = (listing: { rows: readonly { readonly title?: string }[] }) =>
  listing.rows.map(({ title }) => title);

Deno.test("an own write is visible to the next read, and what is stored is sealed and complete", async () => {
  const h = createHarness();
  const made = await h.write().insert(notes, { title: "Kaffee ☕", content: "", tags: ["a"] });
  assert.deepEqual(made, {
    id: "new-1",
    title: "Kaffee ☕",
    content: "",
    color: null,
    isPinned: false,
    tags: ["a"],
    createdAt: "2026-05-20T10:00:00.000Z",
    updatedAt: "2026-05-20T10:00:00.000Z",
  });
  assert.deepEqual(await h.read().list(notes), { rows: [made], hasMore: false, unreadable: 0 });
  assert.deepEqual(await h.read().get(notes, "new-1"), made);
  const { title, content, ...data } = h.services.rows[0]?.change.data ?? {};
  assert.match(String(title), /^enc:1:/);
  assert.match(String(content), /^enc:1:/, "the empty text is sealed like any other");
  assert.deepEqual(data, {
    id: "new-1",
    color: null,
    isPinned: false,
    tags: ["a"],
    spaceId: "org-anna",
    authorId: "anna",
    visibility: "space",
    createdAt: "2026-05-20T10:00:00.000Z",
    updatedAt: "2026-05-20T10:00:00.000Z",
  });
  const { data: _, ...change } = h.services.rows[0]?.change ?? {};
  assert.deepEqual(change, {
    table: "notes",
    id: "new-1",
    op: "insert",
    spaceId: "org-anna",
    actor: {
      kind: "ai",
      principalId: "mcp:Test Client",
      displayName: "Test Client",
      rationale: "notes.test",
    },
    origin: "agent",
  });
});

Deno.test("an own write is visible to a read that starts while an older pull is still running", async () => {
  const h = createHarness();
  const held: (() => void)[] = [];
  h.services.intercept = async ({ method }) => {
    if (method !== "GET" || held.length > 0) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    held.push(resolve);
    await promise;
    // What the service knew when it was asked.
    return Response.json({ serverChanges: [], syncedUntil: at(0) });
  };
  const older = h.read().list(habits);
  while (held.length === 0) await Promise.resolve();
  await h.write().insert(habits, { title: "mine" });
  const newer = h.read().list(habits);
  held[0]?.();
  assert.deepEqual(titles(await older), []);
  assert.deepEqual(titles(await newer), ["mine"]);
});

Deno.test("a write in a shared space is plaintext and asks for no key", async () => {
  const h = createHarness();
  h.services.memberships.set("ben", new Set(["team"]));
  const scope = { space: shared("team") };
  const { id } = await h.write(scope).insert(notes, { title: "for all" });
  await h.write(scope).update(notes, id, () => ({ content: "still for all" }));
  assert.equal(h.services.keyFetches(), 0);
  assert.equal(h.services.rows[0]?.change.data?.title, "for all");
  const seen = await h.read({ subject: "ben", ...scope }).get(notes, id);
  assert.deepEqual([seen.title, seen.content], ["for all", "still for all"]);
  assert.deepEqual(h.observed, [], "plaintext is the contract there");
});

Deno.test("update() writes the changed fields only, sealed, with updatedAt, under the stored space id", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "old", { tags: ["a"] })]);
  const { record, changed } = await h.write().update(notes, "1", (current) => {
    assert.equal(current.title, "old");
    return { title: "new", tags: ["a"], content: "old content", color: null };
  });
  assert.equal(changed, true);
  assert.equal(record.title, "new");
  assert.equal(record.updatedAt, "2026-05-20T10:00:00.000Z");
  const pushed = h.services.rows.at(-1)?.change;
  assert.deepEqual(Object.keys(pushed?.fields ?? {}), ["title", "updatedAt"]);
  assert.equal(pushed?.spaceId, "org-anna");
  const field = pushed?.fields?.title;
  assert.match(String(field?.value), /^enc:1:/);
  assert.deepEqual([field?.at, field?.updatedAt], Array(2).fill("2026-05-20T10:00:00.000Z"));
  assert.deepEqual(await h.read().get(notes, "1"), record);
});

Deno.test("update() with null, nothing new or undefined writes nothing", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "old", { tags: ["b"] })]);
  const before = await h.read().get(notes, "1");
  for (const patch of [null, {}, { title: "old" }, { tags: ["b"] }, { title: undefined }]) {
    assert.deepEqual(await h.write().update(notes, "1", () => patch), { record: before, changed: false });
  }
  assert.equal(h.services.pushes().length, 0);
});

Deno.test("a ghost is never made: update and delete of what is not live here are refused", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [
    update("notes", "only-updates", at(1), { title: "x" }),
    await note("deleted", "x"),
    { table: "notes", id: "deleted", op: "delete", deletedAt: at(9) },
    insert("notes", "elsewhere", { createdAt: at(1) }, "team"),
  ]);
  for (const id of ["never", "only-updates", "deleted", "elsewhere", "__proto__", ""]) {
    const expected = { reason: "record-not-found", record: "note", id };
    const refusal = await refusalOf(h.write().update(notes, id, () => ({ title: "boo" })));
    assert.deepEqual(refusal, expected);
    assert.deepEqual(await refusalOf(h.write().delete(notes, id)), expected);
    assert.deepEqual(await refusalOf(h.read().get(notes, id)), expected);
    const { message } = describeRefusal(refusal);
    assert.equal(message, `No note with id ${JSON.stringify(id)} exists in this space: list them first.`);
  }
  assert.equal(h.services.pushes().length, 0);
});

Deno.test("delete() is soft: the record is gone from every list and can be brought back by another device", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "x")]);
  await h.write().delete(notes, "1");
  assert.equal(await h.read().count(notes), 0);
  const { actor: _, ...pushed } = h.services.rows.at(-1)?.change ?? {};
  const deletedAt = "2026-05-20T10:00:00.000Z";
  assert.deepEqual(pushed, {
    table: "notes",
    id: "1",
    op: "delete",
    spaceId: "org-anna",
    origin: "agent",
    deletedAt,
  });
  h.services.write("anna", "notes", [update("notes", "1", "2026-05-20T10:00:01.000Z", { deletedAt: null })]);
  assert.deepEqual(titles(await h.read().list(notes)), ["x"]);
});

Deno.test("a second device's newer write wins over an older one of ours, field by field", async () => {
  const h = createHarness();
  h.services.write("anna", "habits", [insert("habits", "1", { title: "a", order: 1, createdAt: at(0) })]);
  await h.write().update(habits, "1", () => ({ title: "ours" }));
  h.services.write("anna", "habits", [
    update("habits", "1", "2026-05-20T09:59:59.999Z", { title: "older", order: 7 }),
  ]);
  const { title, order } = await h.read().get(habits, "1");
  assert.deepEqual([title, order], ["ours", 7]);
  h.services.write("anna", "habits", [update("habits", "1", "2026-05-20T10:00:00.001Z", { title: "newer" })]);
  assert.equal((await h.read().get(habits, "1")).title, "newer");
});

Deno.test("a stamp is never below what is there: clocks ahead, finer precision, no time at all", async () => {
  const table: readonly [string, string][] = [
    ["2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00.001Z"],
    ["2027-01-01T00:00:00.123456789Z", "2027-01-01T00:00:00.124Z"],
    ["2027-01-01T00:00:00+02:00", "2027-01-01T00:00:01.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
    ["zzz", "zzz"],
    ["", "2026-05-20T10:00:00.000Z"],
  ];
  for (const [theirs, ours] of table) {
    const h = createHarness();
    h.services.write("anna", "habits", [
      insert("habits", "1", { title: "a", createdAt: at(0) }),
      update("habits", "1", theirs, { title: "b", deletedAt: null }),
    ]);
    await h.write().update(habits, "1", () => ({ title: "ours", order: 5 }));
    const { fields } = h.services.rows.at(-1)?.change ?? {};
    assert.equal(fields?.title?.at, ours);
    assert.equal(fields?.order?.at, "2026-05-20T10:00:00.000Z", "each field by its own stamp");
    assert.equal((await h.read().get(habits, "1")).title, "ours");
    await h.write().delete(habits, "1");
    assert.equal(await h.read().count(habits), 0, "also by its own stamp");
  }
});

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
  assert.match(row?.title ?? "", /^字{5000,}$/);
  assert.deepEqual(row?.tags, tags.slice(0, row?.tags?.length));
  assert.ok((row?.tags?.length ?? 0) > 500, String(row?.tags?.length));
  assert.ok(estimateModelTokens(JSON.stringify(row)) <= MAX_ROWS_TOKENS);
  assert.deepEqual((await h.read().get(notes, id)).tags, tags);
});

Deno.test("what cannot be read makes the field unreadable, never text, never a failed list", async () => {
  const h = createHarness();
  const good = await sealWith(KEY_A, "good");
  const stored: readonly [string, unknown][] = [
    ["1", await sealWith(KEY_B, "theirs")],
    ["2", good.replace("enc:1:", "enc:2:")],
    ["3", good.replace(".", "")],
    ["4", `${good}AAAA`],
    ["5", await sealWith(KEY_A, { not: "text" })],
    ["6", 42],
    ["7", JSON.parse(`${"[".repeat(60)}${"]".repeat(60)}`)],
  ];
  for (const [id, title] of stored) {
    h.services.write("anna", "notes", [await note(id, "x", { title, color: Number(id) > 5 ? 5 : null })]);
  }
  h.services.write("anna", "notes", [await note("8", "fine")]);
  const listing = await h.read().list(notes);
  assert.equal(listing.unreadable, 7);
  assert.deepEqual(listing.rows.map(({ unreadable }) => unreadable), [
    undefined,
    ["color", "title"],
    ["color", "title"],
    ["title"],
    ["title"],
    ["title"],
    ["title"],
    ["title"],
  ]);
  for (const row of listing.rows.slice(1)) assert.ok(!("title" in row) && row.content === "x content");
  assert.doesNotMatch(JSON.stringify(listing), /enc:/);
  assert.deepEqual(h.observed.filter(({ kind }) => kind === "unreadable"), [
    { kind: "unreadable", table: "notes/notes", count: 9 },
  ]);
  assert.deepEqual((await h.read().get(notes, "1")).unreadable, ["title"]);
});

Deno.test("a sealed value that nests without end is unreadable; null and nothing are never sealed", async () => {
  const bag = defineTable({
    app: "bag",
    name: "bag",
    record: "bag",
    row: z.object({
      any: z.unknown(),
      word: z.string().nullable().default(null),
      perhaps: z.string().optional(),
    }),
    encrypted: ["any", "word", "perhaps"],
  });
  const h = createHarness();
  const deep = JSON.parse(`${"[".repeat(1000)}${"]".repeat(1000)}`);
  h.services.write("anna", "bag", [insert("bag", "1", { any: await sealWith(KEY_A, deep) })]);
  assert.deepEqual((await h.read().get(bag, "1")).unreadable, ["any"]);
  await h.write().insert(bag, { any: null, perhaps: undefined });
  const { data } = h.services.rows.at(-1)?.change ?? {};
  assert.deepEqual([data?.any, data?.word, "perhaps" in Object(data)], [null, null, false]);
  assert.equal(h.services.keyFetches(), 1);
});

Deno.test("a missing or null value takes what the schema knows: default, null, nothing, else unreadable", async () => {
  const odd = defineTable({
    app: "odd",
    name: "odd",
    record: "thing",
    row: z.object({
      word: z.string().default("d"),
      maybe: z.string().nullable(),
      perhaps: z.string().optional(),
      must: z.number(),
    }),
    encrypted: ["word"],
  });
  const h = createHarness();
  h.services.write("anna", "odd", [
    insert("odd", "1", {}),
    insert("odd", "2", { word: null, maybe: null, perhaps: null, must: null }),
  ]);
  for (const id of ["1", "2"]) {
    assert.deepEqual(await h.read().get(odd, id), {
      id,
      word: "d",
      maybe: null,
      createdAt: null,
      updatedAt: null,
      unreadable: ["must"],
    });
  }
  assert.deepEqual(h.observed.map(({ kind }) => kind), ["unreadable", "unreadable"]);
});

Deno.test("plaintext in a sealed field is read and counted, or refused where sealing is required", async () => {
  const lenient = createHarness();
  const strict = createHarness({ requireSealed: true });
  for (const h of [lenient, strict]) {
    h.services.write("anna", "notes", [await note("1", "x", { title: "guest", content: null })]);
  }
  assert.equal((await lenient.read().get(notes, "1")).title, "guest");
  assert.deepEqual(lenient.observed, [{ kind: "unsealed", table: "notes/notes", count: 1 }]);
  const refused = await strict.read().get(notes, "1");
  assert.deepEqual([refused.title, refused.unreadable, refused.content], [undefined, ["title"], ""]);
  // In a shared space plaintext is the contract, whatever is required.
  strict.services.write("anna", "notes", [insert("notes", "2", { title: "for all" }, "team")]);
  assert.equal((await strict.read({ space: shared("team") }).get(notes, "2")).title, "for all");
});

Deno.test("an unreadable field can be overwritten, and change() sees it absent", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "x", { title: await sealWith(KEY_B, "lost") })]);
  const { record, changed } = await h.write().update(notes, "1", (current) => {
    assert.ok(!("title" in current));
    assert.deepEqual(current.unreadable, ["title"]);
    return { title: "" };
  });
  assert.deepEqual([record.title, record.unreadable, changed], ["", undefined, true]);
  assert.equal((await h.read().get(notes, "1")).title, "");
});

Deno.test("after a rotation the key is fetched anew once, for reading at once and for sealing within a minute", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "old key")]);
  await h.read().list(notes);
  h.services.vault.set("anna", { key: KEY_B });
  h.clock += KEY_RECHECK_MS;
  h.services.write("anna", "notes", [
    await note("2", "x", { title: await sealWith(KEY_B, "new key"), content: await sealWith(KEY_B, "c") }),
  ]);
  const listing = await h.read().list(notes);
  assert.deepEqual(
    titles(listing),
    ["new key", "old key"],
    "the old value was opened before the new one failed",
  );
  assert.equal(h.services.keyFetches(), 2);
  assert.deepEqual(titles(await h.read().list(notes)), ["new key", undefined]);
  h.clock += KEY_RECHECK_MS;
  for (let call = 0; call < 5; call++) await h.read().list(notes);
  assert.ok(h.services.keyFetches() <= 3, "values that never open cost one more fetch, not one per call");
  h.services.vault.set("anna", { key: KEY_A });
  h.clock += 60_000;
  const { id } = await h.write().insert(notes, { title: "sealed with the current key" });
  h.clock += KEY_CACHE_MS;
  assert.equal((await h.read().get(notes, id)).title, "sealed with the current key");
});

Deno.test("the key is asked for only when a sealed value has to be opened or sealed", async () => {
  const h = createHarness();
  h.services.vault.set("anna", "zero-knowledge");
  const records = h.write();
  const { id } = await records.insert(habits, { title: "Kaffee" });
  await records.update(habits, id, () => ({ order: 3 }));
  await records.list(habits);
  await records.count(notes);
  assert.deepEqual((await records.list(notes)).rows, []);
  await records.delete(habits, id);
  h.services.write("anna", "notes", [await note("1", "x", { title: "plain", content: "plain" })]);
  assert.deepEqual(titles(await records.list(notes)), ["plain"]);
  assert.equal(h.services.keyFetches(), 0);
});

Deno.test("a person in zero-knowledge mode is told so, in a shared space only sealed fields stay closed", async () => {
  const h = createHarness();
  h.services.vault.set("anna", "zero-knowledge");
  h.services.memberships.set("anna", new Set(["team"]));
  h.services.write("anna", "notes", [await note("1", "x")]);
  await assert.rejects(h.read().list(notes), ZeroKnowledgeUserError);
  await assert.rejects(h.write().insert(notes, { title: "x" }), ZeroKnowledgeUserError);
  await assert.rejects(h.write().update(notes, "1", () => ({ isPinned: true })), ZeroKnowledgeUserError);
  assert.equal(h.services.pushes().length, 0);
  h.services.write("ben", "notes", [
    insert("notes", "2", { title: "open", content: await sealWith(KEY_B, "x"), spaceId: "team" }, "team"),
  ]);
  const { rows: [row], unreadable } = await h.read({ space: shared("team") }).list(notes);
  assert.deepEqual([row?.title, row?.unreadable, unreadable], ["open", ["content"], 1]);
  h.services.vault.set("anna", "none");
  assert.deepEqual(await refusalOf(h.read().list(notes)), { reason: "vault-not-initialised" });
  assert.equal((await h.read({ space: shared("team") }).list(notes)).unreadable, 1);
  h.services.intercept = ({ url }) =>
    url.host === "vault.test" ? new Response(null, { status: 503 }) : undefined;
  assert.equal((await refusalOf(h.read({ space: shared("team") }).list(notes))).reason, "upstream-failed");
});

Deno.test("what cannot be stored is refused before anything is sent", async () => {
  const deep = defineTable({
    app: "deep",
    name: "deep",
    record: "thing",
    row: z.object({ word: z.string().default(""), bag: z.json().default(null) }),
    encrypted: ["word", "bag"],
  });
  const h = createHarness();
  h.services.write("anna", "deep", [insert("deep", "1", { createdAt: at(0) })]);
  const table: readonly [Record<string, string | Record<string, unknown>>, string, RegExp][] = [
    [{ word: "a\0b" }, "word", /U\+0000/],
    [{ bag: { list: [{ deep: "\0" }] } }, "bag", /U\+0000/],
    [{ bag: { "ke\0y": 1 } }, "bag", /U\+0000/],
    [{ word: "enc:1:AAAA.BBBB" }, "word", /taken for ciphertext/],
    [{ word: "enc: not really" }, "word", /taken for ciphertext/],
  ];
  for (const [given, field, why] of table) {
    const values = deep.row.parse(given);
    for (const scope of [{}, { space: shared("team") }]) {
      const refusal = await refusalOf(h.write(scope).insert(deep, values));
      assert.ok(refusal.reason === "value-not-storable");
      assert.equal(refusal.field, field);
      assert.match(describeRefusal(refusal).message, why);
    }
    const patched = await refusalOf(h.write().update(deep, "1", () => values));
    assert.equal(patched.reason, "value-not-storable");
  }
  assert.equal(h.services.pushes().length, 0);
  await h.write().insert(habits, { title: "enc:1: is a fine title where nothing is sealed" });
});

Deno.test("values that a tool's row does not allow are a fault of the tool, and are not stored", async () => {
  const h = createHarness();
  h.services.write("anna", "habits", [insert("habits", "1", { title: "a", createdAt: at(0) })]);
  const bad: Record<string, unknown> = { title: 5 };
  const patch: Partial<z.input<typeof habits.row>> = Object.assign({}, bad);
  await assert.rejects(h.write().update(habits, "1", () => patch), { name: "ZodError" });
  const unknown: Partial<z.input<typeof habits.row>> = Object.assign({ title: "x" }, { titel: "x" });
  await assert.rejects(h.write().update(habits, "1", () => unknown), {
    name: "TypeError",
    message: /no field titel/,
  });
  assert.equal(h.services.pushes().length, 0);
});

Deno.test("a write that got no answer is unknown, its retries are identical, and the next read shows the truth", async () => {
  const h = createHarness();
  const records = h.write();
  // Stored, but the answer is lost, twice.
  let lost = 0;
  h.services.intercept = ({ method, body }) => {
    if (method !== "POST" || ++lost > 2) return undefined;
    h.services.write("anna", "habits", JSON.parse(body).changes, "mana-mcp");
    throw new TypeError("connection reset");
  };
  const made = await records.insert(habits, { title: "once" });
  const pushes = h.services.pushes();
  assert.equal(pushes.length, 3);
  assert.equal(new Set(pushes.map(({ body }) => body)).size, 1);
  assert.deepEqual((await records.list(habits)).rows, [made], "stored three times, one record");
  h.services.intercept = ({ method }) => method === "POST" ? new Response(null, { status: 500 }) : undefined;
  const refusal = await refusalOf(records.insert(habits, { title: "lost" }));
  assert.deepEqual(refusal, { reason: "write-unknown", record: "habit", ids: ["new-2"] });
  assert.match(describeRefusal(refusal).message, /whether the habit was stored \(new-2\)/);
});

Deno.test("each refusal of the sync service reaches the caller, for reads and writes", async () => {
  const table: readonly [number, string, RegExp][] = [
    [401, "upstream-token-refused", /refused your token: sign in again/],
    [402, "sync-inactive", /subscription is inactive/],
    [400, "upstream-failed", /sync service is not available/],
  ];
  for (const [status, reason, words] of table) {
    const h = createHarness();
    h.services.intercept = () => new Response("pq: secret", { status });
    const works = [h.read().list(habits), h.read().count(habits), h.write().insert(habits, { title: "x" })];
    for (const work of works) {
      const refusal = await refusalOf(work);
      assert.equal(refusal.reason, reason);
      assert.match(describeRefusal(refusal).message, words);
      assert.doesNotMatch(describeRefusal(refusal).message, /secret/);
    }
  }
});

Deno.test("a caller that has gone gets nothing done", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "x")]);
  const gone = { signal: AbortSignal.abort() };
  assert.deepEqual(await refusalOf(h.read(gone).list(notes)), { reason: "cancelled" });
  assert.deepEqual(await refusalOf(h.write(gone).insert(habits, { title: "x" })), { reason: "cancelled" });
  assert.deepEqual(await refusalOf(h.write(gone).update(notes, "1", () => ({ title: "y" }))), {
    reason: "cancelled",
  });
  assert.equal(h.services.pushes().length, 0);
});

Deno.test("the name a client gave itself is kept clean and short", async () => {
  const h = createHarness();
  const named = async (clientName: string) => {
    await h.write({ actor: { tool: "t", clientName } }).insert(habits, { title: "x" });
    return h.services.rows.at(-1)?.change.actor?.displayName;
  };
  assert.equal(await named("Claude\0\n\u009b"), "Claude");
  assert.equal(await named(" \t"), "unknown");
  assert.equal(await named("😀".repeat(100)), "😀".repeat(32));
  assert.equal(await named("a\ud800"), "a\ufffd");
});

Deno.test("rows and fields called __proto__ change no prototype on the way to the tool", async () => {
  const bag = defineTable({
    app: "bag",
    name: "bag",
    record: "bag",
    row: z.object({ metadata: z.record(z.string(), z.unknown()).nullable().default(null) }),
    encrypted: ["metadata"],
  });
  const h = createHarness();
  const sealed = await sealWith(KEY_A, JSON.parse('{"__proto__":{"isAdmin":true},"a":1}'));
  h.services.write("anna", "bag", [
    JSON.parse(
      `{"table":"bag","id":"__proto__","op":"insert","data":{"__proto__":{"isAdmin":true},"metadata":"${sealed}"}}`,
    ),
  ]);
  const record = await h.read().get(bag, "__proto__");
  assert.equal(Reflect.get(record, "isAdmin"), undefined);
  assert.equal(Reflect.get(Object(record.metadata), "isAdmin"), undefined);
  assert.equal(record.metadata?.a, 1);
  assert.equal(Reflect.get({}, "isAdmin"), undefined);
});

const METHODS = {
  read: ["count", "get", "getPortion", "list", "search"],
  write: ["count", "get", "getPortion", "insert", "list", "search", "update"],
  destructive: ["count", "delete", "get", "getPortion", "insert", "list", "search", "update"],
} as const;
for (const access of ["read", "write", "destructive"] as const) {
  Deno.test(`what a ${access} tool holds is frozen and leads to nothing but its methods`, () => {
    const h = createHarness();
    const opened = h.store.open(h.scope(access));
    const refusing = refusingRecords({ reason: "space-not-member" }, access);
    for (const records of [opened, refusing]) {
      assert.deepEqual(Reflect.ownKeys(records).toSorted(), METHODS[access]);
      assert.equal(Reflect.getPrototypeOf(records), null);
      assert.ok(Object.isFrozen(records));
      assert.throws(() => Object.assign(records, { insert: () => {} }), TypeError);
      const standard = new Set<unknown>([
        Function.prototype,
        Object.getPrototypeOf(async () => {}),
        Object.prototype,
      ]);
      for (const method of Object.values(records)) {
        assert.ok(Object.isFrozen(method));
        // Own members are only what the language gives every function: no field to hang anything on.
        for (const key of Reflect.ownKeys(method)) assert.ok(key === "length" || key === "name", String(key));
        assert.ok(standard.has(Reflect.getPrototypeOf(method)));
        assert.throws(() => Reflect.construct(method, []), TypeError);
      }
    }
  });
}

Deno.test("refusingRecords() refuses every method with the reason given", async () => {
  const records = refusingRecords({ reason: "space-not-member" }, "destructive");
  const works = [
    records.list(habits),
    records.search(habits, { query: "x", heading: "title", body: "title" }),
    records.get(habits, "1"),
    records.getPortion(habits, "1", "title", 0),
    records.count(habits),
    records.insert(habits, { title: "x" }),
    records.update(habits, "1", () => null),
    records.delete(habits, "1"),
  ];
  for (const work of works) assert.deepEqual(await refusalOf(work), { reason: "space-not-member" });
});

Deno.test("defineTable() throws a TypeError for a sealed field that is none and for names of the repository", () => {
  const row = z.object({ title: z.string() });
  const define = (given: object) => () =>
    defineTable({ app: "a", name: "b", record: "c", row, encrypted: [], ...given });
  assert.throws(define({ encrypted: ["titel"] }), {
    name: "TypeError",
    message: /encrypted field titel is not in the row/,
  });
  for (const name of ["id", "spaceId", "deletedAt", "unreadable", "visibility"]) {
    assert.throws(define({ row: z.object({ [name]: z.string() }) }), {
      name: "TypeError",
      message: /repository's own/,
    });
  }
});
