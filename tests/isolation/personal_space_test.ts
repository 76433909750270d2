import assert from "node:assert/strict";
import { HABITS, lastChange, push, pushInsert, stampAt, TASKS } from "../_support/device.ts";
import { titles } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("rows under the own organization, the sentinel, null and no space id are one personal space", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  const sentinel = `_personal:${anna.id}`;
  const at = stampAt(world);
  const row = (id: string, order: number) => ({ id, title: id, order, createdAt: at });
  await push(world, anna, HABITS, [
    { id: "organization", op: "insert", spaceId: anna.personalSpace, data: row("organization", 0) },
    { id: "sentinel", op: "insert", spaceId: sentinel, data: { ...row("sentinel", 1), spaceId: sentinel } },
    { id: "in-data", op: "insert", data: { ...row("in-data", 2), spaceId: sentinel } },
    { id: "null", op: "insert", data: { ...row("null", 3), spaceId: null } },
    { id: "none", op: "insert", data: row("none", 4) },
    { id: "team", op: "insert", spaceId: team, data: { ...row("team", 5), spaceId: team } },
  ]);
  const all = ["organization", "sentinel", "in-data", "null", "none"];
  assert.deepEqual(await titles(world, anna, "habits_list"), all);
  assert.deepEqual(await titles(world, anna, "habits_list", {}, inSpace(sentinel)), all);
  assert.deepEqual(await titles(world, anna, "habits_list", {}, inSpace(anna.personalSpace)), all);
  assert.deepEqual(await titles(world, anna, "habits_list", {}, inSpace(team)), ["team"]);
});

Deno.test("a change of a personal row keeps the space id that the row is stored under", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const sentinel = `_personal:${anna.id}`;
  for (const [id, spaceId] of [["o", anna.personalSpace], ["s", sentinel], ["n", null]] as const) {
    await pushInsert(world, anna, TASKS, id, { title: id, spaceId });
    await callOk(world, anna, "todo_complete", { id });
    assert.equal((await lastChange(world, anna, TASKS, id)).spaceId, spaceId ?? undefined, id);
  }
  assert.deepEqual(await titles(world, anna, "todo_list"), []);
});

Deno.test("a change that came under another name of the personal space counts", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "old", spaceId: `_personal:${anna.id}` });
  const rename = (title: string, spaceId?: string) =>
    push(world, anna, HABITS, [{
      id: "h",
      op: "update",
      fields: { title: { value: title, at: stampAt(world) } },
      ...(spaceId === undefined ? {} : { spaceId }),
    }]);
  await rename("by organization", anna.personalSpace);
  assert.deepEqual(await titles(world, anna, "habits_list"), ["by organization"]);
  await rename("by nothing");
  assert.deepEqual(await titles(world, anna, "habits_list"), ["by nothing"]);
});

Deno.test("new personal rows are stamped with the organization's id, whichever name was asked for", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const headers of [{}, inSpace(anna.personalSpace), inSpace(`_personal:${anna.id}`)]) {
    await callOk(world, anna, "todo_create", { title: "t" }, headers);
    const { spaceId, data } = await lastChange(world, anna, TASKS);
    assert.deepEqual([spaceId, data?.spaceId], [anna.personalSpace, anna.personalSpace]);
    assert.match(String(data?.title), /^enc:1:/);
  }
});

Deno.test("the sentinel of somebody else inside the own rows is not the own personal space", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  await pushInsert(world, anna, HABITS, "odd", { title: "odd", spaceId: `_personal:${ben.id}` });
  assert.deepEqual(await titles(world, anna, "habits_list"), []);
});
