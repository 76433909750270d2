// What the scripted people do is right: every deed of every archetype is made at a real gateway, and every one is accepted.
import assert from "node:assert/strict";
import { attempt } from "../../../runner/attempt/attempt.ts";
import type { Deed, Row } from "../../../runner/behaviours/behaviour.ts";
import { kindOfModule } from "../../../runner/behaviours/record_kinds.ts";
import type { Brain, Day, Turn, Wish } from "../../../runner/brain/brain.ts";
import { PARTS } from "../../../runner/brains/scripted/archetypes.ts";
import { createMemory } from "../../../runner/brains/scripted/memory.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { createRandom } from "../../../runner/kit/random.ts";
import { createRunnerWorld } from "../_support/runner_world.ts";

for (const { behaviour: { archetype, deeds, calls } } of PARTS) {
  Deno.test(`everything that ${archetype} does is accepted`, async () => {
    const persona = readCatalogue().find((persona) => persona.archetype === archetype) ?? assert.fail();
    assert.ok(calls[0] >= 6 && calls[1] <= 14 && calls[0] <= calls[1], "a day has 6 to 14 calls");
    await using runner = await createRunnerWorld([persona.name]);
    const signal = new AbortController().signal;
    for (const [module, own] of Object.entries(deeds)) {
      const played: Turn[] = [];
      const player = {
        userId: runner.userId(persona.name),
        persona: { ...persona, moduleMix: { [module]: 1 } },
      };
      const report = await attempt(runner.deps({ brain: every(own, module, played) }), player, {
        soft: signal,
        hard: signal,
      });
      assert.equal(report.kind === "played" && report.ending, "done");
      const called = played.flatMap(({ calls }) => calls);
      for (const { wish, outcome } of called) {
        assert.equal(outcome.result, "ok", `${wish.tool} ${JSON.stringify(wish.args)}: ${outcome.text}`);
      }
      for (const { tool, to } of own) {
        const isMade = called.some(({ wish }) => wish.tool === tool);
        // No tool saves an article, so nothing of them can be read here.
        assert.ok(isMade || module === "articles" && to !== null, `${tool} was not tried`);
      }
    }
  });
}

Deno.test("everybody of the catalogue has deeds for each module of the mix that the gateway has", () => {
  for (const { name, archetype, moduleMix } of readCatalogue()) {
    const part = PARTS.find(({ behaviour }) => behaviour.archetype === archetype) ?? assert.fail(archetype);
    const without = Object.keys(moduleMix).filter((module) => part.behaviour.deeds[module] === undefined);
    assert.deepEqual(without.filter((module) => !["goals", "newsResearch"].includes(module)), [], name);
    for (const standIn of ["notes", "todo"]) {
      const mixed = moduleMix.goals ?? moduleMix.newsResearch;
      if (mixed !== undefined) assert.ok(part.behaviour.deeds[standIn] !== undefined, `${name}: ${standIn}`);
    }
  }
});

/** A brain that makes every deed of a module a few times, first those that need no record, at last those that delete. */
function every(deeds: readonly Deed[], module: string, played: Turn[]): Brain {
  const order = (deed: Deed) => deed.to === null ? 0 : deed.tool.endsWith("_delete") ? 2 : 1;
  const queue = [...deeds].sort((a, b) => order(a) - order(b));
  return {
    name: "every",
    begin(day: Day) {
      const memory = createMemory(day.persona.name);
      const random = createRandom(module);
      const wishOf = (deed: Deed, row: Row): Wish => ({
        tool: deed.tool,
        ...deed.wish({ name: day.persona.name, today: day.today, random, row }),
      });
      return {
        next(turns) {
          played.splice(0, Infinity, ...turns);
          memory.observe(turns);
          const kind = kindOfModule(module) ?? assert.fail(module);
          if (turns.length === 0) return Promise.resolve({ calls: [{ tool: kind.list, args: kind.all }] });
          const deed = queue.shift();
          if (deed === undefined) return Promise.resolve({ end: "" });
          if (deed.to === null) {
            return Promise.resolve({ calls: [1, 2, 3, 4].map(() => wishOf(deed, { id: "" })) });
          }
          const rows = memory.rows(module).filter(deed.to).slice(0, deed.tool.endsWith("_delete") ? 1 : 2);
          if (rows.length === 0) return Promise.resolve({ calls: [{ tool: kind.list, args: kind.all }] });
          return Promise.resolve({ calls: rows.map((row) => wishOf(deed, row)) });
        },
        rate: () => Promise.resolve([]),
      };
    },
  };
}
