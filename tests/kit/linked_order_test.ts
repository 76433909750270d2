import assert from "node:assert/strict";
import fc from "fast-check";
import { createLinkedOrder, type LinkedItem } from "../../lib/kit/linked_order.ts";

interface Item extends LinkedItem<Item> {
  readonly name: number;
}

Deno.test("an order of idle items is what a list would be, whatever comes and goes", () => {
  const step = fc.record({ item: fc.nat(7), add: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const order = createLinkedOrder<Item>();
    const items: Item[] = Array.from({ length: 8 }, (_, name) => ({ name }));
    let model: Item[] = [];
    const check = () => assert.equal(order.oldest()?.name, model[0]?.name);
    for (const { item: index, add } of steps) {
      const item = items[index];
      assert.ok(item);
      order.remove(item); // also when it is not in there
      model = model.filter((other) => other !== item);
      check();
      if (!add) continue;
      order.add(item);
      model.push(item);
      check();
    }
    for (let oldest = order.oldest(); oldest !== undefined; oldest = order.oldest()) {
      check();
      order.remove(oldest);
      model.shift();
    }
    assert.equal(model.length, 0);
  }));
});
