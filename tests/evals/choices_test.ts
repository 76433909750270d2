/** The recorded choices against the present tools: every call is really made. */
import assert from "node:assert/strict";
import { createWishWorld } from "./fixtures.ts";
import { faultsOf } from "./judge.ts";
import { type Choice, CHOICES, WISHES } from "./requests.ts";

Deno.test("for each of forty wishes the recorded calls are right, by the tools and schemas of today", async () => {
  assert.equal(WISHES.length, 40);
  assert.deepEqual(Object.keys(CHOICES.choices).toSorted(), WISHES.map(({ says }) => says).toSorted());
  assert.equal(WISHES.filter(({ language }) => language === "de").length, 7);
  const faults: string[] = [];
  await using world = await createWishWorld();
  for (const wish of WISHES) {
    faults.push(...await faultsOf(world, wish, CHOICES.choices[wish.says] ?? []));
  }
  assert.deepEqual(faults, []);
});

Deno.test("a wrong choice is a fault: another tool, one that is not shown or not there, wrong arguments, a made-up id, too little", async () => {
  const [wish = assert.fail()] = WISHES;
  await using world = await createWishWorld();
  const done: Choice = { tool: "todo_complete", arguments: { id: "$milk" } };
  for (
    const [choices, fault] of [
      [[done], undefined],
      [[], /todo\.complete was not called/],
      [[{ tool: "todo_list", arguments: {} }], /todo\.complete was not called/],
      [[{ tool: "todo_tick", arguments: {} }, done], /todo_tick is no tool of the profile daily/],
      [[{ tool: "finance_list", arguments: {} }, done], /finance_list is no tool of the profile daily/],
      [
        [{ tool: "todo_list", arguments: { state: "soon" } }, done],
        /todo_list was refused: The arguments are invalid: state/,
      ],
      [[{ tool: "todo_complete", arguments: { id: "milk" } }], /todo_complete was refused: .*milk/],
      [[{ tool: "todo_complete", arguments: { id: "$tax" } }], /was called without \{"id":"\$milk"\}/],
    ] as const
  ) {
    const faults = await faultsOf(world, wish, choices);
    if (fault === undefined) assert.deepEqual(faults, []);
    else assert.match(faults.join("\n"), fault);
  }
});
