import assert from "node:assert/strict";
import type { AttemptReport } from "../../runner/attempt/attempt.ts";
import { attempt } from "../../runner/attempt/attempt.ts";
import { BrainFault, type Wish } from "../../runner/brain/brain.ts";
import { createFakeClock } from "../_support/fake_clock.ts";
import { brainOf, createRunnerWorld, personaOf, type RunnerWorld } from "./_support/runner_world.ts";

const LIST: Wish = { tool: "todo_list", args: {} };

function endingOf(report: AttemptReport): string {
  return report.kind === "played" ? report.ending : report.kind;
}

/** Names, results and words of the rows. */
function rowsOf({ api }: RunnerWorld) {
  return api.rows().map(({ toolName, result, errorMessage }) => [toolName, result, errorMessage]);
}

function isCall(request: Request): boolean {
  return request.headers.get("mcp-method") === "tools/call";
}

Deno.test("a mind that never ends is ended after 15 turns or 40 calls, and is asked for its ratings all the same", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const turns = brainOf(Array(20).fill({ calls: [LIST] }), () => [{ module: "todo", rating: 3, notes: "" }]);
  assert.equal(endingOf(await runner.play("anna", turns)), "turns");
  assert.equal(rowsOf(runner).filter(([tool]) => tool === "todo_list").length, 15);
  assert.deepEqual(rowsOf(runner).at(-1), ["runner.tick", "ok", "turns"]);
  assert.equal(runner.api.feedback().length, 1);
  const many = brainOf(Array(9).fill({ calls: Array(9).fill(LIST) }));
  const report = await runner.play("anna", many);
  assert.equal(endingOf(report), "turns");
  assert.equal(report.kind === "played" && report.calls, 40);
});

Deno.test("five minutes end a mind that heeds no signal, and what was done is kept", async () => {
  const clock = createFakeClock();
  await using runner = await createRunnerWorld(["anna"], { clock });
  const hanging = brainOf([{ calls: [LIST] }, () => {
    clock.advance(5 * 60_000);
    return new Promise<never>(() => {});
  }]);
  assert.equal(endingOf(await runner.play("anna", hanging)), "deadline");
  assert.deepEqual(rowsOf(runner), [["todo_list", "ok", undefined], ["runner.tick", "error", "deadline"]]);
  assert.equal(runner.requests.filter(({ url }) => url.endsWith("/sign-out")).length, 1, "signed out");
});

Deno.test("five minutes end a call that hangs; it has a row", async () => {
  const clock = createFakeClock();
  await using runner = await createRunnerWorld(["anna"], { clock });
  runner.intercept = (request) => {
    if (!isCall(request)) return undefined;
    const { promise, reject } = Promise.withResolvers<never>();
    request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
    clock.advance(5 * 60_000);
    return promise;
  };
  assert.equal(endingOf(await runner.play("anna", brainOf([{ calls: [LIST, LIST] }]))), "deadline");
  assert.deepEqual(rowsOf(runner), [
    ["todo_list", "error", "cut-off"],
    ["todo_list", "error", "cut-off"],
    ["runner.tick", "error", "deadline"],
  ]);
});

Deno.test("who cannot sign in plays no day, and no brain is asked", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const brain = brainOf([{ calls: [LIST] }]);
  runner.intercept = ({ url }) =>
    url.endsWith("/sign-in/email")
      ? Response.json({ code: "INVALID_EMAIL_OR_PASSWORD" }, { status: 401 })
      : undefined;
  const report = await runner.play("anna", brain);
  assert.equal(endingOf(report), "sign-in");
  assert.equal(report.kind === "played" && report.fault?.away, null, "a matter of this persona alone");
  runner.intercept = ({ url }) => url.includes("/sign-in/") ? new Response("", { status: 502 }) : undefined;
  const away = await runner.play("anna", brain);
  assert.equal(away.kind === "played" && away.fault?.away, "auth");
  assert.deepEqual(brain.days, []);
  assert.deepEqual(rowsOf(runner).map(([, , words]) => words), ["sign-in", "sign-in"]);
});

Deno.test("without a gateway no brain is asked; one that goes in the middle ends the day and keeps its rows", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  let isDown = true;
  runner.intercept = ({ url }) => {
    if (isDown && url.includes("gateway.test")) throw new TypeError("connection refused");
  };
  const brain = brainOf([{ calls: [LIST] }, () => {
    isDown = true;
    return { calls: [LIST, LIST, { tool: "todo_create", args: { title: "a" } }, LIST] };
  }, { calls: [LIST] }]);
  assert.equal(endingOf(await runner.play("anna", brain)), "gateway");
  assert.deepEqual(brain.days, []);
  isDown = false;
  assert.equal(endingOf(await runner.play("anna", brain)), "gateway");
  assert.deepEqual(rowsOf(runner).slice(1), [
    ["todo_list", "ok", undefined],
    ["todo_list", "error", "no-answer"],
    ["todo_list", "error", "no-answer"],
    ["todo_create", "error", "no-answer"],
    ["runner.tick", "error", "gateway"],
  ]);
});

