import assert from "node:assert/strict";
import { z } from "zod";
import { ZeroKnowledgeUserError } from "../../lib/kit/errors.ts";
import { KEY_CACHE_MS } from "../../lib/kit/limits.ts";
import { KEY_RECHECK_MS } from "../../lib/sealing/keyring.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { createHarness, habits, insert, KEY_A, KEY_B, notes, refusalOf, shared } from "./_harness.ts";
import { note, sealWith, titles } from "./_sealed_notes.ts";

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

Deno.test("the key is asked for when a sealed value has to be opened or sealed, and once to sign what is written", async () => {
  const h = createHarness();
  h.services.vault.set("anna", "zero-knowledge");
  const records = h.write();
  await records.list(habits);
  await records.count(notes);
  assert.deepEqual((await records.list(notes)).rows, []);
  h.services.write("anna", "notes", [await note("1", "x", { title: "plain", content: "plain" })]);
  assert.deepEqual(titles(await records.list(notes)), ["plain"]);
  assert.equal(h.services.keyFetches(), 0);
  const { id } = await records.insert(habits, { title: "Kaffee" });
  await records.update(habits, id, () => ({ order: 3 }));
  await records.delete(habits, id);
  assert.deepEqual([h.services.keyFetches(), h.services.vaultChecks()], [1, 0]);
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
