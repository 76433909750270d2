// The strict ledger: no answer without its row. And what the other modes make of a sync service that stores none.
import assert from "node:assert/strict";
import { z } from "zod";
import { createConnected, tellOfGrant } from "../_support/connected.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { call, callOk } from "../_support/mcp.ts";
import { connect } from "../_support/oauth_flow.ts";
import { bearer, signIn } from "../_support/test_backend.ts";
import { createWorld, type World } from "../_support/world.ts";
import { createTimers, readChains, readEntries, rowPushes, until } from "./_ledger.ts";

const UNAVAILABLE =
  "Nothing was handed out: every answer is noted in the person's ledger first, and the sync service did not store the note. " +
  "Nothing was changed: make the same call again shortly.";
const NOT_YET =
  "Note from the gateway: this is done, but not yet in your ledger: the sync service did not store the note. Do not repeat the change.";

/** Has the sync service answer rows of the ledger like this, as long as `isSo`. */
function refuseRows(world: World, answer: () => Response | Promise<Response>): void {
  world.intercept = (request) =>
    request.method === "POST" && request.url.endsWith("/sync/mcp") ? answer() : undefined;
}

const inactive = () => Response.json({ error: "sync_inactive" }, { status: 402 });
const down = () => new Response("down", { status: 503 });

Deno.test("strict: an answer leaves once its row is stored, and each row is pushed by itself", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  assert.deepEqual((await readEntries(world, anna)).map(({ tool }) => tool), ["notes.create"]);
  await callOk(world, anna, "notes_search");
  assert.deepEqual((await readEntries(world, anna)).map(({ tool }) => tool), [
    "notes.create",
    "notes.search",
  ]);
  assert.equal(rowPushes(world).length, 3, "the first one begins the chain");
  await world.gateway.stop();
  assert.deepEqual((await readChains(world, anna)).map((rows) => rows.at(-1)?.body.end), [true]);
});

Deno.test("strict: calls at the same time share rows, and none is lost", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  await Promise.all(Array.from({ length: 8 }, () => callOk(world, anna, "notes_search")));
  assert.equal((await readEntries(world, anna)).length, 9);
  assert.ok(rowPushes(world).length < 9, String(rowPushes(world).length));
});

for (const [fault, answer] of Object.entries({ down, inactive })) {
  Deno.test(`strict, the sync service is ${fault}: a read is withheld in words that say why, a change is done and says so; both work again`, async () => {
    const timers = createTimers();
    await using world = await createWorld({ after: timers.after, isStill: true, env: { LEDGER: "strict" } });
    const anna = await world.person("anna");
    await callOk(world, anna, "notes_create", { title: "Secret oak" });
    refuseRows(world, answer);
    const read = await call(world, anna, "notes_search");
    assert.ok(!read.ok);
    if (fault === "down") assert.equal(read.message, UNAVAILABLE);
    else assert.match(read.message, /stores no ledger because the person's subscription is inactive/);
    assert.ok(!JSON.stringify(read).includes("Secret oak"));
    const write = await callOk(world, anna, "notes_create", { title: "Ash" });
    assert.deepEqual(write.remarks, [NOT_YET]);
    assert.equal((await pullAll(world, anna, NOTES)).length, 2);
    world.intercept = null;
    await callOk(world, anna, "notes_search");
    await world.gateway.stop();
    const [rows, ...others] = await readChains(world, anna);
    assert.deepEqual(others, []);
    const tools = rows?.flatMap(({ body }) => body.entries.map(({ tool }) => tool));
    const gap = rows?.reduce((sum, { body }) => sum + (body.gap ?? 0), 0);
    // A row that may be stored is sent until it is; what was refused for certain is told as missing.
    assert.deepEqual(
      [tools, gap],
      fault === "down"
        ? [["notes.create", "notes.search", "notes.create", "notes.search"], 0]
        : [["notes.create", "notes.search"], 2],
    );
  });
}

Deno.test("strict: a sync service that never answers for the ledger keeps a read for ten seconds, and a change as well", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  const hanging = Promise.withResolvers<Response>();
  refuseRows(world, () => hanging.promise);
  for (const [tool, args] of [["notes_search", {}], ["notes_create", { title: "Ash" }]] as const) {
    const answer = call(world, anna, tool, args);
    await until(() => timers.waiting().includes(10_000));
    timers.pass(10_000);
    const { ok, ...said } = await answer;
    assert.equal(ok, tool === "notes_create");
    assert.ok(JSON.stringify(said).includes(ok ? NOT_YET : UNAVAILABLE));
  }
  world.intercept = null;
  hanging.resolve(down());
});

Deno.test("best-effort: neither a read nor a change notices that the sync service stores no rows", async () => {
  for (const answer of [inactive, down]) {
    const timers = createTimers();
    await using world = await createWorld({ after: timers.after, isStill: true });
    const anna = await world.person("anna");
    refuseRows(world, answer);
    const made = await callOk(world, anna, "notes_create", { title: "Oak" });
    assert.equal(made.remarks, undefined);
    await callOk(world, anna, "notes_search");
    timers.pass(250);
    await until(() => rowPushes(world).length > 0);
    await callOk(world, anna, "notes_search");
    world.intercept = null;
  }
});

Deno.test("a person who asks for it gets the strict ledger for their apps, whatever the operator chose", async () => {
  for (const LEDGER of ["best-effort", "off"]) {
    await using world = await createConnected({ LEDGER });
    const anna = await signIn(world, "anna@mana.test");
    await (await world.auth("/api/v1/me/encryption-vault/init", { method: "POST", headers: bearer(anna) }))
      .body
      ?.cancel();
    const { access } = await connect(world, world.anna, { allow: ["notes:read", "notes:write"] });
    tellOfGrant(world, { ledger: "strict" });
    assert.match((await world.call(access, "notes_create", { title: "Oak" })).text, /"title":"Oak"/);
    const told = world.intercept;
    world.intercept = (request) => request.url.endsWith("/sync/mcp") ? down() : told?.(request);
    const read = await world.call(access, "notes_search");
    assert.ok(read.text.includes("Nothing was handed out"), read.text);
    assert.ok(!read.text.includes("Oak"));
    world.intercept = null;
    assert.equal((await readEntries(world, anna)).length, 1);
  }
});

Deno.test("strict: a change that changes nothing is withheld as a read is, or it would tell which text is there", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  const { id } = z.object({ id: z.string() }).parse(
    (await callOk(world, anna, "notes_create", { title: "Oak" })).note,
  );
  refuseRows(world, inactive);
  const guess = await call(world, anna, "notes_update", { id, title: "Oak" });
  assert.ok(!guess.ok);
  assert.match(guess.message, /^Nothing was handed out/);
  const change = await callOk(world, anna, "notes_update", { id, title: "Ash" });
  assert.deepEqual(change.remarks, [NOT_YET]);
});
