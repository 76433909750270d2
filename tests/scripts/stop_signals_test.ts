// What `deno task start` and `deno task personas` make of signals. tests/e2e/personas_running_test.ts sends real ones.
import assert from "node:assert/strict";
import { listenForStop } from "../../scripts/stack/stop_signals.ts";

Deno.test("stop: the first signal is a wish, its echo is nothing, a second one ends everything at once", async () => {
  const handlers = new Map<Deno.Signal, () => void>();
  let now = 1000;
  const signals = listenForStop({
    addSignalListener: (signal, handler) => void handlers.set(signal, handler),
    elapsed: () => now,
  });
  assert.deepEqual([...handlers.keys()], ["SIGINT", "SIGTERM", "SIGHUP"]);
  assert.equal(signals.isAsked(), false);
  handlers.get("SIGINT")?.();
  await signals.asked;
  assert.equal(signals.isAsked(), true);
  now += 20;
  handlers.get("SIGINT")?.();
  assert.equal(signals.atOnce.aborted, false, "one Ctrl-C that came twice");
  now += 2000;
  handlers.get("SIGTERM")?.();
  assert.equal(signals.atOnce.aborted, true);
});
