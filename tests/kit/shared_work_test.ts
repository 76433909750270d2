import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createSingleFlight, SharedWork } from "../../lib/kit/shared_work.ts";

function bench() {
  const flight = createSingleFlight<string>();
  const runs: { readonly key: string; readonly settle: PromiseWithResolvers<string> }[] = [];
  const ask = (key: string) =>
    flight(key, () => {
      const settle = Promise.withResolvers<string>();
      runs.push({ key, settle });
      return settle.promise;
    });
  return { ask, runs };
}

Deno.test("who asks for what is under way gets its answer; another key runs by itself", async () => {
  const { ask, runs } = bench();
  const asked = [ask("a"), ask("a"), ask("b"), ask("a")];
  assert.deepEqual(runs.map(({ key }) => key), ["a", "b"]);
  runs[1]?.settle.resolve("of b");
  assert.equal(await asked[2], "of b");
  const late = ask("a");
  runs[0]?.settle.resolve("of a");
  assert.deepEqual(await Promise.all([...asked, late]), ["of a", "of a", "of b", "of a", "of a"]);
});

Deno.test("nothing is kept once it is over: neither an answer nor a failure", async () => {
  const { ask, runs } = bench();
  const first = ask("a");
  runs[0]?.settle.resolve("first");
  assert.equal(await first, "first");
  const failing = [ask("a"), ask("a")];
  assert.equal(runs.length, 2);
  runs[1]?.settle.reject(new Error("down"));
  for (const asked of failing) await assert.rejects(asked, /down/);
  const again = ask("a");
  assert.equal(runs.length, 3);
  runs[2]?.settle.resolve("again");
  assert.equal(await again, "again");
});

Deno.test("who leaves shared work is cancelled at once; the work ends when the last one has left", async () => {
  const done = Promise.withResolvers<string>();
  let workSignal: AbortSignal | undefined;
  const work = new SharedWork(hideStrictly("a"), (signal) => {
    workSignal = signal;
    signal.addEventListener("abort", () => done.reject(new Refused({ reason: "cancelled" })));
    return done.promise;
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const joined = [work.join(first.signal), work.join(second.signal)].map((result) =>
    assert.rejects(result, isCancelled)
  );
  first.abort();
  await joined[0];
  assert.ok(!work.isAbandoned());
  second.abort();
  await joined[1];
  assert.ok(work.isAbandoned() && workSignal?.aborted);
  await work.over;
});

Deno.test("only the refusal of another caller's token says nothing of one's own", async () => {
  const tokenRefused = new Refused({ reason: "upstream-token-refused", upstream: "sync" });
  const unreachable = new Refused({ reason: "upstream-failed", upstream: "sync", fault: "unreachable" });
  for (
    const [error, token, expected] of [
      [tokenRefused, "b", true],
      [tokenRefused, "a", false],
      [unreachable, "b", false],
      [new Error("upstream-token-refused"), "b", false],
    ] as const
  ) {
    const work = new SharedWork(hideStrictly("a"), () => Promise.reject(error));
    await assert.rejects(work.join(new AbortController().signal), (thrown) => {
      assert.equal(work.isOthersRefusal(thrown, hideStrictly(token)), expected, `${error.message} ${token}`);
      return true;
    });
  }
});

function isCancelled(error: unknown): boolean {
  return error instanceof Refused && error.refusal.reason === "cancelled";
}
