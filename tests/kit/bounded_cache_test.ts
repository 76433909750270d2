import assert from "node:assert/strict";
import fc from "fast-check";
import { createBoundedCache } from "../../lib/kit/bounded_cache.ts";

Deno.test("a bounded cache keeps what was used or set last, whatever is asked of it", () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    does: fc.constantFrom("get", "peek", "set", "delete"),
  });
  fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (bound, steps) => {
    const cache = createBoundedCache<string>(bound);
    /** Least recent first. */
    let model: [key: string, value: string][] = [];
    const without = (key: string) => model.filter(([other]) => other !== key);
    for (const [index, { key, does }] of steps.entries()) {
      const kept = model.find(([other]) => other === key);
      switch (does) {
        case "get":
          assert.equal(cache.get(key), kept?.[1]);
          if (kept !== undefined) model = [...without(key), kept];
          break;
        case "peek":
          assert.equal(cache.peek(key), kept?.[1]);
          break;
        case "set":
          cache.set(key, `value ${index}`);
          model = [...without(key), [key, `value ${index}`] as [string, string]].slice(-bound);
          break;
        case "delete":
          cache.delete(key);
          model = without(key);
      }
    }
    for (const key of ["a", "b", "c", "d", "e", "f"]) {
      assert.equal(cache.peek(key), model.find(([other]) => other === key)?.[1]);
    }
  }));
});

Deno.test("an empty text is a value of a bounded cache", () => {
  const cache = createBoundedCache<string>(1);
  cache.set("a", "");
  assert.equal(cache.get("a"), "");
});
