import assert from "node:assert/strict";
import { pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";
import { deleted, deletionRefused, rowsOf } from "./_calls.ts";

const EXERCISES = { app: "body", table: "bodyExercises" };
const CHECKS = { app: "body", table: "bodyChecks" };
const BLOCKS = { app: "timeblocks", table: "timeBlocks" };
const SETS = { app: "body", table: "bodySets" };
const TIMES = { startedAt: "2026-02-28T18:00", endedAt: "2026-02-28T19:15", timeZone: "Europe/Berlin" };
const SQUAT = { name: "Kniebeuge", muscleGroup: "quads", equipment: "barbell" };

Deno.test("body.measure: each type has its usual unit, and a unit that measures something else is refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const measure = (args: Record<string, unknown>) => callOk(world, anna, "body_measure", args);
  assert.deepEqual({ ...await measure({ type: "bodyfat", value: 18.2 }), id: "" }, {
    id: "",
    date: "2026-03-01",
    unit: "percent",
  });
  await measure({ type: "weight", value: 157, unit: "lbs", date: "2026-02-27", notes: "morgens" });
  await measure({ type: "waist", value: 80.5, date: "2026-02-28" });
  const values = async (args: Record<string, unknown>) =>
    (await rowsOf(world, anna, "body_list", "measurements", { kind: "measurements", ...args }))
      .map(({ value, unit }) => [value, unit]);
  assert.deepEqual(await values({}), [[18.2, "percent"], [80.5, "cm"], [157, "lbs"]]);
  assert.deepEqual(await values({ type: "waist" }), [[80.5, "cm"]]);
  assert.deepEqual(await values({ to: "2026-02-27" }), [[157, "lbs"]]);
  assert.deepEqual(await values({ query: "morgens" }), [[157, "lbs"]]);
  const refused = (args: Record<string, unknown>) => callRefused(world, anna, "body_measure", args);
  await withoutPush(world, async () => {
    assert.match(
      await refused({ type: "waist", value: 80, unit: "kg" }),
      /unit: waist is measured in cm or in/,
    );
    assert.match(await refused({ type: "biceps", value: 30 }), /type: expected one of weight, bodyfat/);
    assert.match(await refused({ type: "weight", value: "70" }), /value: expected a number/);
    assert.match(await refused({ type: "weight", value: -1 }), /value: expected at least 0/);
    assert.match(
      await refused({ type: "weight", value: 70, date: "2026-13-01" }),
      /date: expected an existing/,
    );
  });
});

Deno.test("body.check: one check for a day, to which a second call adds", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const check = (args: Record<string, unknown>) => callOk(world, anna, "body_check", args);
  const { id, ...first } = await check({ energy: 4, soreness: 2 });
  assert.deepEqual(first, { date: "2026-03-01", isNew: true });
  assert.deepEqual(await check({ soreness: 3, mood: null, notes: "" }), {
    id,
    date: "2026-03-01",
    isNew: false,
  });
  await Promise.all([check({ mood: 5, date: "2026-02-28" }), check({ energy: 1, date: "2026-02-28" })]);
  const checks = await rowsOf(world, anna, "body_list", "checks", { kind: "checks" });
  assert.deepEqual(checks.map(({ date, energy, soreness, mood }) => [date, energy, soreness, mood]), [
    ["2026-03-01", 4, 3, null],
    ["2026-02-28", 1, null, 5],
  ]);
  assert.equal((await pullAll(world, anna, CHECKS)).filter(({ op }) => op === "insert").length, 2);
  await withoutPush(world, async () => {
    assert.match(
      await callRefused(world, anna, "body_check", {}),
      /nothing to write: give at least one of energy/,
    );
    assert.match(await callRefused(world, anna, "body_check", { energy: 6 }), /energy: expected at most 5/);
  });
});

