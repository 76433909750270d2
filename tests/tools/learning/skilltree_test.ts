import assert from "node:assert/strict";
import {
  HABITS,
  lastChange,
  masterKey,
  open,
  pullAll,
  pushInsert,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const SKILLS = { app: "skilltree", table: "skills" };
const ACTIVITIES = { app: "skilltree", table: "activities" };
const BLOCKS = { app: "timeblocks", table: "timeBlocks" };

async function save(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "skilltree_save", args)).id);
}

async function skillsOf(world: World, person: Person, args: Record<string, unknown> = {}) {
  return (await listed(world, person, "skilltree_list", args)).rows;
}

Deno.test("skilltree.save: makes a skill, changes it, and empties what is cleared", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const root = await save(world, anna, { name: "Musik", branch: "creativity" });
  const id = await save(world, anna, {
    name: "Geige",
    parentId: root,
    description: "täglich",
    color: "#112233",
  });
  assert.equal(
    await save(world, anna, { id, name: "Bratsche", clear: ["description", "parentId", "color"] }),
    id,
  );
  const skill = (await skillsOf(world, anna)).find((one) => one.id === id) ?? assert.fail("no such skill");
  const { name, description, parentId, color, level, totalXp } = skill;
  assert.deepEqual([name, description, parentId, color, level, totalXp], ["Bratsche", "", null, null, 0, 0]);
});

Deno.test("skilltree.add_xp: the counters, the level, an activity, and a time block where the practice took time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const skillId = await save(world, anna, { name: "Geige" });
  const first = await callOk(world, anna, "skilltree_add_xp", { skillId, xp: 99, description: "Tonleitern" });
  assert.deepEqual([first.totalXp, first.level], [99, 0]);
  assert.deepEqual(await pullAll(world, anna, BLOCKS), []);
  const next = await callOk(world, anna, "skilltree_add_xp", {
    skillId,
    xp: 401,
    description: "Etüden",
    duration: 90,
  });
  assert.deepEqual([next.totalXp, next.level], [500, 2]);
  const [block] = await pullAll(world, anna, BLOCKS);
  const { startDate, endDate, kind, type, sourceModule, sourceId, title, color } = block?.data ?? {};
  assert.deepEqual([kind, type, sourceModule, sourceId, color], [
    "logged",
    "practice",
    "skilltree",
    next.id,
    "#f97316",
  ]);
  assert.equal(Date.parse(String(endDate)) - Date.parse(String(startDate)), 90 * 60_000);
  assert.equal(await open(await masterKey(world, anna), title), "Geige: Etüden");
  const { fields } = await lastChange(world, anna, SKILLS, skillId);
  assert.deepEqual([fields?.totalXp?.value, fields?.currentXp?.value, fields?.level?.value], [500, 500, 2]);
  const { rows } = await listed(world, anna, "skilltree_list", { skillId });
  assert.deepEqual(rows.map(({ description, xpEarned, duration }) => [description, xpEarned, duration]), [
    ["Etüden", 401, 90],
    ["Tonleitern", 99, undefined],
  ]);
});

Deno.test("skilltree.add_xp: practice that is noted at the same time adds up", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const skillId = await save(world, anna, { name: "Geige" });
  await Promise.all(
    [1, 2, 3, 4].map((xp) => callOk(world, anna, "skilltree_add_xp", { skillId, xp, description: `#${xp}` })),
  );
  const [skill] = await skillsOf(world, anna);
  assert.deepEqual([skill?.totalXp, skill?.currentXp], [10, 10]);
});

Deno.test("skilltree.add_xp: the same call completes what a lost answer left, and counts once", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const skillId = await save(world, anna, { name: "Geige" });
  let pushes = 0;
  world.intercept = (request) =>
    Promise.resolve(
      request.method === "POST" && ++pushes > 1 ? new Response("no", { status: 400 }) : undefined,
    );
  const args = { skillId, xp: 30, description: "Tonleitern", duration: 10 };
  assert.match(await callRefused(world, anna, "skilltree_add_xp", args), /stored/);
  world.intercept = null;
  const { totalXp } = await callOk(world, anna, "skilltree_add_xp", args);
  assert.equal(totalXp, 30);
  assert.equal((await pullAll(world, anna, BLOCKS)).length, 1);
  assert.equal((await pullAll(world, anna, ACTIVITIES)).length, 1);
  assert.equal((await skillsOf(world, anna))[0]?.totalXp, 30);
});

