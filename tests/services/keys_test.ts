import assert from "node:assert/strict";
import {
  goZeroKnowledge,
  lastChange,
  masterKey,
  NOTES,
  open,
  pushInsert,
  rotateKey,
  seal,
  TASKS,
  withoutPush,
} from "../_support/device.ts";
import { listed, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const ZERO_KNOWLEDGE =
  "Your vault is in zero-knowledge mode, so no server holds your key: encrypted data can only be " +
  "used in the Mana app.";
const NO_VAULT = "Your encryption vault does not exist yet: open the Mana app once, then repeat the call.";

const keyFetches = (world: World) =>
  world.upstreamCalls.filter(({ url }) => url.endsWith("/encryption-vault/key")).length;

/** Everything that needs the key is refused with `words`, everything that does not works. */
async function assertKeyless(world: World, person: Person, words: string): Promise<void> {
  await withoutPush(world, async () => {
    assert.equal(await callRefused(world, person, "todo_create", { title: "x" }), words);
    assert.equal(await callRefused(world, person, "notes_create", { title: "x" }), words);
    assert.equal(await callRefused(world, person, "journal_add", { content: "x" }), words);
  });
  const { id } = recordOf(await callOk(world, person, "habits_create", { title: "Run" }), "habit");
  assert.equal((await callOk(world, person, "habits_update", { id, title: "Walk" })).changed, true);
  assert.deepEqual(await titles(world, person, "habits_list"), ["Walk"]);
  assert.equal((await callOk(world, person, "habits_archive", { id })).changed, true);
  await callOk(world, person, "spaces_list");
  assert.deepEqual(await titles(world, person, "notes_search"), []);
}

Deno.test("zero-knowledge: tools that need the key say why not, all others work", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const sealed = await seal(await masterKey(world, anna), "secret");
  await goZeroKnowledge(world, anna);
  await assertKeyless(world, anna, ZERO_KNOWLEDGE);
  await pushInsert(world, anna, TASKS, "t", { title: sealed });
  await pushInsert(world, anna, NOTES, "n", { title: sealed });
  await withoutPush(world, async () => {
    assert.equal(await callRefused(world, anna, "todo_list"), ZERO_KNOWLEDGE);
    assert.equal(await callRefused(world, anna, "notes_search"), ZERO_KNOWLEDGE);
    assert.equal(await callRefused(world, anna, "todo_complete", { id: "t" }), ZERO_KNOWLEDGE);
  });
  const team = await makeTeam(world, anna);
  world.clock.now += 61_000;
  await callOk(world, anna, "notes_create", { title: "shared" }, inSpace(team));
  assert.deepEqual(await titles(world, anna, "notes_search", {}, inSpace(team)), ["shared"]);
});

Deno.test("no vault yet: tools that need the key say what to do, and no vault is made", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna", { vault: false });
  await assertKeyless(world, anna, NO_VAULT);
  const status = await world.auth("/api/v1/me/encryption-vault/status", {
    headers: { authorization: `Bearer ${anna.token}` },
  });
  assert.match(await status.text(), /"vaultExists":false/);
});

Deno.test("a vault that answers with something that is not a key is refused in words", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const short = new Uint8Array(16).toBase64();
  const whole = new Uint8Array(32).toBase64();
  const answers = [
    { masterKey: short, formatVersion: 1 },
    { masterKey: "not base64!", formatVersion: 1 },
    { masterKey: 5, formatVersion: 1 },
    { masterKey: whole, formatVersion: 2 },
    { masterKey: whole.replace("=", ""), formatVersion: 1 },
    "a text",
    null,
  ];
  for (const answer of answers) {
    world.intercept = ({ url }) => url.endsWith("/key") ? Response.json(answer) : undefined;
    await withoutPush(world, async () => {
      assert.equal(
        await callRefused(world, anna, "notes_create", { title: "x" }),
        "The key vault answered with something that is not a key: ask your operator.",
        JSON.stringify(answer),
      );
    });
  }
});

Deno.test("a rotated key is fetched once: new rows are opened, old ones are unreadable and counted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const oldKey = await masterKey(world, anna);
  await pushInsert(world, anna, NOTES, "old", { title: await seal(oldKey, "old") });
  assert.deepEqual(await titles(world, anna, "notes_search"), ["old"]);
  assert.equal(keyFetches(world), 1);
  const newKey = await rotateKey(world, anna);
  await pushInsert(world, anna, NOTES, "new", { title: await seal(newKey, "new") });
  world.clock.now += 11_000;
  assert.equal((await listed(world, anna, "notes_search")).rows.some(({ title }) => title === "new"), true);
  assert.equal(keyFetches(world), 2);
  for (let round = 0; round < 5; round++) {
    const { rows, unreadable } = await listed(world, anna, "notes_search");
    assert.deepEqual(rows.map(({ id, title, unreadable }) => [id, title, unreadable]), [
      ["new", "new", undefined],
      ["old", undefined, ["title"]],
    ]);
    assert.equal(unreadable, 1);
    world.clock.now += 15_000;
  }
  assert.ok(keyFetches(world) <= 3, `${keyFetches(world)} fetches`);
  const { id } = recordOf(await callOk(world, anna, "notes_create", { title: "newer" }), "note");
  assert.equal(await open(newKey, (await lastChange(world, anna, NOTES, id)).data?.title), "newer");
});

Deno.test("the key is fetched once for many calls at the same time and kept for minutes, not longer", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  assert.equal(keyFetches(world), 0);
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => callOk(world, anna, "notes_create", { title: `n${index}` })),
  );
  assert.equal(keyFetches(world), 1);
  await callOk(world, anna, "notes_search");
  world.clock.now += 4 * 60_000;
  await callOk(world, anna, "notes_search");
  assert.equal(keyFetches(world), 1);
  world.clock.now += 61_000;
  await callOk(world, anna, "notes_search");
  assert.equal(keyFetches(world), 2);
});
