/** What an app reads that a document narrows: records, fields, counts, pages; each as if nothing else were there. */
import assert from "node:assert/strict";
import { at, createHarness, insert, refusalOf, shared } from "../records/_harness.ts";
import { createCounted, note, titles } from "../records/_sealed_notes.ts";
import { callerWith, journal, notes, recordsWith } from "./_narrowed.ts";

const READ = { collection: "notes/notes", access: ["read"] };
const RED = { ...READ, where: [{ field: "color", op: "eq", value: "red" }] };

async function threeNotes() {
  const h = createCounted();
  h.services.write("anna", "notes", [
    await note("1", "one", { color: "red" }),
    await note("2", "two", { color: "blue" }),
    await note("3", "three", { color: "red", isPinned: true }),
  ]);
  return h;
}

Deno.test("a list, a count, a scan and a search have the records that are let through, and open no other", async () => {
  const h = await threeNotes();
  const records = recordsWith(h, [RED]);
  assert.deepEqual(titles(await records.list(notes)), ["three", "one"]);
  assert.equal(h.opened(), 4, "two fields of two records");
  assert.equal(await records.count(notes), 2);
  const scanned: unknown[] = [];
  await records.scan(notes, { ids: new Set(["1", "2"]) }, ({ id }) => void scanned.push(id));
  assert.deepEqual(scanned, ["1"]);
  const looked: unknown[] = [];
  await records.lookThrough(notes, ({ id }) => void looked.push(id));
  assert.deepEqual(looked, ["1", "3"]);
  h.opened();
  const found = await records.search(notes, { query: "t", heading: "title", body: "content" });
  assert.deepEqual(found.rows.map(({ record }) => record.id), ["3", "1"]);
  assert.equal(h.opened() <= 4, true);
});

Deno.test("unknown and not let through are one answer, and a page ends as if nothing else were there", async () => {
  const h = await threeNotes();
  const records = recordsWith(h, [RED]);
  const missing = await refusalOf(records.get(notes, "nowhere"));
  assert.deepEqual({ ...await refusalOf(records.get(notes, "2")), id: "nowhere" }, missing);
  assert.equal((await records.list(notes, { page: { limit: 2 } })).hasMore, false);
});

Deno.test("a field that is kept back is absent, named in `withheld`, never opened, searched, sorted or filtered by", async () => {
  const h = await threeNotes();
  const records = recordsWith(h, [{ ...READ, fields: ["title", "color"] }]);
  const { rows } = await records.list(notes, {
    order: [{ field: "isPinned", direction: "descending", missing: false }],
  });
  assert.deepEqual(rows.map(({ id }) => id), ["1", "2", "3"], "by id, since nothing is known of pins");
  assert.equal(h.opened(), 3);
  assert.deepEqual(Object.keys(rows[0] ?? {}), [
    "id",
    "title",
    "color",
    "createdAt",
    "updatedAt",
    "withheld",
  ]);
  assert.deepEqual(rows[0]?.withheld, ["content", "isPinned", "isArchived"]);
  assert.equal(await records.count(notes, ({ isPinned }) => isPinned === true), 0);
  const search = { query: "content", heading: "title", body: "content" } as const;
  assert.equal((await records.search(notes, search)).rows.length, 0);
  assert.equal((await h.read().search(notes, search)).rows.length, 3, "the person finds them");
  assert.equal(
    (await records.search(notes, search)).rows.length,
    0,
    "also when others have opened the texts",
  );
  const one = await records.get(notes, "3");
  assert.deepEqual([one.title, one.content, one.isPinned], ["three", undefined, undefined]);
  assert.equal((await records.getPortion(notes, "3", "content", 0)).chars, 0);
  assert.deepEqual(
    (await h.read().get(notes, "3")).content,
    "three content",
    "what the app read changes nothing for others",
  );
});

Deno.test("a wide and a narrow caller of one person share no row, whoever reads first", async () => {
  const h = await threeNotes();
  const narrow = recordsWith(h, [{ ...READ, fields: ["color"] }]);
  for (const _ of [1, 2]) {
    const [wide, few] = [await h.read().list(notes), await narrow.list(notes)];
    assert.deepEqual(titles(wide), ["three", "two", "one"]);
    assert.deepEqual(
      few.rows.map((row) => Object.keys(row)),
      few.rows.map(() => ["id", "color", "createdAt", "updatedAt", "withheld"]),
    );
  }
});

Deno.test("a cursor is good for the document that it was made under alone", async () => {
  const h = await threeNotes();
  const page = { limit: 1 };
  const { nextCursor: cursor } = await recordsWith(h, [RED]).list(notes, { page });
  assert.ok(cursor);
  assert.deepEqual(titles(await recordsWith(h, [RED]).list(notes, { page: { ...page, cursor } })), ["one"]);
  for (const other of [h.read(), recordsWith(h, [READ])]) {
    assert.equal(
      (await refusalOf(other.list(notes, { page: { ...page, cursor } }))).reason,
      "cursor-invalid",
    );
  }
});