Deno.test("skilltree.list: the most practised first, by branch and words", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await save(world, anna, { name: "Geige", branch: "creativity" });
  const swim = await save(world, anna, { name: "Kraulen", branch: "body", description: "im Fluss" });
  await callOk(world, anna, "skilltree_add_xp", { skillId: swim, xp: 5, description: "eine Bahn" });
  const names = async (args: Record<string, unknown>) =>
    (await skillsOf(world, anna, args)).map(({ name }) => name);
  assert.deepEqual(await names({}), ["Kraulen", "Geige"]);
  assert.deepEqual(await names({ branch: "creativity" }), ["Geige"]);
  assert.deepEqual(await names({ query: "fluss" }), ["Kraulen"]);
});

Deno.test("skilltree.delete: activities and their blocks go with the skill", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await save(world, anna, { name: "Geige" });
  const other = await save(world, anna, { name: "Kraulen" });
  for (const skillId of [id, id, other]) {
    await callOk(world, anna, "skilltree_add_xp", { skillId, xp: 5, description: "x", duration: 5 });
  }
  const { sentence } = await deleteWithYes(world, anna, "skilltree_delete", { id });
  assert.match(sentence, /Delete the skill "Geige"\?.* Its practice, noted 2 times, goes with it\./);
  const deleted = async (table: typeof BLOCKS) =>
    (await pullAll(world, anna, table)).filter(({ op }) => op === "delete").length;
  assert.deepEqual([await deleted(BLOCKS), await deleted(ACTIVITIES), await deleted(SKILLS)], [2, 2, 1]);
  assert.deepEqual((await skillsOf(world, anna)).map(({ name }) => name), ["Kraulen"]);
});

Deno.test("skilltree: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const top = await save(world, anna, { name: "top" });
  const below = await save(world, anna, { name: "below", parentId: top });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{}, /name: a new skill needs one/],
      [{ id: top }, /nothing to change/],
      [{ id: top, parentId: below }, /parentId: a skill cannot be above itself/],
      [{ id: top, parentId: top }, /parentId: a skill cannot be above itself/],
      [{ name: "x", parentId: "run" }, /No skill with id "run"/],
      [{ name: "x", branch: "magic" }, /branch: /],
      [{ name: "x", color: "red" }, /color: /],
      [{ name: "x", description: "x".repeat(200_000) }, /description: /],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "skilltree_save", args), words);
    }
    const practice = { skillId: top, xp: 5, description: "x" };
    assert.match(
      await callRefused(world, anna, "skilltree_add_xp", { ...practice, xp: 0 }),
      /xp: expected at least 1/,
    );
    assert.match(
      await callRefused(world, anna, "skilltree_add_xp", { ...practice, duration: 2_000 }),
      /duration: /,
    );
    for (const skillId of ["nowhere", "run"]) {
      const words = notFound("skill", skillId);
      assert.equal(
        await callRefused(world, anna, "skilltree_add_xp", { ...practice, skillId, duration: 5 }),
        words,
      );
      assert.equal(await callRefused(world, anna, "skilltree_list", { skillId }), words);
    }
  });
});

Deno.test("skilltree: a sum that cannot be read is not started anew, and a parent that is gone changes nothing", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, SKILLS, "odd", {
    name: "Geige",
    totalXp: "viel",
    currentXp: 3,
    parentId: "gone",
  });
  const practice = { skillId: "odd", xp: 5, description: "x", duration: 5 };
  await withoutPush(world, async () => {
    const words = await callRefused(world, anna, "skilltree_add_xp", practice);
    assert.match(words, /This skill cannot be changed because its totalXp cannot be read/);
  });
  await save(world, anna, { id: "odd", description: "neu" });
  assert.deepEqual(
    (await skillsOf(world, anna)).map(({ parentId, description }) => [parentId, description]),
    [[
      "gone",
      "neu",
    ]],
  );
});