Deno.test("body.log_workout: block, workout and sets are stored together, and exercises are found by name or id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, EXERCISES, "body-exercise-bench", {
    name: "Bankdrücken",
    muscleGroup: "chest",
  });
  const { id } = await callOk(world, anna, "body_log_workout", {
    ...TIMES,
    title: "Beine",
    newExercises: [SQUAT, { ...SQUAT, name: "bankdrücken" }],
    sets: [
      { exercise: "kniebeuge", reps: 8, weight: 40, isWarmup: true },
      { exercise: " BANKDRÜCKEN", reps: 5, weight: 62.5, rpe: 8, notes: "schwer" },
      { exercise: "body-exercise-bench", reps: 12 },
    ],
  });
  const [workout, ...others] = await rowsOf(world, anna, "body_list", "workouts", {
    kind: "workouts",
    timeZone: "Europe/Berlin",
  });
  assert.deepEqual(others, []);
  assert.deepEqual(
    [
      workout?.["id"],
      workout?.["title"],
      workout?.["startedAt"],
      workout?.["endedAt"],
      workout?.["setCount"],
    ],
    [id, "Beine", "2026-02-28T18:00+01:00", "2026-02-28T19:15+01:00", 3],
  );
  const found = await rowsOf(world, anna, "body_list", "exercises", {
    kind: "exercises",
    query: "kniebeuge",
  });
  const sets = await rowsOf(world, anna, "body_list", "sets", { kind: "sets", workoutId: id });
  assert.deepEqual(
    sets.map(({ exerciseId, reps, weight, isWarmup }) => [exerciseId, reps, weight, isWarmup]),
    [
      [found[0]?.["id"], 8, 40, true],
      ["body-exercise-bench", 5, 62.5, false],
      ["body-exercise-bench", 12, 0, false],
    ],
  );
  const [block] = await pullAll(world, anna, BLOCKS);
  assert.deepEqual([block?.data?.["sourceId"], block?.data?.["startDate"], block?.data?.["endDate"]], [
    id,
    "2026-02-28T17:00:00.000Z",
    "2026-02-28T18:15:00.000Z",
  ]);
});

Deno.test("body.log_workout: times that cannot be and exercises that nobody has are refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ startedAt: TIMES.startedAt }, /endedAt: is missing/],
    [{ ...TIMES, endedAt: TIMES.startedAt }, /endedAt: it is not after `startedAt`/],
    [{ ...TIMES, endedAt: "2026-03-02T18:00" }, /endedAt: more than 24 hours after `startedAt`/],
    [{ ...TIMES, startedAt: "2026-02-29T18:00" }, /startedAt: expected an existing/],
    [
      { ...TIMES, newExercises: [SQUAT], sets: [{ exercise: "Rudern", reps: 5 }] },
      /sets: the person has no exercise "Rudern": take one of body_list, or add it to `newExercises`/,
    ],
    [{ ...TIMES, sets: [{ exercise: "x" }] }, /reps: is missing/],
    [
      { ...TIMES, sets: [{ exercise: "x", reps: 5, weightUnit: "stone" }] },
      /weightUnit: expected one of kg, lbs/,
    ],
    [{ ...TIMES, newExercises: [{ ...SQUAT, muscleGroup: "legs" }] }, /muscleGroup: expected one of chest/],
    [{ ...TIMES, rpe: 11 }, /rpe: expected at most 10/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "body_log_workout", args), words, JSON.stringify(args));
    }
  });
});

Deno.test("body.list: sets need their workout, and an id of another module is no workout", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "body_measure", { type: "weight", value: 70 });
  const refused = (args: Record<string, unknown>) => callRefused(world, anna, "body_list", args);
  assert.match(await refused({ kind: "sets" }), /workoutId: is needed for kind sets/);
  assert.match(await refused({ kind: "sets", workoutId: id }), /^No workout with id/);
  assert.match(await refused({}), /kind: expected one of workouts, measurements/);
  assert.match(
    await refused({ kind: "workouts", from: "2026-03-02", to: "2026-03-01" }),
    /to: it is before `from`/,
  );
});

Deno.test("body.delete: a workout goes with its sets and its block, and with nothing else", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const workout = { ...TIMES, newExercises: [SQUAT], sets: [{ exercise: "Kniebeuge", reps: 5 }] };
  const { id } = await callOk(world, anna, "body_log_workout", { ...workout, title: "Beine" });
  const { id: other } = await callOk(world, anna, "body_log_workout", workout);
  assert.match(
    await deleted(world, anna, "body_delete", { kind: "workout", id }),
    /^Delete the workout "Beine, 2026-02-28T17:00:00.000Z"\?/,
  );
  const left = await rowsOf(world, anna, "body_list", "workouts", { kind: "workouts" });
  assert.deepEqual(left.map((row) => [row["id"], row["setCount"]]), [[other, 1]]);
  for (const table of [BLOCKS, SETS]) {
    assert.equal((await pullAll(world, anna, table)).filter(({ op }) => op === "delete").length, 1);
  }
  assert.match(
    await deletionRefused(world, anna, "body_delete", { kind: "measurement", id: other }),
    /^No measurement with id/,
  );
  const { id: measured } = await callOk(world, anna, "body_measure", { type: "neck", value: 38 });
  assert.match(
    await deleted(world, anna, "body_delete", { kind: "measurement", id: measured }),
    /^Delete the measurement "neck, 2026-03-01"\?/,
  );
  const { id: checked } = await callOk(world, anna, "body_check", { mood: 3 });
  assert.match(
    await deleted(world, anna, "body_delete", { kind: "check", id: checked }),
    /^Delete the body check "2026-03-01"\?/,
  );
});
