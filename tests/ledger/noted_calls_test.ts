// Which calls are noted in a person's ledger, and exactly what.
import assert from "node:assert/strict";
import { createHmac, hkdfSync } from "node:crypto";
import { z } from "zod";
import { unpackIds } from "../../lib/ledger/id_list.ts";
import { connect } from "../_support/oauth_flow.ts";
import { createConnected } from "../_support/connected.ts";
import { HABITS, NOTES, pullAll, push } from "../_support/device.ts";
import { call, callOk, rpc } from "../_support/mcp.ts";
import { signIn } from "../_support/test_backend.ts";
import { createWorld } from "../_support/world.ts";
import { createTimers, masterKey, readChains, readEntries, rowPushes } from "./_ledger.ts";

const Made = z.object({ id: z.string() });

Deno.test("a call that writes is noted with its records and stamps, a call that reads with the ids and fields that it was handed", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after, isStill: true });
  const anna = await world.person("anna");
  const { id } = Made.parse(
    (await callOk(world, anna, "notes_create", { title: "Oak", content: "Ash" })).note,
  );
  await callOk(world, anna, "notes_search", { limit: 5 });
  assert.equal(rowPushes(world).length, 1, "the chain is begun, and nothing else waits for the ledger");
  assert.equal(timers.waiting()[0], 250);
  await world.gateway.stop();

  const [change] = await pullAll(world, anna, NOTES);
  const marks = createHmac(
    "sha256",
    new Uint8Array(hkdfSync("sha256", await masterKey(world, anna), "", "mana-mcp/ledger-args/v1", 32)),
  );
  const chains = await readChains(world, anna);
  assert.equal(chains.length, 1);
  const [first, body] = chains[0]?.map((row) => row.body) ?? [];
  assert.deepEqual(first, { at: first?.at, entries: [], seen: {}, grants: {}, window: {} });
  assert.ok(body);
  const { entries: [made, found], ...rest } = body;
  assert.deepEqual(rest, { at: body.at, seen: {}, grants: {}, window: {}, end: true });
  assert.match(made?.call ?? "", /^[0-9a-f]{32}$/);
  assert.equal(
    String(z.object({ iterationId: z.string() }).parse(change?.actor).iterationId).slice(0, 32),
    made?.call,
  );
  assert.deepEqual(made, {
    at: made?.at,
    grant: "",
    app: "",
    allowed: "",
    tool: "notes.create",
    call: made?.call,
    args: marks.update('{"content":"Ash","title":"Oak"}').digest("hex").slice(0, 32),
    read: [],
    wrote: [{ c: "notes/notes", id, op: "insert", at: String(change?.data?.updatedAt) }],
    outcome: "done",
  });
  assert.equal(found?.tool, "notes.search");
  assert.notEqual(found?.call, made?.call);
  const [read, ...others] = found?.read ?? [];
  assert.deepEqual(others, []);
  assert.ok(read);
  assert.deepEqual([read.c, read.s], ["notes/notes", anna.personalSpace]);
  assert.deepEqual(read.f, ["title", "content", "color", "isPinned", "isArchived"]);
  assert.deepEqual(unpackIds(read), [id]);
  assert.deepEqual(found?.wrote, []);
});

Deno.test("what opens and writes nothing is not noted: lists of tools and spaces, resources, refused calls, records without a sealed field", async () => {
  await using world = await createWorld({ isStill: true });
  const anna = await world.person("anna");
  await push(world, anna, HABITS, [{
    op: "insert",
    id: "habit-1",
    spaceId: anna.personalSpace,
    data: { title: "Run" },
  }]);
  for (const method of ["tools/list", "resources/list", "prompts/list"]) {
    assert.equal((await rpc(world, anna, method)).status, 200);
  }
  await callOk(world, anna, "spaces_list");
  await callOk(world, anna, "habits_list");
  assert.ok(!(await call(world, anna, "notes_read", { id: "nobody" })).ok);
  assert.ok(!(await call(world, anna, "notes_create", { title: 5 })).ok);
  await world.gateway.stop();
  assert.deepEqual(rowPushes(world), []);
});

Deno.test("a search that finds nothing, and a call that fails, is noted with how many records were looked at", async () => {
  await using world = await createWorld({ isStill: true });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak", content: "Ash" });
  await callOk(world, anna, "notes_search", { query: "nothing like it" });
  await world.gateway.stop();
  const entry = (await readEntries(world, anna)).find(({ tool }) => tool === "notes.search");
  assert.deepEqual([entry?.read, entry?.looked, entry?.outcome], [
    [],
    [{ c: "notes/notes", count: 1 }],
    "done",
  ]);
});

Deno.test("an app's calls name its grant, its pseudonym, and what the grant allowed: once in a chain", async () => {
  await using world = await createConnected();
  const anna = await signIn(world, "anna@mana.test");
  await (await world.auth("/api/v1/me/encryption-vault/init", {
    method: "POST",
    headers: { authorization: `Bearer ${anna.token}` },
  })).body?.cancel();
  const { access } = await connect(world, world.anna, { allow: ["notes:read", "notes:write"] });
  await world.call(access, "notes_create", { title: "Oak" });
  await world.call(access, "notes_search", {});
  await world.gateway.stop();
  const [change] = await pullAll(world, anna, NOTES);
  const bodies = (await readChains(world, anna)).flat().map(({ body }) => body);
  const entries = bodies.flatMap((body) => body.entries);
  assert.deepEqual(entries.map(({ tool }) => tool), ["notes.create", "notes.search"]);
  const [one, two] = entries;
  assert.ok(one && two);
  assert.notEqual(one.grant, "");
  assert.deepEqual([two.grant, two.app, two.allowed], [one.grant, one.app, one.allowed]);
  assert.equal(change?.actor?.principalId, `mana-mcp:app:${one.app}`);
  const grants = bodies.flatMap((body) => Object.entries(body.grants));
  assert.equal(grants.length, 1);
  const [[hash, allowed] = []] = grants;
  assert.equal(hash, one.allowed);
  assert.ok(allowed !== undefined && "scope" in allowed);
  assert.equal(allowed.document, null);
  assert.ok(allowed.scope.split(" ").includes("notes:read"), allowed.scope);
  assert.ok(!allowed.scope.includes("journal"), allowed.scope);
});

