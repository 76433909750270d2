import assert from "node:assert/strict";
import { brainOf, createRunnerWorld } from "./_support/runner_world.ts";

Deno.test("a day leaves a row for each call, one for its end, its ratings, and no open session", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const brain = brainOf([
    { calls: [{ tool: "todo_create", args: { title: "Buy milk" } }] },
    {
      calls: [{ tool: "todo_list", args: {} }, { tool: "mood_list", args: {} }, {
        tool: "todo_complete",
        args: { id: "nothing" },
      }],
    },
  ], () => [{ module: "todo", rating: 4, notes: "fine" }]);
  const report = await runner.play("anna", brain);
  assert.deepEqual(
    runner.api.rows().map(({ toolName, result, errorMessage }) => [toolName, result, errorMessage]),
    [
      ["todo_create", "ok", undefined],
      ["todo_list", "ok", undefined],
      ["mood_list", "ok", undefined],
      ["todo_complete", "error", "record-not-found"],
      ["runner.tick", "ok", "done"],
    ],
  );
  assert.equal(report.kind === "played" && report.ending, "done");
  assert.deepEqual(runner.api.feedback().map(({ module, rating }) => [module, rating]), [["todo", 4]]);
  assert.equal(runner.requests.filter(({ url }) => url.endsWith("/api/auth/sign-out")).length, 1);
  const [day] = brain.days;
  assert.ok(
    day?.tools.some(({ module }) => module === "mood"),
    "what the mix names is offered beyond the usual list",
  );
});
