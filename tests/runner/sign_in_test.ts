import assert from "node:assert/strict";
import { createTurns } from "../../runner/kit/turns.ts";
import { createFakeClock } from "../_support/fake_clock.ts";
import { brainOf, createRunnerWorld } from "./_support/runner_world.ts";

const LIST = { calls: [{ tool: "todo_list", args: {} }] };

Deno.test("a token that ends in the middle of a day is replaced before it does: no call fails, and the gateway refuses none", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const { clock } = runner.world;
  const refused: string[] = [];
  const { fetch } = runner;
  const watched: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (response.status === 401) refused.push(String(input));
    return response;
  };
  const later = (ms: number) => () => {
    clock.now += ms;
    return LIST;
  };
  const brain = brainOf([LIST, later(13.5 * 60_000), later(16 * 60_000), later(1000)]);
  await runner.play("anna", brain, { mana: { ...runner.deps().mana, fetch: watched } });
  assert.deepEqual(runner.api.rows().map(({ toolName, result }) => [toolName, result]), [
    ...Array(4).fill(["todo_list", "ok"]),
    ["runner.tick", "ok"],
  ]);
  assert.deepEqual(refused, []);
  assert.equal(runner.requests.filter(({ url }) => url.endsWith("/api/auth/token")).length, 3);
});

Deno.test("a token that the gateway refuses is replaced, and the call is made again", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  let isRefused = false;
  runner.intercept = (request) => {
    if (isRefused || request.headers.get("mcp-method") !== "tools/call") return undefined;
    isRefused = true;
    const body = {
      jsonrpc: "2.0",
      id: null,
      error: { code: -32000, message: "no", data: { reason: "token-revoked" } },
    };
    return Response.json(body, { status: 401 });
  };
  await runner.play("anna", brainOf([LIST]));
  assert.deepEqual(runner.api.rows().map(({ result }) => result), ["ok", "ok"]);
});

Deno.test("a sign-in that came too often waits as it is told, and everybody else's waits behind it", async () => {
  const clock = createFakeClock();
  await using runner = await createRunnerWorld(["anna", "ben"], { clock });
  const seen: string[] = [];
  let refusals = 1;
  runner.intercept = async (request) => {
    if (!request.url.endsWith("/sign-in/email")) return undefined;
    const { email } = await request.json();
    seen.push(`${clock.now()} ${email}`);
    if (refusals-- <= 0) return undefined;
    queueMicrotask(() => setTimeout(() => clock.advance(7000)));
    return Response.json({}, { status: 429, headers: { "x-retry-after": "7" } });
  };
  const { access } = runner.deps();
  const reports = await Promise.all([
    runner.play("anna", brainOf([LIST]), { access }),
    runner.play("ben", brainOf([LIST]), { access }),
  ]);
  assert.deepEqual(reports.map((report) => report.kind === "played" && report.ending), ["done", "done"]);
  const [first = "", second = "", third = ""] = seen;
  assert.equal(seen.length, 3);
  assert.equal(first.split(" ")[1], second.split(" ")[1], "the same persona again");
  assert.deepEqual([first, second, third].map((line) => Number(line.split(" ")[0])), [1000, 8000, 8000]);
});

Deno.test("an account that is locked for half an hour keeps no worker: it tells how long it has to wait", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  runner.intercept = ({ url }) =>
    url.endsWith("/sign-in/email")
      ? Response.json({ error: "ACCOUNT_LOCKED", retryAfterSec: 1800 }, { status: 429 })
      : undefined;
  const report = await runner.play("anna", brainOf([LIST]));
  assert.equal(report.kind === "played" && report.ending, "sign-in");
  assert.equal(report.kind === "played" && report.fault?.waitMs, 1_800_000);
  assert.equal(runner.requests.filter(({ url }) => url.endsWith("/sign-in/email")).length, 1);
});

Deno.test("turns run one after the other, and one that fails takes no other with it", async () => {
  const turns = createTurns();
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await Promise.resolve();
    order.push(`${name} ends`);
    if (name === "b") throw new Error("b");
  };
  await Promise.allSettled([turns(work("a")), turns(work("b")), turns(work("c"))]);
  assert.deepEqual(order, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});
