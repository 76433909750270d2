// Chains of rows under everything that can happen to them: restarts, several gateways, lost answers, a key that is replaced.
import assert from "node:assert/strict";
import { rotateKey } from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { clearRows, createTimers, readChains, readRows, rowKey, rowPushes, until } from "./_ledger.ts";

/** Calls the second gateway, which knows nothing of the first. */
async function callOther(world: World, person: Person, name: string, args: Record<string, unknown> = {}) {
  const answer = await world.sdkOnly.fetch(
    modernRequest(person.token, "tools/call", { name, arguments: args }),
  );
  assert.equal(answer.status, 200, await answer.text());
}

/** Waits for so many rows. */
async function stored(world: World, person: Person, count: number): Promise<void> {
  for (let turn = 0; (await clearRows(world, person)).length < count; turn++) assert.ok(turn < 2_000);
}

/** What /metrics says. */
async function metrics(world: World): Promise<string> {
  return await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
}

Deno.test("the calls of 250 ms are one row, fifty are one at once; the chain is ended when its person is idle, and the next call begins another", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  for (let read = 0; read < 20; read++) await callOk(world, anna, "notes_search");
  assert.equal(rowPushes(world).length, 1, "the row that begins the chain");
  timers.pass(250);
  await stored(world, anna, 2);
  const [, first] = await readRows(world, anna);
  assert.equal(first?.body.entries.length, 21);
  for (let read = 0; read < 50; read++) await callOk(world, anna, "notes_search");
  await stored(world, anna, 3);
  assert.equal((await readRows(world, anna))[2]?.body.entries.length, 50);
  // The token lives for 15 minutes: its chain ends a little before.
  timers.pass(15 * 60_000);
  await stored(world, anna, 4);
  assert.equal((await readRows(world, anna))[3]?.body.end, true);
  await callOk(world, anna, "notes_search");
  await world.gateway.stop();
  const chains = await readChains(world, anna);
  assert.deepEqual(chains.map((rows) => rows.map(({ body }) => body.end === true)), [[
    false,
    false,
    false,
    true,
  ], [true]]);
  assert.deepEqual(chains[1]?.[0]?.body.seen, { [chains[0]?.[0]?.chain ?? ""]: [3, chains[0]?.[3]?.hash] });
});

Deno.test("two gateways at once write two chains, and each tells of the newest row of the other", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  await callOther(world, anna, "notes_search");
  world.clock.now += 6 * 60_000;
  await callOk(world, anna, "notes_search");
  await callOther(world, anna, "notes_search");
  const [one, two, ...others] = await readChains(world, anna);
  assert.deepEqual(others, []);
  assert.ok(one && two);
  const [, head, later] = one;
  assert.deepEqual(two[0]?.body.seen, { [head?.chain ?? ""]: [1, head?.hash] });
  assert.deepEqual(later?.body.seen, { [two[0]?.chain ?? ""]: [0, two[0]?.hash] });
  assert.deepEqual(two[1]?.body.seen, { [head?.chain ?? ""]: [2, later?.hash] });
});

Deno.test("a row whose answer is lost is sent again byte for byte: no fork, no gap, and the next row follows it", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  let lost = 0;
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.endsWith("/sync/mcp")) return undefined;
    lost += 1;
    await (await world.backend.sync.fetch(request)).body?.cancel();
    return new Response("gone", { status: 502 });
  };
  timers.pass(250);
  await until(() => timers.waiting().includes(1_000));
  assert.equal(lost, 4, "the sync client's own attempts");
  await callOk(world, anna, "notes_search");
  world.intercept = null;
  timers.pass(1_000);
  await until(() => rowPushes(world).length === 6);
  await world.gateway.stop();
  const pushes = rowPushes(world);
  assert.equal(new Set(pushes.slice(1, 6)).size, 1);
  const [chain, ...others] = await readChains(world, anna);
  assert.deepEqual(others, []);
  assert.deepEqual(chain?.map(({ body }) => body.entries.map(({ tool }) => tool)), [[], ["notes.create"], [
    "notes.search",
  ]]);
  assert.ok(chain?.every(({ body }) => body.gap === undefined));
  assert.ok((await readRows(world, anna)).length >= 7, "stored several times");
});

Deno.test("a row of which nobody knows when its token ends is left: a new chain tells how many calls are missing", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  await callOk(world, anna, "notes_search");
  world.intercept = (request) =>
    request.url.endsWith("/sync/mcp") ? new Response("down", { status: 503 }) : undefined;
  timers.pass(250);
  await until(() => timers.waiting().includes(1_000));
  world.clock.now += 16 * 60_000;
  timers.pass(1_000);
  await until(() => !timers.waiting().some((ms) => ms <= 2_000));
  world.intercept = null;
  await anna.refresh();
  await callOk(world, anna, "notes_search");
  await world.gateway.stop();
  const [begun, chain, ...others] = await readChains(world, anna);
  assert.deepEqual(others, []);
  assert.deepEqual(begun?.map(({ body }) => body.entries), [[]]);
  assert.deepEqual(chain?.map(({ seq, body }) => [seq, body.gap, body.entries.length]), [[0, 2, 1]]);
  assert.match(await metrics(world), /mana_mcp_ledger_total\{service="mana-mcp",what="gaps"\} 2\n/);
});

Deno.test("a key that is replaced meanwhile: the chain goes on, and what rows of the old key told is told again", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  await callOther(world, anna, "notes_create", { title: "Elm" });
  await callOk(world, anna, "notes_create", { title: "Oak" });
  const old = await rowKey(world, anna);
  const before = await readRows(world, anna);
  assert.deepEqual(Object.keys(before[2]?.body.seen ?? {}), [before[0]?.chain]);
  await rotateKey(world, anna);
  world.clock.now += 6 * 60_000;
  await callOk(world, anna, "notes_create", { title: "Ash" });
  const rows = (await clearRows(world, anna)).filter(({ chain }) => chain === before[2]?.chain);
  assert.deepEqual(rows.map(({ seq }) => seq), [0, 1, 2]);
  assert.equal(rows[2]?.prev, before[3]?.hash, "verified without a key");
  await assert.rejects(readRows(world, anna), "the first rows open with the old key alone");
  await assert.rejects(readRows(world, anna, old), "the last row opens with the new key alone");
  const [last, ...others] = await readRows(world, anna, undefined, true);
  assert.deepEqual(others, []);
  assert.deepEqual(last?.body.seen, { [before[0]?.chain ?? ""]: [1, before[1]?.hash] }, "told again");
});
