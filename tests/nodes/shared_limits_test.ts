// Limits of calls over several gateways, where the store is away or not there. With a real store: tests/valkey.
import assert from "node:assert/strict";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import { createNoStore } from "../../lib/nodes/no_store.ts";
import type { SharedStore } from "../../lib/nodes/shared_store.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { createSharedRateLimiter } from "../../lib/policy/shared_rate_limiter.ts";
import { createFakeClock } from "../_support/fake_clock.ts";
import { call, callOk } from "../_support/mcp.ts";
import { createPlayedStore } from "../_support/played_store.ts";
import { addNode, SHARED } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";

const keys = createNodeKeys([], () => new Uint8Array(32));

function limiterOf(store: SharedStore, nodes: number) {
  const clock = createFakeClock();
  return {
    clock,
    limiter: createSharedRateLimiter({ store, storeKeys: createStoreKeys(keys), clock, nodes }),
  };
}

Deno.test("gateways that cannot ask a store allow their part of a limit each, and at least one call", async () => {
  await using world = await createWorld({
    env: { ...SHARED, RATE_LIMIT_READS: "5", RATE_LIMIT_WRITES: "1", NODES: "2" },
  });
  const anna = await world.person("anna");
  const other = addNode(world);
  for (const node of [world, other]) {
    for (let taken = 0; taken < 2; taken++) await callOk(node, anna, "todo_list");
    const refused = await call(node, anna, "todo_list");
    assert.ok(!refused.ok);
    assert.match(refused.message, /too many calls/i);
    await callOk(node, anna, "notes_create", { title: "one", content: "" });
    assert.equal((await call(node, anna, "notes_create", { title: "two", content: "" })).ok, false);
  }
});

Deno.test("a call that the store misses is decided alone, at once, within the gateway's part", async () => {
  const { limiter, clock } = limiterOf(createPlayedStore(() => null).open(), 2);
  const taken = async () => (await limiter.take("list anna", 5)).ok;
  assert.deepEqual([await taken(), await taken(), await taken()], [true, true, false]);
  clock.advance(59_999);
  assert.deepEqual(await limiter.take("list anna", 5), { ok: false, retryAfterSeconds: 1 });
  clock.advance(1);
  assert.equal(await taken(), true);
});

Deno.test("what the store says counts, and answers that it never gives do not", async () => {
  const replies: (number | string | null)[] = [0, 1, 1_000, 1_001, -1, 0.5, "0"];
  const { limiter } = limiterOf(createPlayedStore(() => replies.shift() ?? null).open(), 1);
  const answers = [];
  for (let asked = 0; asked < 7; asked++) answers.push(await limiter.take("list anna", 3));
  assert.deepEqual(answers, [
    { ok: true },
    { ok: false, retryAfterSeconds: 1 },
    { ok: false, retryAfterSeconds: 1 },
    { ok: false, retryAfterSeconds: 2 },
    // Alone: this gateway has let one through, and may let three.
    { ok: true },
    { ok: true },
    { ok: false, retryAfterSeconds: 60 },
  ]);
});

Deno.test("a store that is back, or has missed an answer, is told the calls of the last minute again under their names", async () => {
  const asked: (readonly (string | number)[])[] = [];
  let isMiss = false;
  const played = createPlayedStore((_script, _keys, args) => {
    asked.push(args);
    return isMiss ? null : 0;
  });
  const { limiter, clock } = limiterOf(played.open(), 1);
  const told = async () => {
    await limiter.take("list anna", 9);
    const [limit, window, name, ...again] = asked.at(-1) ?? [];
    assert.deepEqual([limit, window, typeof name], [9, 60_000, "string"]);
    return { name, again };
  };
  const first = await told();
  assert.deepEqual(first.again, []);
  clock.advance(10);
  const second = await told();
  assert.deepEqual(second.again, []);
  assert.notEqual(first.name, second.name);

  played.setAway(true);
  clock.advance(10);
  await limiter.take("list anna", 9);
  assert.equal(asked.length, 2);
  played.setAway(false);
  clock.advance(10);
  const third = await told();
  assert.deepEqual(third.again.filter((_, at) => at % 2 === 0), [30, 20, 10]);
  assert.deepEqual([third.again[1], third.again[3]], [first.name, second.name]);

  isMiss = true;
  const missed = await told();
  assert.deepEqual(missed.again, []);
  isMiss = false;
  clock.advance(59_980);
  const last = await told();
  // What is a minute old is not told; the call that was missed has the name that the store may know.
  assert.deepEqual(last.again.filter((_, at) => at % 2 === 0), [59_990, 59_980, 59_979]);
  assert.deepEqual([last.again[3], last.again[5]], [third.name, missed.name]);
});

Deno.test("without a store one gateway alone has the whole limit", async () => {
  const { limiter } = limiterOf(createNoStore(), 1);
  const taken = [];
  for (let asked = 0; asked < 4; asked++) taken.push((await limiter.take("list anna", 3)).ok);
  assert.deepEqual(taken, [true, true, true, false]);
});

Deno.test("a store that lets everything through does not lift the limit at any gateway", async () => {
  const { limiter, clock } = limiterOf(createPlayedStore(() => 0).open(), 2);
  const taken = async () => (await limiter.take("list anna", 3)).ok;
  assert.deepEqual([await taken(), await taken(), await taken(), await taken()], [true, true, true, false]);
  clock.advance(60_000);
  assert.equal(await taken(), true);
});
