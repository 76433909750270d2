import assert from "node:assert/strict";
import { pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleted, deletionRefused, rowsOf } from "./_calls.ts";

const NIGHTS = { app: "sleep", table: "sleepEntries" };
const HYGIENE = { app: "sleep", table: "sleepHygieneLogs" };
const CHECKS = { app: "sleep", table: "sleepHygieneChecks" };
const BERLIN = { timeZone: "Europe/Berlin" };
const NIGHT = { bedtime: "2026-02-28T23:10", wakeTime: "2026-03-01T06:40", quality: 4, ...BERLIN };

async function addChecks(world: World, person: Person): Promise<void> {
  for (const [order, id] of ["hygiene-a", "hygiene-b", "hygiene-c"].entries()) {
    await pushInsert(world, person, CHECKS, id, { name: id, category: "routine", isActive: true, order });
  }
  await pushInsert(world, person, CHECKS, "hygiene-off", { name: "off", isActive: false, order: 9 });
}

Deno.test("sleep.log: a night belongs to its evening, also one that begins after midnight", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id: _, ...first } = await callOk(world, anna, "sleep_log", NIGHT);
  assert.deepEqual(first, { date: "2026-02-28", durationMin: 450, isNew: true });
  const late = { ...NIGHT, bedtime: "2026-02-28T00:30", wakeTime: "2026-02-28T08:00" };
  assert.equal((await callOk(world, anna, "sleep_log", late))["date"], "2026-02-27");
  const dst = { ...NIGHT, bedtime: "2026-03-28T23:00", wakeTime: "2026-03-29T07:00" };
  assert.equal((await callOk(world, anna, "sleep_log", dst))["durationMin"], 420, "an hour was skipped");
});

Deno.test("sleep.log: a second call for a date changes its night, keeps what it does not give and counts the minutes anew", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "sleep_log", { ...NIGHT, notes: "Hitze", interruptions: 2 });
  const again = { date: "2026-02-28", wakeTime: "2026-03-01T07:10", restedness: 3, notes: "", ...BERLIN };
  assert.deepEqual(await callOk(world, anna, "sleep_log", again), {
    id,
    date: "2026-02-28",
    durationMin: 480,
    isNew: false,
  });
  const [night, ...others] = await rowsOf(world, anna, "sleep_list", "nights", BERLIN);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [
      night?.["bedtime"],
      night?.["wakeTime"],
      night?.["notes"],
      night?.["interruptions"],
      night?.["restedness"],
    ],
    ["2026-02-28T23:10+01:00", "2026-03-01T07:10+01:00", "Hitze", 2, 3],
  );
  assert.deepEqual(Object.keys((await pullAll(world, anna, NIGHTS)).at(-1)?.fields ?? {}).sort(), [
    "durationMin",
    "restedness",
    "updatedAt",
    "wakeTime",
  ]);
});

Deno.test("sleep.log: two calls at the same time make one night", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await Promise.all([
    callOk(world, anna, "sleep_log", NIGHT),
    callOk(world, anna, "sleep_log", { ...NIGHT, quality: 5 }),
  ]);
  assert.equal((await rowsOf(world, anna, "sleep_list", "nights")).length, 1);
});

Deno.test("sleep.log: nights that cannot be are refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const bad: [Record<string, unknown>, RegExp][] = [
    [{}, /date: give it, or `bedtime`/],
    [{ date: "2026-02-28" }, /there is no night of 2026-02-28 yet: give bedtime, wakeTime and quality/],
    [{ ...NIGHT, quality: null }, /there is no night of 2026-02-28 yet/],
    [{ ...NIGHT, wakeTime: "2026-02-28T23:10" }, /wakeTime: it is not after `bedtime`/],
    [{ ...NIGHT, wakeTime: "2026-03-02T06:00" }, /wakeTime: more than 24 hours after `bedtime`/],
    [{ ...NIGHT, bedtime: "23:10" }, /bedtime: expected an existing/],
    [{ ...NIGHT, quality: 6 }, /quality: expected at most 5/],
    [{ ...NIGHT, interruptions: -1 }, /interruptions: expected at least 0/],
    [{ ...NIGHT, notes: "x".repeat(200_000) }, /notes: expected at most 5,?000/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "sleep_log", args), words, JSON.stringify(args));
    }
  });
});

