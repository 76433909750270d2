// People's data grows: checks look beyond the first page of a list, so that a gateway with a fault is still caught after months.
import assert from "node:assert/strict";
import { createChecks } from "../../../runner/checks/checks.ts";
import { listIn, mutate, withOutput } from "../_support/mutant_gateway.ts";
import { brainOf, createRunnerWorld, type RunnerWorld } from "../_support/runner_world.ts";

Deno.test("in a list of several pages a record that is missing, and one that should be gone, are found", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  await writeNotes(runner, 130);
  const day = brainOf([
    { calls: [{ tool: "notes_create", args: { title: "The newest ~anna" } }] },
    ([turn]) => {
      const id = /"id":"([^"]+)"/.exec(JSON.stringify(turn?.calls[0]?.outcome.structured))?.[1];
      return { calls: [{ tool: "notes_delete", args: { id }, answer: "yes" }] };
    },
  ]);
  await runner.play("anna", day, { checks: createChecks() });
  assert.deepEqual(violationsOf(runner), [], "a sound gateway");
  const pages = runner.api.rows().filter(({ toolName }) => toolName === "notes_search").length;
  assert.ok(pages >= 2, "a deletion is looked for on every page");

  mutate(
    runner,
    async ({ tool, ask }) =>
      tool === "notes_search"
        ? await withOutput(await ask(), (output) => {
          const { name, rows } = listIn(output);
          return { ...output, [name]: rows.filter((row) => !JSON.stringify(row).includes("newest")) };
        })
        : undefined,
  );
  await runner.play("anna", day, { checks: createChecks() });
  assert.deepEqual(violationsOf(runner), ["read-back", "read-back"], "in the list, and by its title");
});

/** Writes so many, a few seconds after each other. */
async function writeNotes(runner: RunnerWorld, count: number): Promise<void> {
  runner.intercept = () => {
    runner.world.clock.now += 3_000;
    return undefined;
  };
  const calls = Array.from({ length: count }, (_, index) => ({
    tool: "notes_create",
    args: { title: `Note ${index} ~anna`, content: "Something to remember ~anna" },
  }));
  for (let from = 0; from < count; from += 40) {
    await runner.play("anna", brainOf([{ calls: calls.slice(from, from + 40) }]));
  }
  runner.intercept = () => undefined;
  const written = runner.api.rows().filter(({ toolName, result }) =>
    toolName === "notes_create" && result === "ok"
  );
  assert.equal(written.length, count);
}

function violationsOf({ api }: RunnerWorld): readonly string[] {
  return api.rows().flatMap(({ toolName }) =>
    toolName.startsWith("runner.check.") ? [toolName.slice("runner.check.".length)] : []
  );
}
