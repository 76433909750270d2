// The two who work through a connected app: their days end well, and no check finds anything, whatever waits for their own page.
import assert from "node:assert/strict";
import { attempt } from "../../../runner/attempt/attempt.ts";
import { createInputHash } from "../../../runner/attempt/input_hash.ts";
import type { Brain, Turn } from "../../../runner/brain/brain.ts";
import { createScriptedBrain } from "../../../runner/brains/scripted.ts";
import { createChecks } from "../../../runner/checks/checks.ts";
import { createPersonasApi } from "../../../runner/personas_api/personas_api.ts";
import { createAppScene, GOING, personaOf, wayOf, WITHIN_MS } from "../access/_app_scene.ts";
import { RESOURCE } from "../../_support/oauth_flow.ts";
import { createPlayedPersonasApi, PERSONAS_KEY, PERSONAS_URL } from "../_support/played_personas_api.ts";

for (const name of ["julia", "ida"]) {
  Deno.test(`${name}'s days through an app end well, and no check finds anything`, async () => {
    await using scene = await createAppScene();
    const [way, access, api] = [wayOf(scene), scene.start(), createPlayedPersonasApi()];
    const turns: Turn[] = [];
    for (let tick = 0; tick < 8; tick += 1) {
      // An app may ask the person so and so often in an hour.
      scene.world.clock.now += 3_601_000;
      const report = await attempt(
        {
          api: createPersonasApi({ ...way, fetch: api.fetch, url: PERSONAS_URL, key: PERSONAS_KEY }),
          access,
          mana: { ...way, url: RESOURCE, version: "0.0.0-test", lateAnswerMs: WITHIN_MS },
          brain: watched(turns),
          checks: createChecks(),
          clock: way.clock,
          hash: createInputHash("a secret of the tests"),
          newTickId: () => crypto.randomUUID(),
          seed: 1,
          events: { called: () => {}, violated: () => {} },
        },
        { userId: name, persona: personaOf(name) },
        { soft: GOING, hard: GOING },
      );
      assert.equal(report.kind === "played" && report.ending, "done");
    }
    const calls = turns.flatMap(({ calls }) => calls);
    for (const { wish, outcome, violations } of calls) {
      assert.deepEqual(violations, [], `${wish.tool} ${JSON.stringify(wish)}: ${outcome.text}`);
    }
    const codes = new Set(calls.map(({ outcome }) => outcome.code ?? outcome.result));
    const right = name === "ida" ? ["ok", "confirmation-declined", "approval-needed"] : ["ok"];
    assert.deepEqual([...codes].sort(), right.sort());
  });
}

/** The scripted brain; turns of all days are added to `seen`. */
function watched(seen: Turn[]): Brain {
  const brain = createScriptedBrain();
  return {
    name: brain.name,
    begin(day) {
      const mind = brain.begin(day);
      return {
        next(turns, signal) {
          seen.push(...turns.slice(-1));
          return mind.next(turns, signal);
        },
        rate: (turns, signal) => mind.rate(turns, signal),
      };
    },
  };
}
