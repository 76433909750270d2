/** Looking through many records without opening any: live ones, and deleted ones as they were. */
import assert from "node:assert/strict";
import { at, createHarness, habits, insert, notes, shared } from "./_harness.ts";

const row = (id: string, spaceId: string, more: Record<string, unknown> = {}) =>
  insert("habits", id, { title: id, createdAt: at(0), ...more }, spaceId);
const deleted = (id: string, spaceId: string, deletedAt: string | null = at(1)) => ({
  table: "habits",
  id,
  op: "delete" as const,
  spaceId,
  ...(deletedAt === null ? {} : { deletedAt }),
});

Deno.test("looking through records: live ones by their plaintext, without a key", async () => {
  const h = createHarness();
  await h.write().insert(notes, { title: "Geheim", color: "#fff000" });
  const seen: unknown[] = [];
  const fetched = h.services.keyFetches();
  await h.read().lookThrough(
    notes,
    (record) => seen.push({ ...record, id: "", createdAt: "", updatedAt: "" }),
  );
  assert.deepEqual(seen, [{
    id: "",
    color: "#fff000",
    isPinned: false,
    tags: [],
    createdAt: "",
    updatedAt: "",
  }]);
  assert.equal(h.services.keyFetches(), fetched);
});

Deno.test("looking through deleted records: as they were, of this space alone, none that is private to another or gone for good", async () => {
  const h = createHarness();
  for (const person of ["anna", "ben"]) h.services.memberships.set(person, new Set(["team", "other"]));
  h.services.write("ben", "habits", [
    row("live", "team"),
    row("deleted", "team"),
    row("elsewhere", "other"),
    row("bens", "team", { visibility: "private", authorId: "ben" }),
    row("gone", "team"),
    deleted("deleted", "team"),
    deleted("elsewhere", "other"),
    deleted("bens", "team"),
    deleted("gone", "team", null),
  ]);
  const records = h.read({ space: shared("team") });
  for (let round = 0; round < 2; round++) {
    const seen: string[] = [];
    await records.lookThroughDeleted(habits, ({ id, title }) => seen.push(`${id} ${title}`));
    assert.deepEqual(seen, ["deleted deleted"]);
    const live: string[] = [];
    await records.lookThrough(habits, ({ id }) => live.push(id));
    assert.deepEqual(live, ["live"]);
  }
  // A record that is deleted later is found as well.
  h.services.write("anna", "habits", [deleted("live", "team", at(2))]);
  const seen: string[] = [];
  await records.lookThroughDeleted(habits, ({ id }) => seen.push(id));
  assert.deepEqual(seen.sort(), ["deleted", "live"]);
});

Deno.test("a scan of ids opens these records alone, and none that is deleted, elsewhere, or private to another", async () => {
  const h = createHarness();
  for (const person of ["anna", "ben"]) h.services.memberships.set(person, new Set(["team", "other"]));
  h.services.write("ben", "habits", [
    row("one", "team"),
    row("two", "team"),
    row("elsewhere", "other"),
    row("bens", "team", { visibility: "private", authorId: "ben" }),
    row("deleted", "team"),
    deleted("deleted", "team"),
  ]);
  const seen: string[] = [];
  const ids = new Set(["one", "elsewhere", "bens", "deleted", "nobody", "__proto__"]);
  await h.read({ space: shared("team") }).scan(habits, { ids }, ({ id }) => seen.push(id));
  assert.deepEqual(seen, ["one"]);
});
