/** What a store does to budgets and marks that was away for long, was started anew, or whose clock was set back: nothing for long. */
import assert from "node:assert/strict";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import type { SharedStore } from "../../lib/nodes/shared_store.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import { appCaller, type AppCalls, createAppCalls, listing } from "../disclosure/_app_calls.ts";
import { personal, refusalOf } from "../records/_harness.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { askServer, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();
const HOUR_MS = 3_600_000;
const APP = { grantId: "g1", readBudget: 10 };
const TEAM: ActiveSpace = { ...personal("anna", "org-anna"), id: "team", kind: "shared" as const };

/** One of two gateways that hand out the same twenty notes. */
function createNode(store: SharedStore): Promise<AppCalls> {
  const storeKeys = createStoreKeys(createNodeKeys([], (count) => new Uint8Array(count)));
  return createAppCalls(20, { nodes: 2, shared: { store, storeKeys } });
}

const taintAt = async ({ disclosure }: AppCalls, app = APP) =>
  await disclosure.taintOf(appCaller(app), TEAM, () => new AbortController().signal);

/** What was told without waiting has arrived: commands of one connection are answered in their order. */
const settled = (node: AppCalls) => taintAt(node, { ...APP, grantId: "nobody" });

Deno.test({
  name: "hours without the store are not counted as one when it is back: the app has the budget of now",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await until("up", one.store);
    const node = await createNode(one.store);
    await valkey.kill();
    await until("degraded", one.store);
    for (let hour = 0; hour < 4; hour++) {
      assert.equal((await node.read(APP, listing(5))).result.rows.length, 5);
      node.h.clock += 2 * HOUR_MS;
    }
    await valkey.restart();
    await until("up", one.store);
    assert.equal((await node.read(APP, listing(10))).result.rows.length, 10);
  },
});

Deno.test({
  name: "counts and marks of a server whose clock went hours before count from now on, and no longer",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await until("up", one.store);
    const node = await createNode(one.store);
    const { result: { nextCursor } } = await node.read(APP, listing(1));
    await settled(node);
    await askServer(valkey.url, async (send) => {
      const [reads] = await listOf(send("KEYS", "mm1:*:reads"));
      const [taint] = await listOf(send("KEYS", "mm1:*:taint"));
      assert.ok(reads !== undefined && taint !== undefined);
      const slot = Math.floor(Date.now() / 300_000);
      await send("HSET", reads, `h${slot + 5_000}r`, "10");
      const [mark] = await listOf(send("HKEYS", taint));
      assert.ok(mark !== undefined);
      await send("HSET", taint, mark, String(Date.now() + 400 * HOUR_MS));
      const refusal = await refusalOf(node.read(APP, listing(10, nextCursor)));
      assert.ok(refusal.reason === "disclosure-budget");
      const minutes = (refusal.goesOn - Date.now()) / 60_000;
      assert.ok(minutes > 59 && minutes <= 66, `${minutes}`);
      await taintAt(node);
      assert.ok(Number(await send("HGET", taint, mark)) <= Date.now() + HOUR_MS / 2);
      assert.deepEqual(
        (await listOf(send("HKEYS", reads))).filter((name) => name.includes(String(slot + 5_000))),
        [],
      );
    });
  },
});

Deno.test({
  name:
    "a store that was started anew has forgotten what an app has read: nobody believes it, and it is told again",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await using other = openStore(valkey.url);
    await until("up", one.store, other.store);
    const [reader, writer] = [await createNode(one.store), await createNode(other.store)];
    await reader.read(APP, listing(1));
    reader.disclosure.readOthers(appCaller(APP));
    await settled(reader);
    assert.deepEqual(await taintAt(writer), { asks: true, isRelaying: true });
    await valkey.kill();
    await until("degraded", one.store, other.store);
    await valkey.restart();
    await until("up", one.store, other.store);
    assert.deepEqual(
      await taintAt(writer),
      { asks: "unknown", isRelaying: false },
      "no ledger here that could tell",
    );
    reader.disclosure.readOthers(appCaller(APP));
    await settled(reader);
    assert.deepEqual(await taintAt(writer), { asks: "unknown", isRelaying: true });
    writer.h.clock += HOUR_MS;
    assert.deepEqual(
      await taintAt(writer),
      { asks: false, isRelaying: true },
      "private texts are too long ago",
    );
  },
});

async function listOf(answer: Promise<unknown>): Promise<readonly string[]> {
  const list = await answer;
  assert.ok(Array.isArray(list));
  return list.map(String);
}
