// Ended sessions in a real store: what one node adds another finds, under a key that ends by itself.
import assert from "node:assert/strict";
import { createClock } from "../../lib/kit/clock.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createEndedSessions } from "../../lib/mcp/legacy/ended_sessions.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { defineStoreScript, type SharedStore } from "../../lib/nodes/shared_store.ts";
import { createValkeyStore } from "../../lib/nodes/valkey_store.ts";
import { createLog } from "../../lib/observe/log.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { keysOf } from "../nodes/_protocol_nodes.ts";

const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
const LIFE = defineStoreScript(`return redis.call("PTTL", KEYS[1])`);

async function openStore(url: string): Promise<SharedStore> {
  const store = createValkeyStore({
    valkey: { url: hideStrictly(url), host: new URL(url).host },
    clock,
    log: createLog({ level: "debug", clock, write: () => {} }),
  });
  while (store.state() !== "up") await clock.wait(5);
  return store;
}

Deno.test({
  name: "what one node adds to the ended sessions another finds, for twelve hours and for that person",
  ignore: !isValkeyInstalled(),
  async fn() {
    await using valkey = await startValkey();
    const [one, two] = [await openStore(valkey.url), await openStore(valkey.url)];
    const storeKeys = createStoreKeys(keysOf("1"));
    const [anna, ben] = ["anna", "ben"].map((subject) => ({ issuer: "https://auth.test", subject }));
    assert.ok(anna && ben);
    const here = createEndedSessions({ sharedStore: one, storeKeys });
    const there = createEndedSessions({ sharedStore: two, storeKeys: createStoreKeys(keysOf("1")) });
    assert.equal(await there.has("a", anna), false);
    await here.add("a", anna);
    assert.equal(await here.has("a", anna), true);
    assert.equal(await there.has("a", anna), true);
    assert.equal(await there.has("a", ben), false);
    assert.equal(await there.has("b", anna), false);
    const key = storeKeys.keyOf("ended", `${anna.issuer.length} ${anna.issuer} ${anna.subject}`, "a");
    const left = await two.decide(LIFE, [key], []);
    assert.ok(typeof left === "number" && left > 11 * 3_600_000 && left <= 12 * 3_600_000, `${left}`);
    await Promise.all([one.close(), two.close()]);
    assert.equal(there.has("a", anna), null);
  },
});
