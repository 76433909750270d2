// An attempt whose day an engine plays by itself: what it tells becomes rows, and it is ended with the day.
import assert from "node:assert/strict";
import { BrainFault, type Turn } from "../../../runner/brain/brain.ts";
import type { Engine, EngineDay } from "../../../runner/brain/engine.ts";
import { called, turnOf } from "../model/_a_day.ts";
import { createRunnerWorld, type RunnerWorld } from "../_support/runner_world.ts";

const task = called({ tool: "todo_create", args: { title: "Milk" } });

/** An engine that tells these turns and ends so. `ended` says how often it was ended. */
function engineOf(
  turns: readonly Turn[],
  end: () => EngineDay,
): Engine & { ended: number; tokens: string[] } {
  const engine: Engine & { ended: number; tokens: string[] } = {
    name: "test",
    ended: 0,
    tokens: [],
    async *play(_day, token) {
      try {
        engine.tokens.push(await token());
        yield* turns;
        return end();
      } finally {
        engine.ended++;
      }
    },
  };
  return engine;
}

const rowsOf = ({ api }: RunnerWorld) =>
  api.rows().map(({ toolName, result, errorMessage }) => [toolName, result, errorMessage]);

Deno.test("what an engine tells becomes rows and ratings; it is given the persona's own token", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const refused = called({ tool: "todo_complete", args: { id: "x" } }, {
    result: "refused",
    code: "record-not-found",
  });
  const engine = engineOf([turnOf(task, refused)], () => ({
    ending: "done",
    ratings: [{ module: "todo", rating: 4, notes: "Quick." }],
  }));
  const report = await runner.play("anna", engine);
  assert.deepEqual(rowsOf(runner), [
    ["todo_create", "ok", undefined],
    ["todo_complete", "error", "record-not-found"],
    ["runner.tick", "ok", "done"],
  ]);
  assert.equal(report.kind === "played" && report.calls, 2);
  assert.deepEqual(runner.api.feedback().map(({ module, rating }) => [module, rating]), [["todo", 4]]);
  assert.match(engine.tokens[0] ?? "", /^ey/);
  assert.equal(engine.ended, 1);
});

Deno.test("an engine whose model is away keeps its rows, and the attempt does not throw", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const engine = engineOf([turnOf(task)], () => {
    throw new BrainFault("model", "away");
  });
  await runner.play("anna", engine);
  assert.deepEqual(rowsOf(runner), [["todo_create", "ok", undefined], ["runner.tick", "error", "model"]]);
});

Deno.test("an engine that calls without end is ended at forty calls", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const engine = engineOf(Array.from({ length: 60 }, () => turnOf(task)), () => assert.fail("not ended"));
  await runner.play("anna", engine);
  const rows = rowsOf(runner);
  assert.deepEqual([rows.length, rows.at(-1)], [41, ["runner.tick", "ok", "turns"]]);
  assert.equal(engine.ended, 1);
});

Deno.test("without the gateway no engine is asked", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  runner.intercept = ({ url }) => url.includes("/mcp") ? new Response(null, { status: 503 }) : undefined;
  const engine = engineOf([turnOf(task)], () => assert.fail("asked"));
  await runner.play("anna", engine);
  assert.deepEqual(rowsOf(runner), [["runner.tick", "error", "gateway"]]);
  assert.equal(engine.ended, 0);
});
