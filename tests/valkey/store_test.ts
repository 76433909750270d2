import assert from "node:assert/strict";
import { defineStoreScript } from "../../lib/nodes/shared_store.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { clock, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();
const ECHO = defineStoreScript(
  `redis.call("SET", KEYS[1], ARGV[1], "PX", 1000) return {tonumber(ARGV[1]), "text"}`,
);

const eventsOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).event);

Deno.test({
  name:
    "a store decides, tells what is published, is away when it is killed, and is back when it is started again",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await using two = openStore(valkey.url);
    const heard: string[] = [];
    two.store.subscribe("mm1:early", (message) => heard.push(`early ${message}`));
    await until("up", one.store, two.store);
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
    await until("degraded", one.store);
    assert.equal(one.store.decide(ECHO, ["mm1:{a}:b"], [9]), null);
    await valkey.restart();
    await until("up", one.store, two.store);
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
    await using one = openStore(valkey.url);
    await until("up", one.store);
    valkey.stop();
    for (let miss = 0; miss < 3; miss++) assert.equal(await one.store.decide(ECHO, ["mm1:{a}:b"], [1]), null);
    assert.equal(one.store.state(), "degraded");
    assert.equal(one.store.decide(ECHO, ["mm1:{a}:b"], [1]), null);
    assert.deepEqual(one.store.totals(), { answered: 0, missed: 3, skipped: 1 });
    valkey.goOn();
    await until("up", one.store);
    assert.deepEqual(await one.store.decide(ECHO, ["mm1:{a}:b"], [2]), [2, "text"]);
  },
});

Deno.test({
  name: "a store that is not there at the start is away, and there as soon as it is started",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await valkey.kill();
    await using one = openStore(valkey.url);
    assert.equal(one.store.state(), "degraded");
    while (one.lines.length === 0) await clock.wait(5);
    assert.equal(JSON.parse(one.lines[0] ?? "").fault, "refused");
    await valkey.restart();
    await until("up", one.store);
    assert.deepEqual(eventsOf(one.lines), ["store-degraded", "store-back"]);
  },
});

Deno.test({
  name: "a wrong password is named as such and never shown",
  ignore,
  async fn() {
    await using valkey = await startValkey(["requirepass right-password"]);
    for (const [password, expected] of [["right-password", "up"], ["wrong-password", "password"]] as const) {
      await using one = openStore(`redis://:${password}@127.0.0.1:${valkey.port}`);
      while (one.store.state() !== "up" && one.lines.length === 0) await clock.wait(5);
      assert.equal(one.store.state() === "up" ? "up" : JSON.parse(one.lines[0] ?? "").fault, expected);
      assert.equal(one.lines.join("").includes("-password"), false);
    }
  },
});