Deno.test("a collection without a rule shows nothing, unless `*` lets all others through", async () => {
  const h = await threeNotes();
  const other = { collection: "journal/journalEntries", access: ["read"] };
  assert.equal(await recordsWith(h, [other]).count(notes), 0);
  assert.equal(await recordsWith(h, [other, { collection: "*", access: ["read"] }]).count(notes), 3);
  assert.equal(
    await recordsWith(h, [{ ...READ, access: ["write"] }]).count(notes),
    0,
    "writing is not reading",
  );
  assert.equal(await recordsWith(h, [{ collection: "*", access: ["write"] }]).count(notes), 0);
});

Deno.test("a rule holds in the spaces that it names; `personal` is the person's own", async () => {
  const h = createHarness();
  h.services.memberships.set("anna", new Set(["team", "club"]));
  for (const space of ["team", "club"]) {
    h.services.write("anna", "notes", [
      insert("notes", `in ${space}`, { title: space, spaceId: space }, space),
    ]);
  }
  h.services.write("anna", "notes", [await note("1", "mine")]);
  const count = (spaces: readonly string[], space?: string) =>
    recordsWith(h, [{ ...READ, spaces }], space === undefined ? {} : { space: shared(space) }).count(notes);
  assert.deepEqual([await count(["personal"]), await count(["personal"], "team")], [1, 0]);
  assert.deepEqual([await count(["team"]), await count(["team"], "team"), await count(["team"], "club")], [
    0,
    1,
    0,
  ]);
  assert.equal(await count(["org-anna"]), 1);
});

Deno.test("a document that cannot be read refuses every question, and a document that is over shows nothing", async () => {
  const h = await threeNotes();
  for (const document of ["", "{}", '{"type":"mana_records"}']) {
    const records = h.write({ caller: callerWith(document) });
    for (
      const work of [
        records.list(notes),
        records.count(notes),
        records.get(notes, "1"),
        records.search(notes, { query: "", heading: "title", body: "content" }),
        records.scan(notes, {}, () => {}),
        records.lookThrough(notes, () => {}),
        records.lookThroughDeleted(notes, () => {}),
        records.insert(notes, { title: "x", content: "", isPinned: false, isArchived: false }),
        records.update(notes, "1", () => ({ color: "x" })),
        records.delete(notes, "1"),
      ]
    ) assert.equal((await refusalOf(work)).reason, "grant-unreadable");
  }
  assert.equal(h.opened(), 0);
  const until = h.clock / 1000 + 1;
  assert.equal(await recordsWith(h, [READ], { until }).count(notes), 3);
  h.clock += 1000;
  assert.equal(await recordsWith(h, [READ], { until }).count(notes), 0);
  assert.equal(await recordsWith(h, [{ collection: "*", access: ["read"] }], { until }).count(notes), 0);
});

Deno.test("a private record of a co-member stays private, whatever a document lets through", async () => {
  const h = createHarness();
  h.services.memberships.set("anna", new Set(["team"]));
  h.services.memberships.set("ben", new Set(["team"]));
  const data = { title: "x", spaceId: "team", authorId: "ben", color: "red" };
  h.services.write("ben", "notes", [
    insert("notes", "open", data, "team"),
    insert("notes", "closed", { ...data, visibility: "private" }, "team"),
  ]);
  const { rows } = await recordsWith(h, [RED], { space: shared("team") }).list(notes);
  assert.deepEqual(rows.map(({ id }) => id), ["open"]);
});

Deno.test("each operator keeps what it says: absent and null values pass `none` alone, odd values nothing", async () => {
  const h = createHarness();
  const values: Record<string, unknown> = {
    a: ["work"],
    b: ["home", "work"],
    c: [],
    d: null,
    e: "work",
    f: { work: 1 },
    g: undefined,
  };
  h.services.write(
    "anna",
    "journal",
    Object.entries(values).map(([id, tags]) =>
      insert("journalEntries", id, { tags, mood: typeof tags === "string" ? tags : null, createdAt: at(1) })
    ),
  );
  const kept = async (...where: Record<string, unknown>[]) => {
    const rule = { collection: "journal/journalEntries", access: ["read"], where };
    const ids: string[] = [];
    await recordsWith(h, [rule]).lookThrough(journal, ({ id }) => void ids.push(id));
    return ids.sort().join("");
  };
  assert.equal(await kept({ field: "tags", op: "any", value: ["work"] }), "ab");
  assert.equal(await kept({ field: "tags", op: "any", value: [] }), "");
  assert.equal(await kept({ field: "tags", op: "none", value: ["work"] }), "cdg");
  assert.equal(await kept({ field: "tags", op: "none", value: [] }), "abcdeg");
  assert.equal(await kept({ field: "mood", op: "eq", value: "work" }), "e");
  assert.equal(await kept({ field: "mood", op: "in", value: ["play", "work"] }), "e");
  assert.equal(await kept({ field: "mood", op: "none", value: ["work"] }), "abcdfg");
  assert.equal(
    await kept({ field: "tags", op: "any", value: ["work"] }, { field: "tags", op: "any", value: ["home"] }),
    "b",
  );
});
