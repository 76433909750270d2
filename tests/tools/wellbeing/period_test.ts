import assert from "node:assert/strict";
import { lastChange, masterKey, open, pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleted, deletionRefused, rowsOf } from "./_calls.ts";

const PERIODS = { app: "period", table: "periods" };
const DAYS = { app: "period", table: "periodDayLogs" };
const SYMPTOMS = { app: "period", table: "periodSymptoms" };
const BLOCKS = { app: "timeblocks", table: "timeBlocks" };

/** Logs the flow of days one after the other. */
async function flow(world: World, person: Person, days: readonly (readonly [string, string])[]) {
  const told = [];
  for (const [date, flow] of days) {
    const { openedPeriod, closedPeriodOn } = await callOk(world, person, "period_log", { date, flow });
    told.push(openedPeriod === true ? "opened" : closedPeriodOn);
  }
  return told;
}

async function listedPeriods(world: World, person: Person) {
  return (await rowsOf(world, person, "period_list", "periods"))
    .map(({ startDate, periodEndDate, endDate, length }) => [startDate, periodEndDate, endDate, length]);
}

Deno.test("period.log: bleeding opens a period, two days without close it at its last day, ten days later a new one opens", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  assert.deepEqual(
    await flow(world, anna, [
      ["2026-01-31", "spotting"],
      ["2026-02-01", "medium"],
      ["2026-02-02", "light"],
      ["2026-02-03", "none"],
      ["2026-02-04", "none"],
      ["2026-02-11", "heavy"],
    ]),
    [null, "opened", null, null, "2026-02-02", null],
  );
  assert.deepEqual(await listedPeriods(world, anna), [["2026-02-01", "2026-02-02", null, null]]);
  const [opened, closed, ...more] = await pullAll(world, anna, BLOCKS);
  assert.deepEqual(more, []);
  assert.deepEqual([opened?.data?.["startDate"], opened?.data?.["endDate"], opened?.data?.["allDay"]], [
    "2026-02-01T00:00:00.000Z",
    null,
    true,
  ]);
  assert.equal(closed?.fields?.["endDate"]?.value, "2026-02-02T23:59:59.999Z");
  assert.deepEqual(await flow(world, anna, [["2026-02-12", "light"]]), ["opened"]);
  assert.deepEqual(await listedPeriods(world, anna), [
    ["2026-02-12", null, null, null],
    ["2026-02-01", "2026-02-02", "2026-02-11", 11],
  ]);
  const periods = await rowsOf(world, anna, "period_list", "periods");
  const days = await rowsOf(world, anna, "period_list", "days", { kind: "days" });
  assert.deepEqual(days.map(({ logDate, periodId }) => [logDate, periodId]), [
    ["2026-02-12", periods[0]?.["id"]],
    ["2026-02-11", periods[1]?.["id"]],
    ["2026-02-04", periods[1]?.["id"]],
    ["2026-02-03", periods[1]?.["id"]],
    ["2026-02-02", periods[1]?.["id"]],
    ["2026-02-01", periods[1]?.["id"]],
    ["2026-01-31", null],
  ]);
});

Deno.test("period.log: forecasts and dates that are none count for nothing", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, PERIODS, "forecast", { startDate: "2026-02-27", isPredicted: true });
  await pushInsert(world, anna, PERIODS, "odd", { startDate: "soon" });
  assert.deepEqual(await flow(world, anna, [["2026-03-01", "heavy"]]), ["opened"]);
  const { summary } = await callOk(world, anna, "period_list", { from: "2026-01-01" });
  assert.deepEqual(summary, { count: 1, averageCycleDays: null, averagePeriodDays: null });
});

Deno.test("period.log: one log for a day, to which a second call adds, also at the same time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const log = (args: Record<string, unknown>) => callOk(world, anna, "period_log", args);
  const { id, ...first } = await log({ flow: "medium", mood: "low", notes: "müde" });
  assert.deepEqual(first, { date: "2026-03-01", isNew: true, openedPeriod: true, closedPeriodOn: null });
  assert.equal((await log({ energy: 2, notes: "" }))["id"], id);
  await Promise.all([
    log({ date: "2026-03-02", flow: "light" }),
    log({ date: "2026-03-02", temperature: 36.6 }),
  ]);
  const days = await rowsOf(world, anna, "period_list", "days", { kind: "days" });
  assert.deepEqual(
    days.map(({ flow, mood, energy, temperature, notes }) => [flow, mood, energy, temperature, notes]),
    [
      ["light", null, null, 36.6, null],
      ["medium", "low", 2, null, "müde"],
    ],
  );
  const found = await rowsOf(world, anna, "period_list", "days", { kind: "days", query: "müde" });
  assert.deepEqual(found.map(({ logDate }) => logDate), ["2026-03-01"]);
  const { data } = await lastChange(world, anna, BLOCKS);
  assert.equal(await open(await masterKey(world, anna), data?.["title"]), "Periode");
});

