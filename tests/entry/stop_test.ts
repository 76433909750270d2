import assert from "node:assert/strict";
import { createConnected } from "../_support/connected.ts";
import { connect } from "../_support/oauth_flow.ts";
import { STOP_ABORT_MS, STOP_GRACE_MS, USE_REPORT_DELAY_MS } from "../../lib/kit/limits.ts";
import { call, callOk, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";
import { SYNC_URL } from "../_support/test_backend.ts";

const url = (path: string) => `http://gateway.test${path}`;

Deno.test("after stop() new work is refused and /ready says so", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  await world.gateway.stop();
  const answer = await rpc(world, anna, "tools/list");
  assert.equal(answer.status, 503);
  assert.equal(answer.body.error?.message, "The gateway is stopping: connect again shortly.");
  const ready = await world.gateway.fetch(new Request(url("/ready")));
  assert.equal(ready.status, 503);
  await ready.body?.cancel();
});

Deno.test("stop() waits for a call in flight", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  world.intercept = async ({ url }) => {
    if (!url.includes("/pull")) return undefined;
    reached.resolve();
    await released.promise;
    return undefined;
  };
  world.delay = () => new Promise(() => {}); // the grace never ends by itself
  const calling = callOk(world, anna, "habits_list");
  await reached.promise;
  const stopping = world.gateway.stop();
  released.resolve();
  assert.deepEqual((await calling).habits, []);
  await stopping;
});

for (const path of ["short", "SDK's"] as const) {
  Deno.test(`stop() ends a write that does not end, and its client is told that nobody knows: the ${path} path`, async () => {
    await using world = await createWorld({ env: { LEDGER: "off" } });
    const anna = await world.person("anna");
    const gateway = path === "short" ? world.gateway : world.sdkOnly;
    const pushed = Promise.withResolvers<void>();
    const pushes: AbortSignal[] = [];
    let wasEnded: boolean | undefined;
    world.intercept = ({ method, url, signal }) => {
      if (method !== "POST" || !url.startsWith(`${SYNC_URL}/`)) return undefined;
      pushes.push(signal);
      pushed.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    // Only the grace is over; whatever else waits goes on until its signal ends it.
    world.delay = (ms, signal) => {
      // By the time stop() waits for what it has cut off, the push is ended; not by a timeout of its own later on.
      if (ms === STOP_ABORT_MS) wasEnded = pushes[0]?.aborted;
      return ms === STOP_GRACE_MS || signal?.aborted
        ? Promise.resolve()
        : new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
    };
    const entry = { title: "t", content: "c", entryDate: "2026-03-01" };
    const calling = call({ ...world, gateway }, anna, "journal_add", entry);
    await pushed.promise;
    await gateway.stop();
    assert.equal(wasEnded, true);
    const outcome = await calling;
    assert.match(
      outcome.ok ? "" : outcome.message,
      /^It is unknown whether the journal entry was stored \([0-9a-f-]{36}\): .* List before you repeat the call\.$/,
    );
  });
}

Deno.test("stop() waits for counts of uses that are being told already", async () => {
  const timers: (() => void)[] = [];
  await using world = await createConnected({}, undefined, {
    after(ms, run) {
      if (ms === USE_REPORT_DELAY_MS) timers.push(run);
      return () => {};
    },
  });
  const { access } = await connect(world, world.anna, { allow: ["notes:read", "todo:read"] });
  for (const name of ["notes_search", "todo_list"]) {
    assert.equal((await world.call(access, name)).status, 200);
  }
  const order: string[] = [];
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<undefined>();
  world.intercept = (request) => {
    if (!request.url.endsWith("/use")) return undefined;
    order.push("told");
    asked.resolve();
    return held.promise;
  };
  for (const run of timers) run();
  await asked.promise;
  const stopped = world.gateway.stop().then(() => order.push("stopped"));
  // A gateway that stops has ended everything else by the time a new request of its own comes back.
  await new Promise((resolve) => setTimeout(resolve));
  held.resolve(undefined);
  await stopped;
  assert.deepEqual(order, ["told", "told", "stopped"]);
});
