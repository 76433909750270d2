import assert from "node:assert/strict";
import fc from "fast-check";
import { createOpenedTexts, type OpenedText, type TextOwner } from "../../lib/records/opened_cache.ts";

const makeKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["decrypt"]);
const ANNA: TextOwner = { person: "anna", space: "home", table: "notes/notes" };
const text = (folded: string): OpenedText => ({
  values: [{ ok: true, value: folded }],
  folded: [folded],
  draft: { id: "1", createdAt: null, updatedAt: null, values: {}, unreadable: [], sealed: [] },
});

Deno.test("a text is found by its record and the very values it was opened from", async () => {
  const texts = createOpenedTexts(() => 1e6);
  const group = texts.group(ANNA, await makeKey());
  group.put("1", ["enc:1:a", undefined], text("a"));
  assert.deepEqual(group.get("1", ["enc:1:a", undefined]), text("a"));
  for (const sealed of [["enc:1:b", undefined], ["enc:1:a"], ["enc:1:a", null], [undefined, "enc:1:a"], []]) {
    assert.equal(group.get("1", sealed), undefined);
  }
  assert.equal(group.get("2", ["enc:1:a", undefined]), undefined);
});

Deno.test("nothing is found for another person, space, table or key; another key drops what there was", async () => {
  const texts = createOpenedTexts(() => 1e6);
  const key = await makeKey();
  texts.group(ANNA, key).put("1", ["s"], text("a"));
  for (const other of [{ person: "ben" }, { space: "team" }, { table: "todo/tasks" }]) {
    assert.equal(texts.group({ ...ANNA, ...other }, key).get("1", ["s"]), undefined);
  }
  assert.deepEqual(texts.group(ANNA, key).get("1", ["s"]), text("a"));
  assert.equal(texts.group(ANNA, await makeKey()).get("1", ["s"]), undefined);
  assert.equal(texts.bytes(), 0);
  assert.equal(texts.group(ANNA, key).get("1", ["s"]), undefined);
});

Deno.test("what a person's key opened goes with it, also for whoever still holds the group", async () => {
  const texts = createOpenedTexts(() => 1e6);
  const [anna, ben] = [await makeKey(), await makeKey()];
  const held = texts.group(ANNA, anna);
  held.put("1", ["s"], text("a"));
  texts.group({ ...ANNA, space: "team" }, anna).put("1", ["s"], text("a"));
  texts.group({ ...ANNA, person: "ben" }, ben).put("1", ["s"], text("b"));
  const bens = texts.bytes() / 3;
  texts.drop("anna");
  assert.equal(texts.bytes(), bens);
  assert.equal(held.get("1", ["s"]), undefined);
  held.put("2", ["s"], text("late"));
  assert.equal(held.get("2", ["s"]), undefined, "a search that was under way keeps nothing");
  assert.equal(texts.bytes(), bens);
});

Deno.test("the longest unused group makes room, and a group larger than the room is kept in part", async () => {
  const one = 800 + 2 * (1 + 100 + 100);
  let room = 4 * one;
  const texts = createOpenedTexts(() => room);
  const key = await makeKey();
  const of = (person: string) => texts.group({ ...ANNA, person }, key);
  const long = text("x".repeat(100));
  for (const person of ["a", "b", "c", "d"]) of(person).put("1", ["s"], long);
  assert.equal(texts.bytes(), room);
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
  assert.equal(texts.bytes(), room);
  assert.deepEqual([3, 4].map((id) => big.get(`${id}`, ["s"]) !== undefined), [true, false]);
  room = one;
  texts.trim();
  assert.equal(texts.bytes(), 0, "a group goes whole");
});

Deno.test("the bytes are those of what is there, whatever is put, replaced and dropped", async () => {
  const keys = [await makeKey(), await makeKey()];
  const person = fc.constantFrom("a", "b", "c");
  const act = fc.oneof(
    fc.record({ do: fc.constant("put" as const), person, key: fc.nat(1), id: fc.nat(5), size: fc.nat(400) }),
    fc.record({ do: fc.constant("drop" as const), person }),
    fc.record({ do: fc.constant("retain" as const), person, key: fc.nat(1), id: fc.nat(5) }),
    fc.record({ do: fc.constant("room" as const), bytes: fc.nat(6_000) }),
  );
  fc.assert(fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
    let room = 6_000;
    const texts = createOpenedTexts(() => room);
    const group = (who: string, key: number) =>
      texts.group({ ...ANNA, person: who }, keys[key] ?? assert.fail());
    for (const step of acts) {
      if (step.do === "put") {
        group(step.person, step.key).put(`${step.id}`, ["s"], text("x".repeat(step.size)));
      } else if (step.do === "drop") texts.drop(step.person);
      else if (step.do === "retain") group(step.person, step.key).retain((id) => id !== `${step.id}`);
      else {
        room = step.bytes;
        texts.trim();
      }
      assert.ok(texts.bytes() <= room);
    }
    for (const who of ["a", "b", "c"]) texts.drop(who);
    assert.equal(texts.bytes(), 0);
  }));
});
