// What an operator's people do, in one process: every step, none left out.
import assert from "node:assert/strict";
import { print } from "../../scripts/print.ts";
import { installInProcess } from "./in_process.ts";
import { hasPassed, tableOf, takeSteps } from "./step.ts";
import { acceptanceSteps } from "./steps.ts";

Deno.test("acceptance: people of existing services connect an app and work with it, step by step", async (t) => {
  await using installation = await installInProcess();
  const results = await takeSteps(
    installation,
    acceptanceSteps(),
    async (says, run) => void await t.step(says, run),
  );
  print(tableOf(results));
  assert.deepEqual(results.filter(({ leftOut }) => leftOut !== undefined), []);
  assert.ok(hasPassed(results));
});
