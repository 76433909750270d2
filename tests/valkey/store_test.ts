import assert from "node:assert/strict";
import { createClock } from "../../lib/kit/clock.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { defineStoreScript, type SharedStore } from "../../lib/nodes/shared_store.ts";
import { createValkeyStore } from "../../lib/nodes/valkey_store.ts";
import { createLog } from "../../lib/observe/log.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";

const ignore = !isValkeyInstalled();
const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
const ECHO = defineStoreScript(
  `redis.call("SET", KEYS[1], ARGV[1], "PX", 1000) return {tonumber(ARGV[1]), "text"}`,
);

function open(url: string) {
  const lines: string[] = [];
  const store = createValkeyStore({
    valkey: { url: hideStrictly(url), host: new URL(url).host },
    clock,
    log: createLog({ level: "debug", clock, write: (line) => void lines.push(line) }),
  });
  return { store, lines, [Symbol.asyncDispose]: () => store.close() };
}

/** Resolves when the store is in that state. */
async function until(store: SharedStore, state: "up" | "degraded"): Promise<void> {
  while (store.state() !== state) await clock.wait(5);
}

const eventsOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).event);

Deno.test({
  name:
    "a store decides, tells what is published, is away when it is killed, and is back when it is started again",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = open(valkey.url);
    await using two = open(valkey.url);
    const heard: string[] = [];
    two.store.subscribe("mm1:early", (message) => heard.push(`early ${message}`));
    await Promise.all([until(one.store, "up"), until(two.store, "up")]);
    assert.deepEqual(await one.store.decide(ECHO, ["mm1:{a}:b"], [7]), [7, "text"]);
    const { promise, resolve } = Promise.withResolvers<void>();
    two.store.subscribe("mm1:late", (message) => {
      heard.push(`late ${message}`);
      resolve();
    });
    // A subscription is sent before the decision after it, on the same connection.
    await two.store.decide(ECHO, ["mm1:{a}:b"], [8]);
    one.store.publish("mm1:early", "1");
    one.store.publish("mm1:late", "2");
    await promise;
    assert.deepEqual(heard, ["early 1", "late 2"]);

    await valkey.kill();
    await until(one.store, "degraded");
    assert.equal(one.store.decide(ECHO, ["mm1:{a}:b"], [9]), null);
    await valkey.restart();
    await Promise.all([until(one.store, "up"), until(two.store, "up")]);
    assert.deepEqual(await one.store.decide(ECHO, ["mm1:{a}:b"], [10]), [10, "text"]);
    one.store.publish("mm1:early", "3");
    while (heard.length < 3) await clock.wait(5);
    assert.equal(heard[2], "early 3");
    assert.deepEqual(eventsOf(one.lines), ["store-degraded", "store-back"]);
    const { answered, skipped } = one.store.totals();
    assert.deepEqual([answered, skipped], [2, 1]);
  },
});

Deno.test({
  name:
    "a store that hangs costs three decisions a moment each, then nobody waits for it; it is back when it goes on",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = open(valkey.url);
    await until(one.store, "up");
    valkey.stop();
    for (let miss = 0; miss < 3; miss++) assert.equal(await one.store.decide(ECHO, ["mm1:{a}:b"], [1]), null);
    assert.equal(one.store.state(), "degraded");
    assert.equal(one.store.decide(ECHO, ["mm1:{a}:b"], [1]), null);
    assert.deepEqual(one.store.totals(), { answered: 0, missed: 3, skipped: 1 });
    valkey.goOn();
    await until(one.store, "up");
    assert.deepEqual(await one.store.decide(ECHO, ["mm1:{a}:b"], [2]), [2, "text"]);
  },
});

Deno.test({
  name: "a store that is not there at the start is away, and there as soon as it is started",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await valkey.kill();
    await using one = open(valkey.url);
    assert.equal(one.store.state(), "degraded");
    while (one.lines.length === 0) await clock.wait(5);
    assert.equal(JSON.parse(one.lines[0] ?? "").fault, "refused");
    await valkey.restart();
    await until(one.store, "up");
    assert.deepEqual(eventsOf(one.lines), ["store-degraded", "store-back"]);
  },
});

Deno.test({
  name: "a wrong password is named as such and never shown",
  ignore,
  async fn() {
    await using valkey = await startValkey(["requirepass right-password"]);
    for (const [password, expected] of [["right-password", "up"], ["wrong-password", "password"]] as const) {
      await using one = open(`redis://:${password}@127.0.0.1:${valkey.port}`);
      while (one.store.state() !== "up" && one.lines.length === 0) await clock.wait(5);
      assert.equal(one.store.state() === "up" ? "up" : JSON.parse(one.lines[0] ?? "").fault, expected);
      assert.equal(one.lines.join("").includes("-password"), false);
    }
  },
});