Deno.test("period.log: the count of a symptom follows the days, and a symptom that nobody made is refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, SYMPTOMS, "sym-cramps", { name: "Krämpfe", category: "physical", count: 4 });
  const log = (args: Record<string, unknown>) => callOk(world, anna, "period_log", args);
  const counts = async () =>
    Object.fromEntries(
      (await rowsOf(world, anna, "period_list", "symptoms", { kind: "symptoms" }))
        .map(({ name, count }) => [name, count]),
    );
  const { id } = await log({ symptoms: ["krämpfe", "sym-cramps"], newSymptoms: ["Heißhunger", "KRÄMPFE"] });
  assert.deepEqual(await counts(), { Krämpfe: 5, Heißhunger: 1 });
  await log({ symptoms: ["Heißhunger"] });
  assert.deepEqual(await counts(), { Krämpfe: 4, Heißhunger: 1 });
  await withoutPush(world, async () => {
    assert.match(
      await callRefused(world, anna, "period_log", { symptoms: ["Migräne"] }),
      /symptoms: there is no symptom "Migräne": take one of period_list, or add it to `newSymptoms`/,
    );
  });
  assert.match(
    await deleted(world, anna, "period_delete", { kind: "day", id }),
    /^Delete the cycle day "2026-03-01"\?/,
  );
  assert.deepEqual(await counts(), { Krämpfe: 4, Heißhunger: 0 });
});

Deno.test("period: what cannot be is refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["period_log", {}, /nothing to write: give at least one of flow/],
    ["period_log", { flow: "flood" }, /flow: expected one of none, spotting/],
    ["period_log", { mood: "sad" }, /mood: expected one of great/],
    ["period_log", { energy: 6 }, /energy: expected at most 5/],
    ["period_log", { temperature: 98.6 }, /temperature: expected at most 45/],
    ["period_log", { flow: "light", date: "2026-02-29" }, /date: expected an existing/],
    ["period_log", { notes: "x".repeat(200_000) }, /notes: expected at most 5,?000/],
    ["period_list", { from: "2026-03-02", to: "2026-03-01" }, /to: it is before `from`/],
  ];
  await withoutPush(world, async () => {
    for (const [tool, args, words] of bad) {
      assert.match(await callRefused(world, anna, tool, args), words, JSON.stringify(args));
    }
  });
});

Deno.test("period.delete: a period leaves the calendar, and its days stay without it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await flow(world, anna, [["2026-02-01", "medium"], ["2026-02-02", "light"]]);
  const [period] = await rowsOf(world, anna, "period_list", "periods");
  const [day] = await rowsOf(world, anna, "period_list", "days", { kind: "days" });
  assert.match(
    await deletionRefused(world, anna, "period_delete", { kind: "period", id: day?.["id"] }),
    /^No period with id/,
  );
  assert.match(
    await deleted(world, anna, "period_delete", { kind: "period", id: period?.["id"] }),
    /^Delete the period "2026-02-01"\?/,
  );
  assert.deepEqual(await rowsOf(world, anna, "period_list", "periods"), []);
  assert.equal((await lastChange(world, anna, BLOCKS)).op, "delete");
  const days = await rowsOf(world, anna, "period_list", "days", { kind: "days" });
  assert.deepEqual(days.map(({ periodId }) => periodId), [null, null]);
});

Deno.test("period.log: a write of which a part was lost is completed by the same call, and nothing is doubled", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await flow(world, anna, [["2026-01-01", "light"], ["2026-01-04", "none"]]);
  const twice = async (args: Record<string, unknown>) => {
    world.intercept = ({ method, url }) =>
      method === "POST" && new URL(url).pathname === "/sync/period"
        ? new Response("{}", { status: 503 })
        : undefined;
    const words = await callRefused(world, anna, "period_log", args);
    world.intercept = null;
    assert.match(words, /stored: time block .*Call the tool again with exactly the same arguments/);
    return await callOk(world, anna, "period_log", args);
  };
  const { openedPeriod } = await twice({ date: "2026-01-29", flow: "heavy", newSymptoms: ["Müde"] });
  assert.equal(openedPeriod, true);
  const { closedPeriodOn } = await twice({ date: "2026-02-02", flow: "none" });
  assert.equal(closedPeriodOn, "2026-01-29");
  assert.deepEqual(await listedPeriods(world, anna), [
    ["2026-01-29", "2026-01-29", null, null],
    ["2026-01-01", "2026-01-01", "2026-01-28", 28],
  ]);
  assert.deepEqual((await pullAll(world, anna, BLOCKS)).map(({ op }) => op), [
    "insert",
    "update",
    "insert",
    "update",
  ]);
  assert.deepEqual((await pullAll(world, anna, DAYS)).map(({ op }) => op), Array(4).fill("insert"));
  const { summary } = await callOk(world, anna, "period_list");
  assert.deepEqual(summary, { count: 2, averageCycleDays: 28, averagePeriodDays: 1 });
});
