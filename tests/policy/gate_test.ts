import assert from "node:assert/strict";
import { createMetrics } from "../../lib/observe/metrics.ts";
import { createGate, type GateDeps } from "../../lib/policy/gate.ts";
import type { Taken } from "../../lib/policy/rate_limiter.ts";
import { TOOLS } from "../_support/modules.ts";

/** The gate with budgets in a shared store: what the limiter answers comes later, or never. */

const PRINCIPAL = { issuer: "i", subject: "s", role: "user", scopes: null, client: null, expiresAt: 0 };

function gateWith(take: () => Taken | Promise<Taken>, given: Partial<GateDeps> = {}) {
  const [tool] = TOOLS;
  assert.ok(tool);
  const gate = createGate({
    mode: "enforce",
    rateLimiter: { take },
    limits: { reads: 1, writes: 1 },
    maxConcurrent: 1,
    metrics: createMetrics(),
    ...given,
  });
  return (args: unknown = {}, isPaid = false) => gate.enter(tool, PRINCIPAL, args, isPaid);
}

Deno.test("a budget that is asked for elsewhere is waited for, and decides as one in memory", async () => {
  for (
    const [taken, expected] of [
      [{ ok: true }, [false, "clean"]],
      [{ ok: false, retryAfterSeconds: 3 }, [true, "rate-limit-exceeded"]],
    ] as const
  ) {
    for (const take of [() => taken, () => Promise.resolve(taken)]) {
      const { blocked, decision } = await gateWith(take)();
      assert.deepEqual([blocked, decision.reason], expected);
    }
  }
});

Deno.test("calls that wait for their budget count as running, and no longer once they are denied", async () => {
  const answers: PromiseWithResolvers<Taken>[] = [];
  const enter = gateWith(() => {
    const answer = Promise.withResolvers<Taken>();
    answers.push(answer);
    return answer.promise;
  });
  const first = enter();
  assert.equal((await enter()).decision.reason, "concurrency-exceeded");
  answers[0]?.resolve({ ok: false, retryAfterSeconds: 1 });
  assert.equal((await first).blocked, true);
  const second = enter();
  answers[1]?.resolve({ ok: true });
  const verdict = await second;
  assert.equal(verdict.blocked, false);
  assert.equal((await enter()).decision.reason, "concurrency-exceeded");
  verdict.end();
  verdict.end();
  const third = enter();
  answers[2]?.resolve({ ok: true });
  assert.equal((await third).blocked, false);
});

Deno.test("a store that is gone denies every call, whatever the mode, and holds no place", async () => {
  for (const mode of ["enforce", "log-only"] as const) {
    const enter = gateWith(() => Promise.reject(new Error("the store is gone")), { mode });
    for (let at = 0; at < 3; at++) {
      const { blocked, decision } = await enter();
      assert.deepEqual([blocked, decision.reason], [true, "gate-failure"]);
    }
  }
});

Deno.test("an answer to a question, and a tool without a limit, ask for no budget", async () => {
  const never = () => assert.fail("the budget was asked for");
  assert.equal((await gateWith(never)({}, true)).blocked, false);
  assert.equal((await gateWith(never, { limits: { reads: 0, writes: 0 } })()).blocked, false);
});
