import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { createExpiringCache } from "../../lib/kit/expiring_cache.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");

function bench(maxEntries = 3) {
  const clock = { now: NOW };
  const map = createExpiringCache<string | null>({ clock: clockOf(() => clock.now), maxEntries });
  const keep = (...keys: string[]) => keys.forEach((key) => map.set(key, key, clock.now + 1_000));
  const kept = (...keys: string[]) => keys.filter((key) => map.get(key) !== undefined);
  return { map, clock, keep, kept };
}

Deno.test("a value is there until its time is over", () => {
  const { map, clock } = bench();
  assert.equal(map.get("a"), undefined);
  map.set("a", "first", NOW + 1_000);
  map.set("b", null, NOW + 2_000);
  clock.now = NOW + 999;
  assert.equal(map.get("a"), "first");
  clock.now = NOW + 1_000;
  assert.equal(map.get("a"), undefined);
  assert.equal(map.get("b"), null, "null is a value");
  map.set("c", "late", NOW + 1_000);
  assert.equal(map.get("c"), undefined, "nothing is kept that is over already");
});

Deno.test("a clock that was set back ends a value: behind its beginning, or behind its last use", () => {
  const { map, clock } = bench();
  map.set("a", "a", NOW + 60_000);
  clock.now = NOW - 1;
  assert.equal(map.get("a"), undefined);
  clock.now = NOW;
  assert.equal(map.get("a"), undefined, "and for good");
  map.set("a", "a", NOW + 60_000);
  clock.now = NOW + 50_000;
  assert.equal(map.get("a"), "a");
  clock.now = NOW + 49_999;
  assert.equal(map.get("a"), undefined);
});

Deno.test("a value that is set again takes the place of the old one, its time with it", () => {
  const { map, clock } = bench();
  map.set("a", "long", NOW + 9_000);
  map.set("a", "short", NOW + 1_000);
  assert.equal(map.get("a"), "short");
  clock.now = NOW + 1_000;
  assert.equal(map.get("a"), undefined);
  map.set("b", "short", NOW + 2_000);
  map.set("b", "long", NOW + 9_000);
  clock.now = NOW + 8_999;
  assert.equal(map.get("b"), "long");
});

Deno.test("above the bound the value that was set longest ago goes; one set again is the newest", () => {
  const { map, keep, kept } = bench();
  keep("a", "b", "c");
  assert.equal(map.get("a"), "a");
  keep("d");
  assert.deepEqual(kept("a", "b", "c", "d"), ["b", "c", "d"], "use alone does not make it newer");
  keep("b", "e");
  assert.deepEqual(kept("b", "c", "d", "e"), ["b", "d", "e"]);
});

Deno.test("what was deleted or is over leaves its place, and no place is counted twice", () => {
  const { map, clock, keep, kept } = bench();
  keep("a", "b", "c");
  map.delete("b");
  map.delete("b");
  map.delete("unknown");
  assert.deepEqual(kept("a", "b", "c"), ["a", "c"]);
  keep("d");
  assert.deepEqual(kept("a", "c", "d"), ["a", "c", "d"]);
  clock.now += 1_000;
  assert.deepEqual(kept("a", "c", "d"), []);
  keep("e", "f", "g");
  assert.deepEqual(kept("e", "f", "g"), ["e", "f", "g"]);
  keep("h", "i");
  assert.deepEqual(kept("e", "f", "g", "h", "i"), ["g", "h", "i"]);
});

Deno.test("a flood of new keys leaves exactly the newest", () => {
  const { keep, kept } = bench(100);
  const keys = Array.from({ length: 1_000 }, (_, i) => `key ${i}`);
  keep(...keys);
  assert.deepEqual(kept(...keys), keys.slice(-100));
});
