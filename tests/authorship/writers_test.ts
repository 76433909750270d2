/** Who wrote, through the whole product: what an assistant's calls leave in the change log, and what others can make of it. */
import assert from "node:assert/strict";
import type { Writer } from "../../lib/authorship/change_verifier.ts";
import { KEYLESS_MS } from "../../lib/authorship/authorship.ts";
import { createConnected, tellOfGrant } from "../_support/connected.ts";
import {
  goZeroKnowledge,
  HABITS,
  lastChange,
  NOTES,
  pullAll,
  push,
  rotateKey,
  stampAt,
} from "../_support/device.ts";
import { FAULTS } from "../_support/faults.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { CLIENT } from "../_support/mcp_request.ts";
import { connect, getCode, introspect, redeem, register, tokensOf } from "../_support/oauth_flow.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { writersOf } from "./_log.ts";

/** A table of a module that team spaces have. */
const PROJECTS = { app: "times", table: "projects" };
const KEY_PATH = "/encryption-vault/key";
const keyRequests = (world: World) => world.upstreamCalls.filter(({ url }) => url.endsWith(KEY_PATH)).length;

/** The one writer that is of an app. */
function appOf(writer: Writer | undefined): Writer & { kind: "app" } {
  assert.ok(writer?.kind === "app", JSON.stringify(writer));
  return writer;
}

Deno.test("what the person's own token writes is verified, call by call, whatever app its client says to be", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const name of ["Claude", "own token (Claude)"]) {
    const meta = { "io.modelcontextprotocol/clientInfo": { ...CLIENT, name } };
    const params = { name: "habits_create", arguments: { title: "Run" } };
    assert.equal((await rpc(world, anna, "tools/call", params, { meta })).status, 200);
  }
  const [first, second, ...more] = await writersOf(world, anna, HABITS);
  assert.equal(more.length, 0);
  assert.ok(first?.kind === "own" && second?.kind === "own");
  assert.deepEqual(first, { kind: "own", callId: first.callId, tool: "habits.create", name: "Claude" });
  assert.equal(second.name, "own token (Claude)");
  assert.match(first.callId, /^[0-9a-f]{32}$/);
  assert.notEqual(first.callId, second.callId);
  // As the web app shows it (sync contract section 9).
  const { actor, origin } = await lastChange(world, anna, HABITS);
  assert.deepEqual([actor?.kind, actor?.principalId, actor?.displayName, actor?.rationale, origin], [
    "ai",
    "mana-mcp:own",
    "own token (own token (Claude))",
    "habits.create",
    "agent",
  ]);
});

Deno.test("the rows of one call are signed one by one, with one call id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { habit } = await callOk(world, anna, "habits_create", { title: "Run" });
  assert.ok(typeof habit === "object" && habit !== null && "id" in habit);
  await callOk(world, anna, "habits_log", { id: habit.id });
  const [log] = await writersOf(world, anna, { app: "habits", table: "habitLogs" });
  const [block] = await writersOf(world, anna, { app: "timeblocks", table: "timeBlocks" });
  assert.ok(log?.kind === "own" && block?.kind === "own");
  assert.deepEqual([log.tool, block.callId], ["habits.log", log.callId]);
});

Deno.test("an app keeps its pseudonym when it is connected anew, another name is another app, and nobody reads which connection", async () => {
  await using world = await createConnected();
  const anna = await signIn(world, "anna@mana.test");
  const team = await makeTeam(world, anna);
  const ids: string[] = [];
  const write = async (name: string) => {
    const { client_id: clientId } = await register(world, { client_name: name });
    const code = await getCode(world.anna, clientId, { where: "all", allow: ["times:read", "times:write"] });
    const { access } = await tokensOf(await redeem(world, clientId, code));
    const { app_key: appKey, gid } = await introspect(world, access);
    ids.push(clientId, String(appKey), String(gid));
    const params = { name: "times_save_project", arguments: { name: "Paint" } };
    const called = await world.rpc(access, "tools/call", params, team);
    assert.match(await called.text(), /"structuredContent"/);
  };
  await write("Test app");
  await write("Test app");
  await write("Test app 2");
  const [one, two, three] = (await writersOf(world, anna, PROJECTS)).map(appOf);
  assert.ok(one && two && three);
  assert.deepEqual([one.name, one.tool, three.name], ["Test app", "times.save_project", "Test app 2"]);
  assert.equal(one.pseudonym, two.pseudonym);
  assert.notEqual(three.pseudonym, one.pseudonym);
  const stored = JSON.stringify(await pullAll(world, anna, PROJECTS));
  assert.equal(new Set(ids).size, 8, "one app key is there twice");
  for (const id of ids) assert.ok(!stored.includes(id), id);
});

Deno.test("where no app is told apart, or not as it should be, the client id stands for the app", async () => {
  await using world = await createConnected();
  const anna = await signIn(world, "anna@mana.test");
  const { access } = await connect(world, world.anna);
  const pseudonyms: string[] = [];
  for (const appKey of [undefined, "", "x".repeat(5_000), 7]) {
    tellOfGrant(world, { app_key: appKey });
    world.clock.now += 60_000;
    assert.equal((await world.call(access, "habits_create", { title: "Run" })).status, 200);
    pseudonyms.push(appOf((await writersOf(world, anna, HABITS)).at(-1)).pseudonym);
  }
  assert.equal(new Set(pseudonyms).size, 1);
});

