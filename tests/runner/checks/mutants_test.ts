// A gateway with a fault is caught by a check, and a sound one by none. Each mutant is the real gateway behind a door that does one thing wrong.
import assert from "node:assert/strict";
import type { Move, Turn } from "../../../runner/brain/brain.ts";
import { createScriptedBrain } from "../../../runner/brains/scripted.ts";
import { createChecks } from "../../../runner/checks/checks.ts";
import { changed, listIn, type Mutant, mutate, withOutput } from "../_support/mutant_gateway.ts";
import { shareSpace } from "../_support/shared_space.ts";
import { brainOf, createRunnerWorld, type RunnerWorld } from "../_support/runner_world.ts";

Deno.test("no check finds anything in the days of all people at a sound gateway", async () => {
  const people = ["anna", "ben", "marcus", "lena", "sofia", "tom", "kai", "paul", "maya", "rex", "ida"];
  await using runner = await createRunnerWorld(people);
  for (const name of [...people, ...people]) await playScripted(runner, name);
  assert.deepEqual(violationsOf(runner), []);
  assert.ok(runner.api.rows().length > 400, "checks look for themselves, and their calls are rows too");
});

caught(
  "drops updates",
  ["read-back"],
  ({ tool, say }) => tool.endsWith("_update") ? say({ ok: true, changed: true }) : undefined,
);

caught(
  "drops completions",
  ["read-back"],
  ({ tool, say }) => tool === "todo_complete" ? say({ ok: true, changed: true }) : undefined,
);

caught(
  "drops what is appended",
  ["read-back"],
  ({ tool, say }) => tool === "notes_append" ? say({ ok: true, changed: true }) : undefined,
);

caught(
  "says that a second completion changed something",
  ["idempotent"],
  async ({ tool, ask }) =>
    tool === "todo_complete" ? await withOutput(await ask(), () => ({ ok: true, changed: true })) : undefined,
);

caught(
  "forgets deletes",
  ["gone"],
  ({ tool, text, say }) =>
    tool.endsWith("_delete") && text.includes('"accept"')
      ? say({ ok: true, id: JSON.parse(text).params.arguments.id })
      : undefined,
);

caught(
  "takes no for yes",
  ["right-answer"],
  ({ tool, text, request, ask }) =>
    tool === "notes_delete" ? ask(changed(request, { body: accepting(text) })) : undefined,
);

caught("takes no for yes, and says no", ["kept"], async ({ tool, text, request, ask, refuse }) => {
  if (tool !== "notes_delete" || !text.includes(DECLINE)) return undefined;
  await (await ask(changed(request, { body: accepting(text) }))).body?.cancel();
  return refuse("The call is not allowed (confirmation-declined): the person said no.");
});

caught(
  "stores a record in the list, but shows it only half",
  ["read-back"],
  async ({ tool, ask }) =>
    tool === "notes_read"
      ? await withOutput(
        await ask(),
        ({ note, ...rest }) => ({ ...rest, note: { ...Object(note), content: "" } }),
      )
      : undefined,
);

caught(
  "loses what is new from its lists",
  ["read-back"],
  async ({ tool, ask }) =>
    tool === "todo_list"
      ? await withOutput(await ask(), (output) => ({ ...output, [listIn(output).name]: [] }))
      : undefined,
);

caught(
  "answers with an error of its own",
  ["server-error"],
  ({ tool }) => tool === "todo_create" ? new Response("oops", { status: 500 }) : undefined,
);

caught(
  "answers what fits no schema",
  ["schema"],
  async ({ tool, ask }) =>
    tool === "notes_create" ? await withOutput(await ask(), () => ({ note: "fine" })) : undefined,
);

caught(
  "carries out what it should refuse",
  ["right-answer"],
  ({ text, request, ask }) =>
    text.includes('"titel"')
      ? ask(changed(request, { body: text.replace('"titel"', '"title"') }))
      : undefined,
);

Deno.test("a gateway that mixes people is caught by what another persona has signed", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  const write = brainOf([{ calls: [{ tool: "todo_create", args: { title: "Climb ~ben" } }] }]);
  let token = "";
  mutate(runner, ({ request }) => {
    token = request.headers.get("authorization") ?? "";
    return undefined;
  });
  await runner.play("ben", write, { checks: createChecks() });
  mutate(runner, ({ request, tool, ask }) => {
    if (tool !== "todo_list") return undefined;
    const headers = new Headers(request.headers);
    headers.set("authorization", token);
    return ask(changed(request, { headers }));
  });
  const read = brainOf([{ calls: [{ tool: "todo_list", args: {} }] }]);
  await runner.play("anna", read, { checks: createChecks() });
  assert.deepEqual(violationsOf(runner), ["own-list"]);
});

Deno.test("a gateway that mixes spaces is caught: what was written in one is found in another", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  const spaces = await shareSpace(runner, "anna", "ben");
  mutate(runner, ({ request, ask }) => {
    const headers = new Headers(request.headers);
    headers.delete("x-mana-space");
    return ask(changed(request, { headers }));
  });
  const brain = brainOf([{
    calls: [{ tool: "notes_create", args: { title: "Rent ~anna" }, space: spaces.id }],
  }]);
  await runner.play("anna", brain, { checks: createChecks(), access: spaces.access });
  assert.deepEqual(violationsOf(runner), ["spaces-apart"]);
});