Deno.test("sleep.log: stored times that cannot be read are never guessed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, NIGHTS, "odd", { date: "2026-02-28", bedtime: "late", quality: 3 });
  const wakeTime = "2026-03-01T07:10";
  assert.match(
    await callRefused(world, anna, "sleep_log", { date: "2026-02-28", wakeTime }),
    /stored times of this night cannot be read: give both bedtime and wakeTime/,
  );
  const { id, durationMin } = await callOk(world, anna, "sleep_log", { ...NIGHT, wakeTime });
  assert.deepEqual([id, durationMin], ["odd", 480]);
});

Deno.test("sleep.list: averages of all days asked for, and words in notes and tags", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const log = (day: number, more: Record<string, unknown>) =>
    callOk(world, anna, "sleep_log", {
      bedtime: `2026-02-0${day}T22:00`,
      wakeTime: `2026-02-0${day + 1}T06:00`,
      quality: 3,
      ...more,
    });
  await log(1, { tags: ["Reise"] });
  await log(2, { quality: 5, restedness: 4 });
  await log(3, { quality: 4, notes: "Gewitter" });
  const range = { from: "2026-02-02", to: "2026-02-03", limit: 1 };
  assert.deepEqual((await callOk(world, anna, "sleep_list", range))["summary"], {
    count: 2,
    averageDurationMin: 480,
    averageQuality: 4.5,
    averageRestedness: 4,
  });
  for (const [query, date] of [["reise", "2026-02-01"], ["gewitter", "2026-02-03"]]) {
    const found = await rowsOf(world, anna, "sleep_list", "nights", { query });
    assert.deepEqual(found.map((night) => night["date"]), [date]);
  }
  assert.match(
    await callRefused(world, anna, "sleep_list", { from: "2026-03-02", to: "2026-03-01", kind: "hygiene" }),
    /to: it is before `from`/,
  );
});

Deno.test("sleep.hygiene: one log for a day, whose score counts the active checks", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const tick = (completedCheckIds: string[]) => callOk(world, anna, "sleep_hygiene", { completedCheckIds });
  assert.match(
    await callRefused(world, anna, "sleep_hygiene", { completedCheckIds: [] }),
    /the person has no sleep hygiene checks/,
  );
  await addChecks(world, anna);
  const checks = await rowsOf(world, anna, "sleep_list", "checks", { kind: "checks" });
  assert.deepEqual(checks.map(({ id }) => id), ["hygiene-a", "hygiene-b", "hygiene-c"]);
  const { id, ...first } = await tick(["hygiene-b", "hygiene-b"]);
  assert.deepEqual(first, { date: "2026-03-01", score: 33 });
  assert.deepEqual(await tick(["hygiene-b", "hygiene-c"]), { id, date: "2026-03-01", score: 67 });
  const logs = await rowsOf(world, anna, "sleep_list", "hygiene", { kind: "hygiene" });
  assert.deepEqual(logs.map(({ completedCheckIds }) => completedCheckIds), [["hygiene-b", "hygiene-c"]]);
  await withoutPush(world, async () => {
    for (const unknown of ["hygiene-off", "nowhere"]) {
      assert.match(
        await callRefused(world, anna, "sleep_hygiene", { completedCheckIds: [unknown] }),
        new RegExp(`no active check has the id "${unknown}"`),
      );
    }
  });
  assert.equal((await pullAll(world, anna, HYGIENE)).length, 2);
});

Deno.test("sleep.delete: the question names the night by its day", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "sleep_log", NIGHT);
  assert.match(await deleted(world, anna, "sleep_delete", { id }), /^Delete the night "2026-02-28"\?/);
  assert.match(await deletionRefused(world, anna, "sleep_delete", { id }), /^No night with id/);
});
