// The row that begins a chain: stored before the first data of a person is pushed, so that a gateway which is killed right after the push
// leaves an open end, and not a change that looks like one whose entry was removed.
import assert from "node:assert/strict";
import { exitCodeOf } from "../../scripts/ledger/verify_ledger.ts";
import { verifyOnline } from "../../scripts/ledger/verify_online.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { clearRows, createTimers, readChains, readRows, rowPushes, until } from "./_ledger.ts";
import { sourceAt, TABLES } from "./_real.ts";

async function verdictOf(world: World, person: Person) {
  const { findings } = await verifyOnline(sourceAt(world, person), { tables: TABLES, since: 0, pins: null });
  return [exitCodeOf(findings), ...findings.map(({ kind }) => kind).sort()];
}

/** The second gateway, which knows nothing of the first. */
function otherOf(world: World): World {
  return Object.assign(Object.create(world), { gateway: world.sdkOnly });
}

/** Pushes of data and of rows, in their order. */
function pushesOf(world: World): string[] {
  return world.upstreamCalls.filter(({ method, url }) => method === "POST" && url.includes("/sync/"))
    .map(({ url }) => url.slice(url.lastIndexOf("/") + 1));
}

Deno.test("a gateway that is killed right after a person's first write, beside the ended chain of another one, leaves an open end and no alarm", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  const other = otherOf(world);
  await callOk(other, anna, "notes_create", { title: "Elm" });
  world.clock.now += 60_000;
  await callOk(world, anna, "notes_create", { title: "Oak" });
  world.clock.now += 60_000;
  await callOk(other, anna, "notes_search");
  await world.sdkOnly.stop();
  // The first gateway does nothing more, as if it were killed.
  assert.deepEqual(await verdictOf(world, anna), [2, "entry-lost", "open-end"]);
  const [, killed] = await readChains(world, anna);
  assert.deepEqual(killed?.map(({ body }) => body.entries), [[]]);
  assert.equal(Object.keys(killed?.[0]?.body.seen ?? {}).length, 1, "it names the other chain");
});

Deno.test("the first row is stored before the first data; later writes and reads wait for none, and writes at once share it", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_search");
  assert.deepEqual(pushesOf(world), []);
  await Promise.all(["Oak", "Elm", "Ash"].map((title) => callOk(world, anna, "notes_create", { title })));
  assert.deepEqual(pushesOf(world), ["mcp", "notes", "notes", "notes"]);
  await callOk(world, anna, "notes_create", { title: "Fir" });
  await callOk(world, anna, "notes_search");
  assert.deepEqual(pushesOf(world).slice(4), ["notes"]);
  await world.gateway.stop();
  assert.deepEqual(await verdictOf(world, anna), [0]);
});

Deno.test("calls that wait already go into the first row", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  await callOk(otherOf(world), anna, "notes_create", { title: "Elm" });
  await world.sdkOnly.stop();
  await callOk(world, anna, "notes_search");
  await until(() => timers.waiting().includes(250));
  await callOk(world, anna, "notes_create", { title: "Oak" });
  const rows = await readRows(world, anna);
  assert.deepEqual(rows.at(-1)?.body.entries.map(({ tool }) => tool), ["notes.search"]);
  assert.equal(rows.at(-1)?.seq, 0);
});

Deno.test("a sync service that stores no rows, or hangs for two seconds, withholds no write; the next write does not wait again", async () => {
  const hanging = Promise.withResolvers<Response>();
  const inactive = () => Response.json({ error: "sync_inactive" }, { status: 402 });
  const down = () => new Response("down", { status: 503 });
  for (const answer of [inactive, down, () => hanging.promise]) {
    const hangs = answer !== inactive && answer !== down;
    const timers = createTimers();
    await using world = await createWorld({ after: timers.after, isStill: true });
    const anna = await world.person("anna");
    world.intercept = ({ method, url }) =>
      method === "POST" && url.endsWith("/sync/mcp") ? answer() : undefined;
    const made = callOk(world, anna, "notes_create", { title: "Oak" });
    await until(() => rowPushes(world).length > 0);
    if (hangs) {
      assert.ok(timers.waiting().includes(2_000));
      assert.ok(!pushesOf(world).includes("notes"));
      timers.pass(2_000);
    }
    assert.equal((await made).remarks, undefined);
    const tried = rowPushes(world).length;
    await callOk(world, anna, "notes_create", { title: "Elm" });
    assert.equal(rowPushes(world).length, tried);
    assert.equal((await pullAll(world, anna, NOTES)).length, 2);
    world.intercept = null;
    if (hangs) hanging.resolve(down());
  }
});

Deno.test("with LEDGER=off a write asks nothing of the ledger", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  assert.deepEqual(world.upstreamCalls.filter(({ url }) => url.includes("/sync/mcp")), []);
});

Deno.test("a chain is not ended while data is pushed: a kill then leaves an open end", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  timers.pass(250);
  // The chain is ended twenty seconds before the token ends, which lives for 15 minutes.
  await until(() => timers.waiting().includes(880_000));
  timers.pass(879_900);
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  world.intercept = async ({ method, url }) => {
    if (method === "POST" && url.endsWith("/sync/notes")) {
      isHeld = true;
      await held.promise;
    }
    return undefined;
  };
  const made = callOk(world, anna, "notes_create", { title: "Elm" });
  await until(() => isHeld);
  timers.pass(100);
  assert.ok(timers.waiting().includes(250), "it looks again shortly");
  assert.equal((await clearRows(world, anna)).length, 2);
  held.resolve();
  await made;
  timers.pass(250);
  await until(() => rowPushes(world).length > 2);
  await world.gateway.stop();
  assert.deepEqual(await verdictOf(world, anna), [0]);
});

Deno.test("a row's time outside the seal is the one inside", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  await callOk(world, anna, "notes_search");
  await world.gateway.stop();
  for (const { change, body } of await readRows(world, anna)) {
    assert.deepEqual(
      [change.data?.createdAt, change.data?.updatedAt],
      Array(2).fill(new Date(body.at).toISOString()),
    );
  }
});