Deno.test("a model that is away ends the day, keeps what was done and gives no rating", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const away = brainOf([{ calls: [LIST] }, () => Promise.reject(new BrainFault("model", "429"))], () => [
    { module: "todo", rating: 5, notes: "invented" },
  ]);
  const report = await runner.play("anna", away);
  assert.equal(endingOf(report), "model");
  assert.deepEqual(rowsOf(runner), [["todo_list", "ok", undefined], ["runner.tick", "error", "model"]]);
  assert.deepEqual(runner.api.feedback(), []);
});

Deno.test("ratings that do not hold are left out, and cost no other", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const rates = (rating: number, module = "todo") => ({ module, rating, notes: "x".repeat(2000) });
  const brain = brainOf(
    [{ calls: [LIST] }],
    () => [rates(3.5), rates(0), rates(6), rates(2, "a b"), rates(4), rates(1)],
  );
  await runner.play("anna", brain);
  assert.deepEqual(runner.api.feedback().map(({ rating, notes }) => [rating, notes?.length]), [[4, 1000]]);
});

Deno.test("a runner that stops ends its attempts after their call, not after their day", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const soft = new AbortController();
  runner.intercept = (request) => {
    if (isCall(request)) soft.abort(new Error("stop"));
    return undefined;
  };
  const brain = brainOf([{ calls: [LIST, { tool: "todo_create", args: { title: "later" } }] }, {
    calls: [LIST],
  }]);
  const player = { userId: runner.userId("anna"), persona: personaOf("anna") };
  const signals = { soft: soft.signal, hard: new AbortController().signal };
  assert.equal(endingOf(await attempt(runner.deps({ brain }), player, signals)), "interrupted");
  assert.deepEqual(rowsOf(runner), [["todo_list", "ok", undefined], ["runner.tick", "error", "interrupted"]]);
});

Deno.test("the whole tick is posted after every turn: a post that fails is made up for by the next one", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  let failures = 1;
  runner.api.answer = ({ url }) =>
    url.endsWith("/actions") && failures-- > 0 ? new Response("", { status: 503 }) : undefined;
  const report = await runner.play("anna", brainOf([{ calls: [LIST] }, { calls: [LIST, LIST] }]));
  assert.deepEqual(runner.api.posts, [3, 4]);
  assert.equal(runner.api.rows().length, 4);
  assert.equal(report.kind === "played" && report.isPosted, true);
  assert.equal(new Set(runner.api.rows().map(({ tickId }) => tickId)).size, 1);
});

Deno.test("a tick whose rows cannot be stored says so; a service without claims is played all the same", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  runner.api.isOlder = true;
  const brain = brainOf([{ calls: [LIST] }]);
  const report = await runner.play("anna", brain);
  assert.equal(endingOf(report), "done");
  assert.equal(
    brain.days[0]?.tick,
    Math.floor(runner.world.clock.now / 86_400_000),
    "days are counted instead",
  );
  runner.api.answer = ({ url }) => url.endsWith("/actions") ? new Response("", { status: 503 }) : undefined;
  const lost = await runner.play("anna", brain);
  assert.equal(lost.kind === "played" && lost.isPosted, false);
});

Deno.test("rows tell codes and keyed hashes, and nothing of what was written", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const secret = "Xylophone lessons";
  const odd = { tool: "no such tool ☃", args: { secret } };
  await runner.play(
    "anna",
    brainOf([{
      calls: [
        { tool: "todo_create", args: { title: secret, priority: "high" } },
        { tool: "todo_create", args: { priority: "high", title: secret } },
        { tool: "todo_create", args: { title: 5, secret } },
        odd,
      ],
    }]),
  );
  const rows = runner.api.rows();
  assert.doesNotMatch(JSON.stringify(rows), /Xylophone/);
  assert.match(rows[0]?.inputHash ?? "", /^[0-9a-f]{16}$/);
  assert.equal(rows[0]?.inputHash, rows[1]?.inputHash, "members in another order are the same arguments");
  assert.notEqual(rows[0]?.inputHash, rows[2]?.inputHash);
  assert.deepEqual(rows.slice(2, 4).map(({ toolName, errorMessage }) => [toolName, errorMessage]), [
    ["todo_create", "input-invalid"],
    ["runner.odd-name", "tool-unknown"],
  ]);
});
