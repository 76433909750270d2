import assert from "node:assert/strict";
import fc from "fast-check";
import {
  median,
  medianDifference,
  medianRatio,
  percentile,
  slope,
  spread,
} from "../../bench/report/statistics.ts";

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const values = fc.array(positive, { minLength: 1, maxLength: 50 });

Deno.test("percentile() is the nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  for (const [share, value] of [[0.5, 50], [0.99, 99], [0.999, 100], [1, 100], [0, 1]] as const) {
    assert.equal(percentile(hundred, share), value);
  }
  assert.equal(percentile([7], 0.99), 7);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

Deno.test("percentile() is one of the values, with no fewer than its share at or below it", () => {
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
    const found = percentile(given.toSorted((a, b) => a - b), share);
    assert.ok(given.includes(found));
    assert.ok(given.filter((value) => value <= found).length >= share * given.length);
  }));
});

Deno.test("median() lies in the middle, whatever the order", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([1, 2, 3, 10]), 2.5);
  assert.ok(Number.isNaN(median([])));
  fc.assert(fc.property(values, (given) => assert.equal(median(given), median(given.toReversed()))));
});

Deno.test("medianRatio() sees through what slows both of a pair", () => {
  // In the second round the machine was ten times slower: the ratio of medians would be 20.
  assert.equal(medianRatio([100, 10, 100], [50, 5, 5]), 2);
  fc.assert(fc.property(fc.array(positive, { minLength: 1 }), positive, (load, factor) => {
    const ratio = medianRatio(load.map((value) => value * factor), load);
    assert.ok(Math.abs(ratio / factor - 1) < 1e-9);
  }));
});

Deno.test("medianDifference() sees through what is added to both of a pair", () => {
  assert.equal(medianDifference([20.5, 90.5, 20.5], [20, 90, 20]), 0.5);
});

Deno.test("values that do not pair are refused", () => {
  assert.throws(() => medianRatio([1, 2], [1]), {
    name: "RangeError",
    message: "Cannot pair 2 with 1 values",
  });
  assert.throws(() => medianDifference([], [1]), { message: "Cannot pair 0 with 1 values" });
});

Deno.test("spread() is the furthest from the median", () => {
  assert.equal(spread([100, 104, 95]), 0.05);
  assert.equal(spread([3, 3]), 0);
});

Deno.test("slope() finds the line under any points of it", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 2, max: 100 }), (rise, count) => {
      const points = Array.from({ length: count }, (_, x) => ({ x, y: rise * x + 7 }));
      assert.ok(Math.abs(slope(points) - rise) < 1e-6);
    }),
  );
  assert.ok(Number.isNaN(slope([{ x: 1, y: 1 }])));
});
