/** Two gateways over a real store count together what an app is handed, and know of each other what it has read. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Refused } from "../../lib/kit/errors.ts";
import type { SharedStore } from "../../lib/nodes/shared_store.ts";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { type App, appCaller, type AppCalls, createAppCalls, listing } from "../disclosure/_app_calls.ts";
import { notes, personal, refusalOf } from "../records/_harness.ts";
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { askServer, openStore, until } from "./_store.ts";

const ignore = !isValkeyInstalled();
const NOTES = 60;

/** A gateway with the store, and how often it asked the store. */
interface Gateway extends AppCalls {
  readonly asked: { count: number };
}

/** Two gateways that hand out the same notes. */
async function createTwo(one: SharedStore, other: SharedStore): Promise<readonly [Gateway, Gateway]> {
  const storeKeys = createStoreKeys(createNodeKeys([], (count) => new Uint8Array(count)));
  const gateway = async (store: SharedStore): Promise<Gateway> => {
    const asked = { count: 0 };
    const counting: SharedStore = {
      ...store,
      decide: (script, keys, args) => {
        asked.count += 1;
        return store.decide(script, keys, args);
      },
    };
    const calls = await createAppCalls(NOTES, { nodes: 2, shared: { store: counting, storeKeys } });
    return { ...calls, asked };
  };
  return [await gateway(one), await gateway(other)];
}

/** The ids that one call is handed; none where it is refused. */
async function handed(gateway: Gateway, app: App, limit: number, cursor?: string): Promise<string[]> {
  try {
    const { result } = await gateway.read(app, listing(limit, cursor));
    return result.rows.map(({ id }) => id);
  } catch (error) {
    if (error instanceof Refused && error.refusal.reason === "disclosure-budget") return [];
    throw error;
  }
}

/** What was settled without waiting has arrived: commands of one connection are answered in their order. */
async function settled(...gateways: readonly Gateway[]): Promise<void> {
  for (const { disclosure } of gateways) {
    const space = { ...personal("anna", "org-anna"), kind: "shared" as const };
    await disclosure.taintOf(appCaller({ grantId: "nobody" }), space, () => new AbortController().signal);
  }
}

Deno.test({
  name:
    "whatever calls come at once to two gateways, they never hand out more than one would, and to the last record as much",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await using other = openStore(valkey.url);
    await until("up", one.store, other.store);
    let round = 0;
    let exact = 0;
    const missed = () => one.store.totals().missed + other.store.totals().missed;
    const call = fc.record({ node: fc.nat(1), limit: fc.integer({ min: 1, max: 50 }), fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.array(call, { maxLength: 12 }),
        async (readBudget, calls) => {
          const before = missed();
          const nodes = await createTwo(one.store, other.store);
          const app = { grantId: `grant ${round++}`, readBudget };
          const seen = new Set<string>();
          await Promise.all(calls.map(async ({ node, limit, fails }) => {
            const gateway = nodes[node === 0 ? 0 : 1];
            if (fails) {
              await gateway.read(app, async (records) => {
                await listing(limit)(records);
                throw new TypeError("the tool fails");
              }).catch(() => {});
              return;
            }
            for (const id of await handed(gateway, app, limit)) seen.add(`${node} ${id}`);
          }));
          // A computer that is too busy to answer in time makes a gateway fall to its share, which is another test.
          if (missed() > before) return;
          assert.ok(seen.size <= readBudget, `${seen.size} of ${readBudget}`);
          await settled(...nodes);
          for (const [node, gateway] of nodes.entries()) {
            for (const id of await handed(gateway, app, 50)) seen.add(`${node} ${id}`);
            await settled(gateway);
            const { result } = await gateway.read(app, listing(50)).catch(() => ({ result: null }));
            for (const id of await handed(gateway, app, 50, result?.nextCursor)) seen.add(`${node} ${id}`);
            await settled(gateway);
          }
          if (missed() > before) return;
          exact += 1;
          assert.equal(seen.size, Math.min(readBudget, 2 * NOTES), "nothing that was reserved stays behind");
        },
      ),
      { numRuns: 25 },
    );
    assert.ok(exact > 0);
  },
});