Deno.test("off: nothing is noted", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Oak" });
  await callOk(world, anna, "notes_search", {});
  await world.gateway.stop();
  assert.deepEqual(rowPushes(world), []);
  assert.deepEqual(await readChains(world, anna), []);
});

Deno.test("a person whose key no server has: nothing is noted, nothing fails, and the vault is not asked at each call", async () => {
  for (const mode of ["best-effort", "strict"]) {
    await using world = await createWorld({ isStill: true, env: { LEDGER: mode } });
    const anna = await world.person("anna", { vault: false });
    for (const title of ["Run", "Read", "Rest"]) await callOk(world, anna, "habits_create", { title });
    await callOk(world, anna, "habits_list");
    await world.gateway.stop();
    assert.deepEqual(rowPushes(world), []);
    assert.ok(world.upstreamCalls.filter(({ url }) => url.includes("/encryption-vault/key")).length <= 1);
  }
});

Deno.test("an app that calls on for longer than an exchanged token lives: each call is noted with a token that lives, and the chain ends", async () => {
  for (const LEDGER of ["best-effort", "strict"]) {
    await using world = await createConnected({ LEDGER });
    const anna = await signIn(world, "anna@mana.test");
    await (await world.auth("/api/v1/me/encryption-vault/init", {
      method: "POST",
      headers: { authorization: `Bearer ${anna.token}` },
    })).body?.cancel();
    const { access } = await connect(world, world.anna, { allow: ["notes:read", "notes:write"] });
    const calls = 7;
    for (let done = 0; done < calls; done++) {
      world.clock.now += 2 * 60_000;
      const { text } = await world.call(access, "notes_create", { title: `Oak ${done}` });
      assert.doesNotMatch(text, /not yet in your ledger/, LEDGER);
    }
    await world.gateway.stop();
    const bodies = (await readChains(world, anna)).flat().map(({ body }) => body);
    assert.equal(bodies.flatMap(({ entries }) => entries).length, calls, LEDGER);
    assert.deepEqual(bodies.flatMap(({ gap = 0 }) => gap).filter((gap) => gap > 0), [], LEDGER);
    assert.equal(bodies.at(-1)?.end, true, LEDGER);
  }
});

Deno.test("strict: a token that the service takes no more keeps the calls of another token from the ledger once, not until it would end", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  world.clock.now += 60_000;
  const later = await signIn(world, "anna@mana.test");
  world.intercept = ({ method, url, headers }) =>
    method === "POST" && url.endsWith("/sync/mcp") &&
      headers.get("authorization") === `Bearer ${later.token}`
      ? new Response(null, { status: 401 })
      : undefined;
  const isUnnoted = async (person: typeof anna, title: string) =>
    JSON.stringify(await callOk(world, person, "notes_create", { title })).includes("not yet in your ledger");
  assert.equal(await isUnnoted({ ...anna, token: later.token }, "Oak"), true);
  assert.equal(await isUnnoted(anna, "Ash"), false);
  await world.gateway.stop();
  const bodies = (await readChains(world, anna)).flat().map(({ body }) => body);
  assert.deepEqual(bodies.map(({ gap, end, entries }) => [gap, end, entries.length]), [
    [1, undefined, 1],
    [undefined, true, 0],
  ]);
});

Deno.test("a write that was refused for certain is not noted; one of which nobody knows is, as unknown", async () => {
  await using world = await createWorld({ isStill: true });
  const anna = await world.person("anna");
  let isStored = false;
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.endsWith("/sync/notes")) return undefined;
    if (isStored) await (await world.backend.sync.fetch(request)).body?.cancel();
    return new Response("no", { status: isStored ? 502 : 400 });
  };
  assert.ok(!(await call(world, anna, "notes_create", { title: "Oak" })).ok);
  isStored = true;
  assert.ok(!(await call(world, anna, "notes_create", { title: "Ash" })).ok);
  world.intercept = null;
  await world.gateway.stop();
  const [change] = await pullAll(world, anna, NOTES);
  const entries = await readEntries(world, anna);
  assert.deepEqual(entries.map(({ outcome, wrote }) => [outcome, wrote.map(({ id }) => id)]), [
    ["unknown", [change?.id]],
  ]);
});

Deno.test("strict: a person whose key no server has is handed what is stored in plaintext, since there is no ledger to wait for", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna", { vault: false });
  await push(world, anna, NOTES, [{
    op: "insert",
    id: "note-1",
    spaceId: anna.personalSpace,
    data: { title: "Oak", content: "Ash" },
  }]);
  for (const _ of [1, 2]) {
    assert.match(JSON.stringify(await callOk(world, anna, "notes_search", {})), /Oak/);
  }
  assert.deepEqual(rowPushes(world), []);
});