Deno.test("a gateway that does not say that another member wrote is caught; one that says so is not", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  const spaces = await shareSpace(runner, "anna", "ben");
  const changes = { checks: createChecks(), access: spaces.access };
  const write = [{ calls: [{ tool: "notes_create", args: { title: "Rent ~ben" }, space: spaces.id }] }];
  await runner.play("ben", brainOf(write), changes);
  const read = [{ calls: [{ tool: "notes_search", args: {}, space: spaces.id }] }];
  await runner.play("anna", brainOf(read), changes);
  assert.deepEqual(violationsOf(runner), []);
  mutate(
    runner,
    async ({ tool, ask }) =>
      tool === "notes_search"
        ? await withOutput(await ask(), ({ remarks: _none, ...rest }) => rest)
        : undefined,
  );
  await runner.play("anna", brainOf(read), changes);
  assert.deepEqual(violationsOf(runner), ["marked"]);
});

Deno.test("scripted days alone catch a gateway that drops updates, and one that forgets deletes", async () => {
  for (
    const [suffix, check, name] of [["_update", "read-back", "anna"], ["_delete", "gone", "ida"]] as const
  ) {
    await using runner = await createRunnerWorld([name]);
    mutate(runner, ({ tool, text, say }) => {
      if (!tool.endsWith(suffix) || suffix === "_delete" && !text.includes('"accept"')) return undefined;
      const { id } = JSON.parse(text).params.arguments;
      return say(suffix === "_delete" ? { ok: true, id } : { ok: true, changed: true });
    });
    for (let tick = 0; tick < 10 && violationsOf(runner).length === 0; tick += 1) {
      await playScripted(runner, name);
    }
    assert.deepEqual(violationsOf(runner), [check], suffix);
  }
});

const DECLINE = '"action":"decline"';

function accepting(text: string): string {
  return text.replace(DECLINE, '"action":"accept","content":{}');
}

/** A mutant is caught by exactly these checks, in a day that does a little of everything. */
function caught(fault: string, checks: readonly string[], mutant: Mutant): void {
  Deno.test(`a gateway that ${fault} is caught by ${checks.join(" and ")}`, async () => {
    await using runner = await createRunnerWorld(["anna"]);
    const brain = brainOf(LITTLE_OF_EVERYTHING);
    await runner.play("anna", brain, { checks: createChecks() });
    assert.deepEqual(violationsOf(runner), [], "without the mutant");
    mutate(runner, mutant);
    await runner.play("anna", brain, { checks: createChecks() });
    assert.deepEqual([...violationsOf(runner)].sort(), [...checks].sort());
    const words = runner.api.rows().filter(isViolation).map(({ errorMessage }) => errorMessage ?? "").join();
    assert.doesNotMatch(words, /~anna|milk|idea/i, "a violation tells no value");
  });
}

/** Writes, changes, completes and deletes a task and notes, and makes one mistake. */
const LITTLE_OF_EVERYTHING: Parameters<typeof brainOf>[0] = [
  {
    calls: [
      { tool: "todo_create", args: { title: "Milk ~anna" } },
      { tool: "notes_create", args: { title: "An idea ~anna", content: "Begin ~anna" } },
      {
        tool: "todo_create",
        args: { titel: "Milk ~anna" },
        expects: { result: "refused", code: "input-invalid" },
      },
    ],
  },
  (turns): Move => {
    const id = idIn(turns, "todo_create");
    if (id === undefined) return { calls: [{ tool: "todo_list", args: {} }] };
    return {
      calls: [
        { tool: "todo_update", args: { id, title: "Oat milk ~anna", priority: "high" } },
        { tool: "todo_complete", args: { id } },
        { tool: "todo_delete", args: { id }, answer: "yes" },
      ],
    };
  },
  (turns): Move => {
    const id = idIn(turns, "notes_create");
    if (id === undefined) return { calls: [{ tool: "notes_search", args: {} }] };
    const expects = { result: "refused", code: "confirmation-declined" } as const;
    return {
      calls: [
        { tool: "notes_append", args: { id, content: "and more ~anna" } },
        { tool: "notes_delete", args: { id }, answer: "no", expects },
      ],
    };
  },
];

function idIn(turns: readonly Turn[], tool: string): string | undefined {
  const [called] = turns.flatMap(({ calls }) => calls).filter(({ wish, outcome }) =>
    wish.tool === tool && outcome.result === "ok"
  );
  return /"id":"([^"]+)"/.exec(JSON.stringify(called?.outcome.structured ?? {}))?.[1];
}

async function playScripted(runner: RunnerWorld, name: string): Promise<void> {
  const report = await runner.play(name, createScriptedBrain(), { checks: createChecks() });
  assert.equal(report.kind, "played");
}

/** Names of the checks that were broken, each once. */
function violationsOf(runner: RunnerWorld): readonly string[] {
  return [
    ...new Set(
      runner.api.rows().filter(isViolation).map(({ toolName }) => toolName.slice("runner.check.".length)),
    ),
  ];
}

function isViolation({ toolName }: { readonly toolName: string }): boolean {
  return toolName.startsWith("runner.check.");
}
