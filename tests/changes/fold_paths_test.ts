import assert from "node:assert/strict";
import fc from "fast-check";
import { applyChange } from "../../lib/changes/fold.ts";
import { createFoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { liveRecord } from "../../lib/changes/live_records.ts";
import { MAX_JSON_DEPTH } from "../../lib/kit/limits.ts";
import { foldSequentially, type LogRow } from "../../soak/sequential_fold.ts";
import { at, insert, personal, update } from "../records/_harness.ts";
import { parse, removal } from "./_fold.ts";

const anna = personal("anna", "org-anna");
const SCHEDULE = { days: [1, 2], time: "08:00" };

type Raw = Record<string, unknown>;

/** The record "1" after changes, as its cells. */
function fold(...raw: readonly Raw[]) {
  const table = createFoldedTable();
  for (const change of parse(...raw)) applyChange(table, change);
  const record = liveRecord(table, "1", anna);
  assert.ok(record);
  return { table, record, value: (name = "schedule"): unknown => record.cell(name)?.value };
}

/** Every order of a few things. */
function orders<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((one, index) => orders(all.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}

/** What the changes come to in every order of arrival, which has to be the same. */
function inEveryOrder(...raw: readonly Raw[]): unknown {
  const [first, ...others] = orders(raw).map((order) => fold(...order).value());
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

const made = insert("t", "1", { schedule: SCHEDULE, createdAt: at(1) });
const set = (second: number, values: Raw) => update("t", "1", at(second), values);

Deno.test("a change of a key shows in its object, whatever came first", () => {
  assert.deepEqual(inEveryOrder(made, set(2, { "schedule.time": "09:00" })), { days: [1, 2], time: "09:00" });
  assert.deepEqual(
    inEveryOrder(made, set(2, { "schedule.time": "09:00" }), set(3, { "schedule.days": [5] })),
    { days: [5], time: "09:00" },
  );
  // Older than the whole object: it is in there, or was undone by it.
  assert.deepEqual(
    inEveryOrder(made, set(2, { "schedule.time": "09:00" }), set(3, { schedule: { days: [7] } })),
    { days: [7] },
  );
  assert.deepEqual(
    inEveryOrder(made, set(2, { schedule: null }), set(3, { "schedule.time": "09:00" })),
    { time: "09:00" },
  );
  assert.equal(inEveryOrder(made, set(2, { "schedule.time": "09:00" }), set(3, { schedule: null })), null);
});

Deno.test("a removed key is gone, comes back with its next value, and takes away only what is there", () => {
  assert.deepEqual(inEveryOrder(made, set(2, { "schedule.time": null })), { days: [1, 2] });
  assert.deepEqual(
    inEveryOrder(made, set(2, { "schedule.time": null }), set(3, { "schedule.time": "10:00" })),
    { days: [1, 2], time: "10:00" },
  );
  assert.deepEqual(inEveryOrder(made, set(2, { "schedule.none": null })), SCHEDULE);
  assert.equal(inEveryOrder(made, set(2, { schedule: null }), set(3, { "schedule.time": null })), null);
});

Deno.test("paths lead through objects in objects, and a newer object hides what was written inside", () => {
  const nested = insert("t", "1", { schedule: { a: { b: { c: 1 }, d: 2 } }, createdAt: at(1) });
  assert.deepEqual(
    inEveryOrder(nested, set(2, { "schedule.a.b.c": 5 }), set(3, { "schedule.a.e.f": 6 })),
    { a: { b: { c: 5 }, d: 2, e: { f: 6 } } },
  );
  assert.deepEqual(
    inEveryOrder(nested, set(2, { "schedule.a.b.c": 5 }), set(3, { "schedule.a": { b: { x: 1 } } })),
    { a: { b: { x: 1 } } },
  );
  assert.deepEqual(
    inEveryOrder(nested, set(2, { "schedule.a": null }), set(3, { "schedule.a.b.c": 5 })),
    { a: { b: { c: 5 } } },
  );
});

Deno.test("on equal stamps the later arrival wins, and within one change the key inside the object", () => {
  const time = set(2, { "schedule.time": "09:00" });
  const whole = set(2, { schedule: { time: "whole" } });
  assert.deepEqual(fold(made, time, whole).value(), { time: "whole" });
  assert.deepEqual(fold(made, whole, time).value(), { time: "09:00" });
  assert.deepEqual(fold(made, set(2, { "schedule.time": "inside", schedule: {} })).value(), {
    time: "inside",
  });
  assert.deepEqual(fold(made, time, set(2, { "schedule.time": "again" })).value(), {
    ...SCHEDULE,
    time: "again",
  });
});

Deno.test("nothing leads through a text, a number or a list: a ciphertext cannot be replaced from inside", () => {
  for (const stored of ["enc:1:AAAA.BBBB", "", 0, 5, false, [1], [{ x: 1 }]]) {
    const log = fold(
      insert("t", "1", { schedule: stored, createdAt: at(1) }),
      set(2, { "schedule.0.x": "evil" }),
    );
    assert.deepEqual(log.value(), stored);
    // Once an object stands there, the older path still does not count.
    assert.deepEqual(inEveryOrder(made, set(2, { schedule: stored }), set(3, { "schedule.0": 1 })), stored);
  }
});

Deno.test("a path into what every record has is passed over: nobody deletes, moves or hides a record by it", () => {
  const fields = ["id", "spaceId", "authorId", "userId", "visibility", "createdAt", "updatedAt", "deletedAt"];
  const log = fold(made, ...fields.map((name) => set(5, { [`${name}.x`]: "evil" })));
  assert.equal(log.record.storedAs, "");
  assert.equal(log.record.createdAt, at(1));
  for (const name of fields.filter((name) => name !== "createdAt" && name !== "id")) {
    assert.equal(log.value(name), undefined, name);
  }
  assert.equal(log.record.updatedAt(), at(1));
  assert.equal(fold(made, set(5, { "__fieldMeta.x": 1 })).value("__fieldMeta"), undefined);
});

Deno.test("`__proto__` is no key of a path, `constructor` and an empty key are keys like others", () => {
  for (
    const path of ["schedule.__proto__", "schedule.__proto__.x", "schedule.a.__proto__.x", "__proto__.x"]
  ) {
    const log = fold(made, set(2, { [path]: { x: 1 } }));
    assert.deepEqual(log.value(), SCHEDULE, path);
    assert.equal(log.value("__proto__"), undefined);
  }
  assert.equal(Reflect.get({}, "x"), undefined);
  const log = fold(
    made,
    set(2, { "schedule.constructor.prototype.x": 1, "schedule.toString": null, "schedule.": 2 }),
  );
  assert.deepEqual(Object.entries(Object(log.value())), [
    ...Object.entries(SCHEDULE),
    ["", 2],
    ["constructor", { prototype: { x: 1 } }],
  ]);
  assert.equal(Reflect.get(Object, "x"), undefined);
  assert.deepEqual(fold(made, set(2, { "schedule..x": 1 })).value(), { ...SCHEDULE, "": { x: 1 } });
  assert.deepEqual(fold(made, set(2, { ".": 1, "..": 2, ".x": 3 })).value(), SCHEDULE);
});

Deno.test("a path without end makes no object without end, and takes nothing else of its change along", () => {
  const path = (parts: number) => ["schedule", ...Array.from({ length: parts - 1 }, () => "k")].join(".");
  const log = fold(
    made,
    set(2, { [path(1000)]: 1, [path(MAX_JSON_DEPTH + 1)]: 1, "schedule.time": "09:00" }),
  );
  assert.deepEqual(log.value(), { ...SCHEDULE, time: "09:00" });
  assert.equal(fold(made, set(2, { [path(MAX_JSON_DEPTH)]: "deep" })).table.bytes > log.table.bytes, true);
  let deep: unknown = 1;
  for (let level = 0; level < 40; level++) deep = { k: deep };
  assert.deepEqual(fold(made, set(2, { [path(40)]: deep })).value(), SCHEDULE);
});

Deno.test("a value to win over others takes its stamp from what is above and below, not from what is beside", () => {
  const log = fold(
    made,
    set(2, { "schedule.a": {} }),
    set(3, { "schedule.a.b": 1 }),
    set(4, { "schedule.ab": 1 }),
  );
  const stamps = [
    "schedule.a",
    "schedule.a.b.c",
    "schedule.a.x",
    "schedule.ab",
    "schedule.time",
    "schedule",
    "x",
  ];
  assert.deepEqual(stamps.map((path) => log.record.stampAt(path)), [
    at(3),
    at(3),
    at(2),
    at(4),
    at(1),
    at(4),
    undefined,
  ]);
  assert.equal(log.record.updatedAt(), at(4));
});

Deno.test("a list that is sent again unchanged alters nothing but stamps", () => {
  const isNews = (before: readonly Raw[], change: Raw) => {
    const table = createFoldedTable();
    const results = parse(...before, change).map((one) => applyChange(table, one));
    return results.at(-1);
  };
  const tagged = insert("t", "1", { tags: ["a", "b"], schedule: SCHEDULE, createdAt: at(1) });
  assert.equal(isNews([tagged], set(2, { tags: ["a", "b"] })), false);
  assert.equal(isNews([tagged], set(2, { tags: ["a", "b"], updatedAt: at(2) })), false);
  assert.equal(isNews([tagged], set(2, { tags: ["b", "a"] })), true);
  assert.equal(isNews([tagged], set(2, { tags: ["a", "b"], title: "new" })), true);
  const days = (second: number, value: unknown) => set(second, { "schedule.days": value });
  assert.equal(isNews([tagged, days(2, [5])], days(3, [5])), false);
  assert.equal(isNews([tagged, days(2, [5])], days(3, [6])), true);
  // What had taken the list's place is undone by it.
  assert.equal(isNews([tagged, days(2, [5]), set(3, { schedule: { days: [7] } })], days(4, [5])), true);
  assert.equal(isNews([tagged, set(2, { "schedule.time": "x" })], set(3, { schedule: SCHEDULE })), true);
  assert.equal(
    isNews([tagged, update("t", "1", at(2), { tags: [] }, "org-anna")], set(3, { tags: ["a", "b"] })),
    true,
  );
  assert.deepEqual(fold(tagged, days(2, [5]), days(9, [5])).record.updatedAt(), at(9));
});

Deno.test("a hard delete takes what was written by paths along, and a later insert starts without it", () => {
  const log = fold(made, set(5, { "schedule.time": "09:00" }), removal("1"), made);
  assert.deepEqual(log.value(), SCHEDULE);
  assert.equal(log.record.stampAt("schedule.time"), at(1));
});

const key = fc.constantFrom("a", "b", "c");
const path = fc.array(key, { minLength: 0, maxLength: 3 }).map((keys) => ["schedule", ...keys].join("."));
const leaf = fc.oneof(fc.nat(5), fc.constantFrom(null, "x", [1], {}, { a: 1 }, { a: { b: 2 }, c: null }));
const write = fc.record({ values: fc.dictionary(path, leaf, { minKeys: 1, maxKeys: 3 }), stamp: fc.nat(6) });

Deno.test("any log of paths folds to what the fold by the book says, and the stamp is the newest that counts", () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 14 }), fc.nat(14), (writes, place) => {
      const raw = writes.map(({ values, stamp }) => set(stamp, values));
      const log = raw.toSpliced(Math.min(place, raw.length), 0, made);
      const rows = log.map((change, index): LogRow =>
        JSON.parse(JSON.stringify({ ...change, eventId: `${index}` }))
      );
      const { record } = fold(...log);
      const byTheBook = foldSequentially(rows).get("1")?.get("schedule");
      const cell = record.cell("schedule");
      assert.deepEqual(cell?.value ?? null, byTheBook?.value ?? null);
      assert.ok(cell && byTheBook && cell.stamp === byTheBook.stamp);
      assert.ok(cell.value === null || typeof cell.value !== "object" || Object.isFrozen(cell.value));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("with distinct stamps the order of arrival does not count", () => {
  const sample = fc.array(write, { maxLength: 8 }).chain((writes) =>
    fc.tuple(
      fc.constant(writes.map(({ values }, index) => set(index, values))),
      fc.shuffledSubarray(writes.map((_, index) => index), { minLength: writes.length }),
    )
  );
  fc.assert(
    fc.property(sample, ([changes, order]) => {
      const first = insert("t", "1", { schedule: { a: { b: 0 } } });
      const shuffled = order.flatMap((index) => changes.slice(index, index + 1));
      assert.deepEqual(fold(first, ...shuffled).value(), fold(first, ...changes).value());
    }),
    { numRuns: 1000 },
  );
});
