// Another server takes over behind the same address, or the server becomes a replica: the limit of the minute holds all the same.
import assert from "node:assert/strict";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import type { SharedStore } from "../../lib/nodes/shared_store.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { createSharedRateLimiter } from "../../lib/policy/shared_rate_limiter.ts";
import { startSwitchedRelay } from "../_support/nodes/switched_relay.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { askServer, clock, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();
const storeKeys = createStoreKeys(createNodeKeys([], () => new Uint8Array(32)));

/** Calls of one key that fall on the gateways in turn. */
function createCalls(...stores: readonly SharedStore[]) {
  const limiters = stores.map((store) => createSharedRateLimiter({ store, storeKeys, clock, nodes: 2 }));
  const calls = {
    taken: 0,
    async inTurn(times: number) {
      for (let at = 0; at < times; at++) {
        if ((await limiters[at % limiters.length]?.take("list anna", 20))?.ok) calls.taken++;
      }
    },
  };
  return calls;
}

Deno.test({
  name: "when a primary dies, the server that takes its place is told of the minute by whoever asks it",
  ignore,
  async fn() {
    await using primary = await startValkey();
    await using other = await startValkey();
    await using relay = startSwitchedRelay(primary.port);
    const url = `redis://127.0.0.1:${relay.port}`;
    await using one = openStore(url);
    await using two = openStore(url);
    await until("up", one.store, two.store);
    const calls = createCalls(one.store, two.store);
    await calls.inTurn(16);
    assert.equal(calls.taken, 16);
    await primary.kill();
    await until("degraded", one.store, two.store);
    relay.switchTo(other.port);
    await until("up", one.store, two.store);
    await calls.inTurn(40);
    // The other server knew nothing: a gateway that has not asked it yet may be off by the call of another one.
    assert.ok(calls.taken >= 20 && calls.taken <= 21, String(calls.taken));
  },
});

Deno.test({
  name: "a primary that becomes a replica is away until the address leads to a primary again",
  ignore,
  async fn() {
    await using server = await startValkey();
    await using other = await startValkey();
    await using one = openStore(server.url);
    await until("up", one.store);
    const calls = createCalls(one.store);
    await calls.inTurn(4);
    await askServer(server.url, (send) => send("REPLICAOF", "127.0.0.1", String(other.port)));
    // Three calls find out that nothing can be written, and count alone, within this gateway's half.
    await calls.inTurn(8);
    assert.equal(calls.taken, 10);
    assert.equal(one.store.state(), "degraded");
    assert.equal(JSON.parse(one.lines[0] ?? "").fault, "read-only");
    await askServer(server.url, (send) => send("REPLICAOF", "NO", "ONE"));
    await until("up", one.store);
    await calls.inTurn(20);
    assert.equal(calls.taken, 20);
  },
});