Deno.test("a co-member who copies an app's actor onto another row, value or space proves nothing, and the app's own row stays", async () => {
  await using world = await createWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const [team, other] = [await makeTeam(world, anna, ben), await makeTeam(world, anna, ben)];
  await callOk(world, anna, "times_save_project", { name: "Paint" }, inSpace(team));
  const own = await lastChange(world, ben, PROJECTS);
  const { actor, data, op, spaceId } = own;
  await push(world, ben, PROJECTS, [
    { id: "planted", op, spaceId, actor, origin: "agent", data: { ...data, id: "planted" } },
    { id: own.id, op, spaceId, actor, origin: "agent", data: { ...data, name: "Draw" } },
    { id: own.id, op, spaceId: other, actor, origin: "agent", data },
    { id: own.id, op: "delete", spaceId, actor, origin: "agent", deletedAt: stampAt(world) },
  ]);
  const writers = await writersOf(world, anna, PROJECTS);
  assert.deepEqual(writers.map(({ kind }) => kind), ["own", ...Array(4).fill("unverified")]);
  // Nor can the co-member tell that the row is Anna's app's: the same row, for Ben.
  assert.equal((await writersOf(world, ben, PROJECTS))[0]?.kind, "unverified");
});

Deno.test("a row from before signatures keeps the name that its client gave itself, unverified", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const actor = { kind: "ai", principalId: "mcp:Claude", displayName: "Claude", rationale: "habits.update" };
  await push(world, anna, HABITS, [
    { id: "h", op: "delete", spaceId: anna.personalSpace, actor, origin: "agent", deletedAt: stampAt(world) },
    { id: "h", op: "delete", spaceId: anna.personalSpace, deletedAt: stampAt(world) },
  ]);
  assert.deepEqual(await writersOf(world, anna, HABITS), [
    { kind: "unverified", name: "Claude", tool: "habits.update", callId: null },
    { kind: "person" },
  ]);
});

/** Two habits and the actors that they carry. */
async function actorsOf(world: World, person: Person) {
  await callOk(world, person, "habits_create", { title: "Run" });
  await callOk(world, person, "habits_create", { title: "Swim" });
  return (await pullAll(world, person, HABITS)).map(({ actor }) => actor ?? assert.fail("no actor"));
}

Deno.test("a person without a key writes plaintext as ever, unsigned, and the vault is not asked at each change", async () => {
  for (const withdraw of [goZeroKnowledge, null]) {
    await using world = await createWorld({ isStill: true });
    const anna = await world.person("anna", { vault: withdraw !== null });
    await withdraw?.(world, anna);
    const actors = await actorsOf(world, anna);
    assert.equal(keyRequests(world), 1);
    for (const { principalId, iterationId } of actors) {
      assert.equal(principalId, "mana-mcp:own");
      assert.match(String(iterationId), /^[0-9a-f]{32}$/);
    }
    world.clock.now += KEYLESS_MS;
    await callOk(world, anna, "habits_create", { title: "Bike" });
    assert.equal(keyRequests(world), 2);
  }
});

Deno.test("an app of a person without a key has no pseudonym", async () => {
  await using world = await createConnected();
  const anna = await signIn(world, "anna@mana.test");
  const { access } = await connect(world, world.anna);
  await goZeroKnowledge(world, anna);
  assert.equal((await world.call(access, "habits_create", { title: "Run" })).status, 200);
  const { actor } = await lastChange(world, anna, HABITS);
  assert.deepEqual([actor?.principalId, actor?.displayName], ["mana-mcp:app", "Test app"]);
});

Deno.test("a vault that fails, in whatever way, fails no write of plaintext; the next change after it is signed", async () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    await using world = await createWorld({ isStill: true });
    const anna = await world.person("anna");
    world.intercept = ({ url }) => url.includes("/encryption-vault/") ? fault() : undefined;
    const actors = await actorsOf(world, anna);
    // A request that got no answer at all is sent once more.
    assert.ok(keyRequests(world) <= 2, name);
    for (const { iterationId } of actors) assert.match(String(iterationId), /^[0-9a-f]{32}$/, name);
    world.intercept = null;
    world.clock.now += KEYLESS_MS;
    await callOk(world, anna, "habits_create", { title: "Bike" });
    const kinds = (await writersOf(world, anna, HABITS)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["unverified", "unverified", "own"], name);
  }
});

Deno.test("what was signed with a key that was replaced is unverified, and what is written with the new key is not", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "before" });
  await rotateKey(world, anna);
  world.clock.now += 60_000;
  await callOk(world, anna, "notes_create", { title: "after" });
  const writers = await writersOf(world, anna, NOTES);
  assert.deepEqual(writers.map(({ kind }) => kind), ["unverified", "own"]);
  assert.ok(writers[0]?.kind === "unverified");
  assert.match(String(writers[0].callId), /^[0-9a-f]{32}$/);
});

Deno.test("reading asks for no key", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  await callOk(world, anna, "todo_list");
  assert.equal(keyRequests(world), 0);
});
