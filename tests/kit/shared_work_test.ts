import assert from "node:assert/strict";
import { createSingleFlight } from "../../lib/kit/shared_work.ts";

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
