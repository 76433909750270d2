import assert from "node:assert/strict";
import fc from "fast-check";
import { median, medianDifference, medianRatio, spread } from "../../bench/report/statistics.ts";

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const values = fc.array(positive, { minLength: 1, maxLength: 50 });

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