Deno.test({
  name:
    "a call that opens texts asks the store once, a record that this gateway has counted never, and no key tells anything",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await using other = openStore(valkey.url);
    await until("up", one.store, other.store);
    const [gateway, second] = await createTwo(one.store, other.store);
    const app = { grantId: "g1", readBudget: 500 };
    await gateway.read(app, listing(50));
    // The reservation, the settlement that nobody waits for, and once in half an hour that the app has read private texts.
    assert.equal(gateway.asked.count, 3);
    await gateway.read(app, listing(50));
    assert.equal(gateway.asked.count, 3);
    await gateway.read(
      app,
      (records) => records.search(notes, { query: "title", heading: "title", body: "content" }),
    );
    assert.equal(gateway.asked.count, 5);
    await gateway.read(null, listing(50));
    assert.equal(gateway.asked.count, 5, "the person's own token asks nobody");
    await second.read(app, listing(50));
    await askServer(valkey.url, async (send) => {
      const keys = await send("KEYS", "mm1:*:*");
      assert.ok(Array.isArray(keys) && keys.length === 2, String(keys));
      for (const key of keys) {
        assert.match(String(key), /^mm1:\{[\w-]{22}\}:(reads|taint)$/);
        assert.ok(Number(await send("PTTL", String(key))) > 0);
        assert.doesNotMatch(JSON.stringify(await send("HGETALL", String(key))), /anna|g1|title|text|n0/);
      }
    });
  },
});

Deno.test({
  name: "searches and rows that are looked at count at both gateways, and the refusal says when it goes on",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await using other = openStore(valkey.url);
    await until("up", one.store, other.store);
    const nodes = await createTwo(one.store, other.store);
    const app = { grantId: "g1", readBudget: 5 };
    const search = (gateway: Gateway) =>
      gateway.read(
        app,
        (records) => records.search(notes, { query: "nothing", heading: "title", body: "content" }),
      );
    for (let count = 0; count < 100; count++) for (const gateway of nodes) await search(gateway);
    for (const gateway of nodes) {
      const refusal = await refusalOf(search(gateway));
      assert.ok(refusal.reason === "disclosure-budget");
      assert.deepEqual([refusal.counted, refusal.window, refusal.limit], ["searches", "hour", 200]);
      const minutes = (refusal.goesOn - Date.now()) / 60_000;
      assert.ok(minutes > 59 && minutes <= 66, `${minutes}`);
    }
    const look = (gateway: Gateway) => gateway.read(app, (records) => records.scan(notes, {}, () => true));
    await look(nodes[0]);
    await look(nodes[1]);
    const refusal = await refusalOf(look(nodes[0]));
    assert.ok(refusal.reason === "disclosure-budget");
    assert.deepEqual([refusal.counted, refusal.limit], ["looked", 100]);
  },
});

Deno.test({
  name: "without the store each gateway goes on with its share, and with all of it when the store is back",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await using other = openStore(valkey.url);
    await until("up", one.store, other.store);
    const nodes = await createTwo(one.store, other.store);
    const app = { grantId: "g1", readBudget: 10 };
    await valkey.kill();
    await until("degraded", one.store, other.store);
    assert.deepEqual(
      (await Promise.all(nodes.map((gateway) => handed(gateway, app, 50)))).map(({ length }) => length),
      [5, 5],
    );
    await valkey.restart();
    await until("up", one.store, other.store);
    // The first gateway tells what it counted meanwhile with its next question.
    const { result } = await nodes[0].read(app, listing(5));
    assert.equal((await handed(nodes[0], app, 50, result.nextCursor)).length, 5);
    await settled(...nodes);
    assert.equal((await handed(nodes[1], { ...app, grantId: "g2" }, 50)).length, 10);
  },
});

Deno.test({
  name: "texts of others read at one gateway and private ones at the other are known at both, at once",
  ignore,
  async fn() {
    await using valkey = await startValkey();
    await using one = openStore(valkey.url);
    await using other = openStore(valkey.url);
    await until("up", one.store, other.store);
    const nodes = await createTwo(one.store, other.store);
    const app = { grantId: "g1", readBudget: 500 };
    const team: ActiveSpace = { ...personal("anna", "org-anna"), id: "team", kind: "shared" as const };
    const taint = async (gateway: Gateway, space = team) =>
      await gateway.disclosure.taintOf(appCaller(app), space, () => new AbortController().signal);
    const none = { asks: false, isRelaying: false };
    assert.deepEqual(await taint(nodes[0]), none);
    await nodes[1].read(app, listing(1));
    assert.deepEqual(await taint(nodes[0]), none, "private texts alone");
    nodes[1].disclosure.readOthers(appCaller(app));
    await settled(nodes[1]);
    assert.deepEqual(await taint(nodes[0]), { asks: true, isRelaying: true });
    assert.deepEqual(await taint(nodes[0], personal("anna", "org-anna")), { asks: false, isRelaying: true });
    await valkey.kill();
    await until("degraded", one.store, other.store);
    assert.deepEqual(
      await taint(nodes[0]),
      { asks: "unknown", isRelaying: false },
      "no ledger here that could tell",
    );
  },
});
