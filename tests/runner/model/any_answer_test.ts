// Whatever a host answers, a brain gives a move or a fault of its own kind; never another error, and never a call of a tool it was not given.
import assert from "node:assert/strict";
import fc from "fast-check";
import { BrainFault, type Turn } from "../../../runner/brain/brain.ts";
import { brainOver, called, dayOf, forever, turnOf } from "./_a_day.ts";
import { type Played, playMessages } from "./_played_messages.ts";

const name = fc.oneof(fc.constantFrom("todo_list", "todo_create", "rate_modules", "__proto__"), fc.string());
const block = fc.oneof(
  fc.record({
    type: fc.constant("tool_use"),
    id: fc.oneof(fc.constantFrom("a", "b", "c"), fc.string()),
    name,
    input: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
  }, { requiredKeys: ["type"] }),
  fc.record({
    type: fc.constantFrom("text", "thinking", "image"),
    text: fc.oneof(fc.string(), fc.jsonValue()),
  }),
  fc.jsonValue(),
);
const played: fc.Arbitrary<Played> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      blocks: fc.array(block, { maxLength: 4 }),
      stop: fc.constantFrom("end_turn", "tool_use", "max_tokens", "refusal", "pause_turn"),
      usage: fc.oneof(fc.constant(undefined), fc.jsonValue()),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Played>("no-connection") },
  {
    weight: 2,
    arbitrary: fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      retryAfter: fc.oneof(
        fc.constantFrom("0", "1", "-1", "soon", "99999999999"),
        fc.stringMatching(/^[ -~]*$/),
      ),
      body: fc.oneof(fc.json(), fc.string()),
    }).map(({ status, retryAfter, body }): Played => ({
      response: () =>
        new Response([204, 205, 304].includes(status) ? null : body, {
          status,
          headers: { "retry-after": retryAfter },
        }),
    })),
  },
);

Deno.test("any answers of a host end in moves of offered tools or in a fault of the brain", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(played, { minLength: 1, maxLength: 6 }), async (script) => {
      const { brain } = brainOver(playMessages(script), { budgetTokens: 200_000 });
      const day = dayOf();
      const mind = brain.begin(day);
      const turns: Turn[] = [];
      try {
        while (turns.length < 15) {
          const move = await mind.next(turns, forever);
          if ("end" in move) break;
          for (const { tool } of move.calls) assert.ok(day.tools.some(({ name }) => name === tool), tool);
          turns.push(turnOf(...move.calls.map((wish) => called(wish))));
        }
      } catch (error) {
        if (!(error instanceof BrainFault)) throw error;
      }
      for (const { rating } of await mind.rate(turns, forever)) assert.ok([1, 2, 3, 4, 5].includes(rating));
    }),
    { numRuns: 300 },
  );
});
