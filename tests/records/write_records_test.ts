import assert from "node:assert/strict";
import { z } from "zod";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { at, createHarness, habits, insert, notes, refusalOf, shared, update } from "./_harness.ts";
import { note, titles } from "./_sealed_notes.ts";

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
  const iterationId = change.actor !== undefined && "iterationId" in change.actor
    ? change.actor.iterationId
    : "";
  assert.match(iterationId, /^0123456789abcdef0123456789abcdef\.[0-9a-f]{32}$/);
  assert.deepEqual(change, {
    table: "notes",
    id: "new-1",
    op: "insert",
    spaceId: "org-anna",
    actor: {
      kind: "ai",
      principalId: "mana-mcp:own",
      displayName: "own token (Test Client)",
      iterationId,
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

Deno.test("a write in a shared space is plaintext, and asks once for the key that signs it", async () => {
  const h = createHarness();
  h.services.memberships.set("ben", new Set(["team"]));
  const scope = { space: shared("team") };
  const { id } = await h.write(scope).insert(notes, { title: "for all" });
  await h.write(scope).update(notes, id, () => ({ content: "still for all" }));
  assert.deepEqual([h.services.keyFetches(), h.services.vaultChecks()], [1, 0]);
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
