import assert from "node:assert/strict";
import fc from "fast-check";
import { createOpenedCache, type OpenedOwner, type OpenedRecord } from "../../lib/records/opened_cache.ts";

const makeKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["decrypt"]);
const ANNA: OpenedOwner = { person: "anna", space: "home", table: "notes/notes" };
const text = (normalized: string): OpenedRecord => ({
  values: [{ ok: true, value: normalized }],
  normalized: [normalized],
  row: { id: "1", createdAt: null, updatedAt: null, values: {}, unreadable: [], sealed: [], size: null },
});

Deno.test("a text is found by its record and the very values it was opened from", async () => {
  const cache = createOpenedCache(1e6);
  const table = cache.tableFor(ANNA, await makeKey());
  table.put("1", ["enc:1:a", undefined], text("a"));
  assert.deepEqual(table.get("1", ["enc:1:a", undefined]), text("a"));
  for (const sealed of [["enc:1:b", undefined], ["enc:1:a"], ["enc:1:a", null], [undefined, "enc:1:a"], []]) {
    assert.equal(table.get("1", sealed), undefined);
  }
  assert.equal(table.get("2", ["enc:1:a", undefined]), undefined);
});

Deno.test("nothing is found for another person, space, table or key; another key drops what there was", async () => {
  const cache = createOpenedCache(1e6);
  const key = await makeKey();
  cache.tableFor(ANNA, key).put("1", ["s"], text("a"));
  for (const other of [{ person: "ben" }, { space: "team" }, { table: "todo/tasks" }]) {
    assert.equal(cache.tableFor({ ...ANNA, ...other }, key).get("1", ["s"]), undefined);
  }
  assert.deepEqual(cache.tableFor(ANNA, key).get("1", ["s"]), text("a"));
  assert.equal(cache.tableFor(ANNA, await makeKey()).get("1", ["s"]), undefined);
  assert.equal(cache.bytes(), 0);
  assert.equal(cache.tableFor(ANNA, key).get("1", ["s"]), undefined);
});

Deno.test("what a person's key opened goes with it, also for whoever still holds the group", async () => {
  const cache = createOpenedCache(1e6);
  const [anna, ben] = [await makeKey(), await makeKey()];
  const held = cache.tableFor(ANNA, anna);
  held.put("1", ["s"], text("a"));
  cache.tableFor({ ...ANNA, space: "team" }, anna).put("1", ["s"], text("a"));
  cache.tableFor({ ...ANNA, person: "ben" }, ben).put("1", ["s"], text("b"));
  const bens = cache.bytes() / 3;
  cache.drop("anna");
  assert.equal(cache.bytes(), bens);
  assert.equal(held.get("1", ["s"]), undefined);
  held.put("2", ["s"], text("late"));
  assert.equal(held.get("2", ["s"]), undefined, "a search that was under way keeps nothing");
  assert.equal(cache.bytes(), bens);
});

Deno.test("the longest unused group makes room, and a group larger than the room is kept in part", async () => {
  const one = 800 + 2 * (1 + 100 + 100);
  const room = 4 * one;
  const cache = createOpenedCache(room);
  const key = await makeKey();
  const of = (person: string) => cache.tableFor({ ...ANNA, person }, key);
  const long = text("x".repeat(100));
  for (const person of ["a", "b", "c", "d"]) of(person).put("1", ["s"], long);
  assert.equal(cache.bytes(), room);
  of("a").get("1", ["s"]);
  of("e").put("1", ["s"], long);
  assert.deepEqual(["a", "b", "c", "d", "e"].filter((person) => of(person).get("1", ["s"])), [
    "a",
    "c",
    "d",
    "e",
  ]);
  const big = of("big");
  for (let id = 0; id < 10; id++) big.put(`${id}`, ["s"], long);
  assert.equal(cache.bytes(), room);
  assert.deepEqual([3, 4].map((id) => big.get(`${id}`, ["s"]) !== undefined), [true, false]);
  of("last").put("1", ["s"], long);
  assert.equal(cache.bytes(), one, "a group goes whole");
});

Deno.test("the bytes are those of what is there, whatever is put, replaced and dropped", async () => {
  const keys = [await makeKey(), await makeKey()];
  const person = fc.constantFrom("a", "b", "c");
  const act = fc.oneof(
    fc.record({ do: fc.constant("put" as const), person, key: fc.nat(1), id: fc.nat(5), size: fc.nat(400) }),
    fc.record({ do: fc.constant("drop" as const), person }),
    fc.record({ do: fc.constant("retain" as const), person, key: fc.nat(1), id: fc.nat(5) }),
  );
  fc.assert(fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
    const room = 6_000;
    const cache = createOpenedCache(room);
    const group = (who: string, key: number) =>
      cache.tableFor({ ...ANNA, person: who }, keys[key] ?? assert.fail());
    for (const step of acts) {
      if (step.do === "put") {
        group(step.person, step.key).put(`${step.id}`, ["s"], text("x".repeat(step.size)));
      } else if (step.do === "drop") cache.drop(step.person);
      else group(step.person, step.key).retain((id) => id !== `${step.id}`);
      assert.ok(cache.bytes() <= room);
    }
    for (const who of ["a", "b", "c"]) cache.drop(who);
    assert.equal(cache.bytes(), 0);
  }));
});
