import assert from "node:assert/strict";
import { lastChange, masterKey, open, pushInsert, seal, withoutPush } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { rowsOf } from "./_calls.ts";

const SESSIONS = { app: "stretch", table: "stretchSessions" };
const ROUTINES = { app: "stretch", table: "stretchRoutines" };

async function addRoutine(world: World, person: Person, id: string, name: string): Promise<void> {
  const key = await masterKey(world, person);
  const step = { exerciseId: "stretch-neck", durationSec: 30, restAfterSec: 5, notes: "" };
  await pushInsert(world, person, ROUTINES, id, {
    name: await seal(key, name),
    description: await seal(key, "am Schreibtisch"),
    routineType: "desk_break",
    targetBodyRegions: ["neck"],
    exercises: await seal(key, [step, step, step]),
    estimatedDurationMin: 2,
    order: 1,
  });
}

Deno.test("stretch.log: a routine gives its name and how many exercises it has", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addRoutine(world, anna, "desk", "Pause");
  const [routine] = await rowsOf(world, anna, "stretch_list", "routines", { kind: "routines" });
  assert.deepEqual([routine?.["id"], routine?.["name"], "exercises" in Object(routine)], [
    "desk",
    "Pause",
    false,
  ]);
  const { id, startedAt } = await callOk(world, anna, "stretch_log", {
    routineId: "desk",
    totalDurationSec: 120,
    completedExercises: 2,
  });
  assert.equal(startedAt, "2026-03-01T11:58+00:00");
  const { data } = await lastChange(world, anna, SESSIONS, id);
  assert.equal(await open(await masterKey(world, anna), data?.["routineName"]), "Pause");
  assert.deepEqual([data?.["routineId"], data?.["completedExercises"], data?.["totalExercises"]], [
    "desk",
    2,
    3,
  ]);
});

Deno.test("stretch.log: a session without a name, a routine that is not there and more done than there was are refused", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await addRoutine(world, anna, "desk", "Pause");
  const refused = (args: Record<string, unknown>) =>
    callRefused(world, anna, "stretch_log", { totalDurationSec: 60, ...args });
  await withoutPush(world, async () => {
    assert.match(await refused({}), /routineName: say what was done, or give `routineId`/);
    assert.match(await refused({ routineId: "nowhere" }), /^No stretching routine with id "nowhere"/);
    assert.match(
      await refused({ routineId: "desk", completedExercises: 4 }),
      /completedExercises: more than the 3 of the session/,
    );
    assert.match(await refused({ routineName: " " }), /routineName: expected at least one visible/);
    assert.match(await refused({ routineName: "x", mood: 0 }), /mood: expected at least 1/);
    assert.match(
      await refused({ routineName: "x", startedAt: "gestern" }),
      /startedAt: expected an existing/,
    );
    assert.match(
      await refused({ routineName: "x", totalDurationSec: 0 }),
      /totalDurationSec: expected at least/,
    );
  });
});

Deno.test("stretch.list: sessions of the days asked for, with their sum", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const log = (startedAt: string) =>
    callOk(world, anna, "stretch_log", { routineName: "Rücken", totalDurationSec: 300, startedAt });
  await log("2026-02-27T08:00");
  await log("2026-02-28T08:00");
  await log("2026-03-01T08:00");
  const range = { from: "2026-02-28", limit: 1 };
  const [session] = await rowsOf(world, anna, "stretch_list", "sessions", range);
  assert.deepEqual([session?.["routineName"], session?.["startedAt"]], ["Rücken", "2026-03-01T08:00+00:00"]);
  const { summary, hasMore, routines } = await callOk(world, anna, "stretch_list", range);
  assert.deepEqual([summary, hasMore, routines], [{ count: 2, totalSec: 600 }, true, undefined]);
  for (const [query, count] of [["rücken", 3], ["nacken", 0]]) {
    assert.equal((await rowsOf(world, anna, "stretch_list", "sessions", { query })).length, count);
  }
  assert.match(
    await callRefused(world, anna, "stretch_list", { from: "2026-03-02", to: "2026-03-01" }),
    /to: it is before `from`/,
  );
});
