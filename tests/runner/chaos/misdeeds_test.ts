// Every misdeed is made at a real gateway, in all its variants, and the answer that it names as right is the one that comes.
import assert from "node:assert/strict";
import type { Brain, Called, Day, Move, Turn, Wish } from "../../../runner/brain/brain.ts";
import { PARTS } from "../../../runner/brains/scripted/archetypes.ts";
import { createMemory } from "../../../runner/brains/scripted/memory.ts";
import type { Misdeed } from "../../../runner/chaos/misdeed.ts";
import { createChecks } from "../../../runner/checks/checks.ts";
import type { Outcome } from "../../../runner/mana/outcome.ts";
import { createRandom } from "../../../runner/kit/random.ts";
import { createRunnerWorld, personaOf } from "../_support/runner_world.ts";

const MISDEEDS = PARTS.flatMap(({ misdeeds }) => misdeeds);

for (const misdeed of MISDEEDS) {
  Deno.test(`the right answer to ${misdeed.name} is the one that comes`, async () => {
    await using runner = await createRunnerWorld(["rex"]);
    const days: (readonly Turn[])[] = [];
    const seeds = misdeed.name === "flood" ? [0] : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    for (const seed of seeds) {
      runner.world.clock.now += 61_000;
      const way = runner.deps();
      await runner.play("rex", playing(misdeed, String(seed), days), {
        checks: createChecks(),
        mana: { ...way.mana, lateAnswerMs: 1 },
      });
    }
    const seen: readonly Called[] = [...new Set(days)].flatMap((turns) =>
      turns.slice(2).flatMap(({ calls }) => calls)
    );
    assert.ok(seen.length >= seeds.length, "it was made");
    for (const { wish, outcome, violations } of seen) {
      assert.deepEqual(
        violations,
        [],
        `${wish.tool} ${JSON.stringify(wish.args).slice(0, 200)}: ${outcome.text}`,
      );
      const { expects } = wish;
      assert.ok(expects, "each call names its right answer");
      if (expects.result === "any") continue;
      assert.equal(outcome.result, expects.result, `${JSON.stringify(wish).slice(0, 300)}: ${outcome.text}`);
      if (expects.code !== undefined) assert.equal(outcome.code, expects.code);
    }
    if (misdeed.name === "flood") {
      const codes = seen.map(({ outcome }) => outcome.code ?? outcome.result);
      assert.deepEqual([...new Set(codes)], ["ok", "rate-limit-exceeded"]);
    }
  });
}

Deno.test("whoever carries a wrong call out, or refuses it for another reason, breaks a check", async () => {
  let tried = 0;
  for (const misdeed of MISDEEDS) {
    for (const seed of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const row = { id: "x", title: "Milk ~rex", isCompleted: false };
      const wishes = misdeed.wishes({
        name: "rex",
        today: "2026-03-01",
        random: createRandom(`${seed}`),
        rows: () => [row],
        deleted: () => seed % 2 === 0 ? ["y"] : [],
      });
      for (const wish of wishes.filter(({ expects }) => expects?.result === "refused")) {
        tried += 1;
        assert.deepEqual(await judged(wish, { result: "ok" }), ["right-answer"]);
        assert.deepEqual(await judged(wish, { result: "refused", code: "other" }), ["right-answer"]);
        assert.deepEqual(await judged(wish, { result: "failed", status: 500 }), ["server-error"]);
        assert.deepEqual(await judged(wish, { result: "refused", code: wish.expects?.code ?? null }), []);
      }
      for (const wish of wishes.filter(({ expects }) => expects?.result === "ok")) {
        tried += 1;
        assert.ok(
          (await judged(wish, { result: "refused", code: "input-invalid" })).includes("right-answer"),
        );
        assert.deepEqual(await judged(wish, { result: "refused", code: "rate-limit-exceeded" }), []);
      }
    }
  }
  assert.ok(tried > 50);
});

/** Names of the checks that this answer breaks, where every further look is refused. */
async function judged(wish: Wish, changes: Partial<Outcome>): Promise<readonly string[]> {
  const outcome: Outcome = {
    result: "ok",
    status: 200,
    code: null,
    text: "",
    structured: {},
    latencyMs: 1,
    ...changes,
  };
  const day: Day = {
    persona: personaOf("rex"),
    tick: 0,
    seed: 1,
    today: "2026-03-01",
    tools: [],
    sharedSpaces: [],
  };
  const checks = createChecks().begin(day);
  const found = await checks.after(
    { wish, outcome },
    () => Promise.resolve({ ...outcome, result: "refused", status: 200, code: "cursor-invalid" }),
  );
  return found.map(({ check }) => check);
}

/** A day with a few records, then one misdeed, twice: some need what the first time did. */
function playing(misdeed: Misdeed, seed: string, days: (readonly Turn[])[]): Brain {
  return {
    name: "misdeeds",
    begin(day: Day) {
      const memory = createMemory(day.persona.name);
      const random = createRandom(seed);
      const moves: (() => Move)[] = [
        () => ({ calls: ["todo_list", "notes_search", "habits_list"].map((tool) => ({ tool, args: {} })) }),
        () => ({
          calls: [
            { tool: "todo_create", args: { title: "Milk ~rex" } },
            { tool: "notes_create", args: { title: "Log ~rex" } },
            { tool: "habits_create", args: { title: "Walk ~rex" } },
          ],
        }),
        ...[1, 2].map(() => () => ({
          calls: misdeed.wishes({
            name: day.persona.name,
            today: day.today,
            random,
            ...memory,
          }),
        })),
      ];
      return {
        next(turns: readonly Turn[]) {
          memory.observe(turns);
          days.push(turns);
          return Promise.resolve(moves[turns.length]?.() ?? { end: "" });
        },
        rate: () => Promise.resolve([]),
      };
    },
  };
}
