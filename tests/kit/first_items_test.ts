import assert from "node:assert/strict";
import fc from "fast-check";
import { createFirstItems } from "../../lib/kit/first_items.ts";

Deno.test("the first of many are those that sorting all of them gives", () => {
  const limit = fc.oneof(fc.nat(8), fc.constant(Infinity));
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 60 }), limit, (given, most) => {
      const first = createFirstItems<number>(most, (a, b) => a - b);
      for (const item of given) first.offer(item);
      const expected = given.toSorted((a, b) => a - b).slice(0, most);
      assert.deepEqual(first.take(), { items: expected, hasRest: expected.length < given.length });
    }),
  );
});

Deno.test("a short page of a long sorted list is a comparison each", () => {
  let compared = 0;
  const first = createFirstItems<number>(10, (a, b) => (compared += 1, a - b));
  for (let item = 0; item < 10_000; item++) first.offer(item);
  assert.deepEqual(first.take().items, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.ok(compared < 10_200, String(compared));
});
