import assert from "node:assert/strict";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createConnected } from "../../_support/connected.ts";
import { connect } from "../../_support/oauth_flow.ts";
import { createWorld } from "../../_support/world.ts";
import { addBlock, addCalendar, BERLIN, create } from "./_calendar.ts";

Deno.test("day.summary: what is due and overdue, planned, done, felt and drunk on a day, in one call", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_WRITES: "0" } });
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  for (
    const [title, dueDate] of [["Steuer", "2026-02-20"], ["Brot", "2026-03-01"], ["Later", "2026-03-02"], [
      "Ever",
    ]]
  ) {
    await callOk(world, anna, "todo_create", { title, ...(dueDate === undefined ? {} : { dueDate }) });
  }
  await create(world, anna, { title: "Brunch", startDate: "2026-03-01T11:00" });
  await create(world, anna, { title: "Chor", startDate: "2026-02-22T19:00", recurrenceRule: "FREQ=WEEKLY" });
  await create(world, anna, { title: "Morgen", startDate: "2026-03-02T11:00" });
  await addBlock(world, anna, "Getan", {
    startDate: "2026-03-01T08:00:00.000Z",
    kind: "logged",
    type: "habit",
    sourceModule: "habits",
  });
  const { habit } = await callOk(world, anna, "habits_create", { title: "Wasser", targetPerDay: 8 });
  for (let done = 0; done < 2; done++) {
    await callOk(world, anna, "habits_log", { id: Object(habit).id, ...BERLIN });
  }
  await callOk(world, anna, "mood_log", { level: 4, emotion: "tired", date: "2026-03-01", time: "08:00" });
  await callOk(world, anna, "mood_log", { level: 8, emotion: "happy", date: "2026-03-01", time: "12:30" });
  await callOk(world, anna, "mood_log", { level: 1, emotion: "sad", date: "2026-02-28", time: "23:30" });
  for (const [drinkType, quantityMl] of [["water", 300], ["coffee", 200]]) {
    await callOk(world, anna, "drink_log", { drinkType, quantityMl, ...BERLIN });
  }
  const day = await callOk(world, anna, "day_summary", BERLIN);
  assert.equal(day.date, "2026-03-01");
  assert.deepEqual(day.leftOut, []);
  const titles = (list: unknown) => Object(list).map(({ title }: { title: string }) => title);
  const { due, overdue, more } = Object(day.tasks);
  assert.deepEqual([titles(due), titles(overdue), more], [["Brot"], ["Steuer"], 0]);
  assert.deepEqual(titles(Object(day.agenda).entries), ["Brunch", "Chor"]);
  assert.deepEqual(
    Object(day.habits).map((
      { title, done, targetPerDay }: Record<string, unknown>,
    ) => [title, done, targetPerDay]),
    [["Wasser", 2, 8]],
  );
  assert.deepEqual({ ...Object(day.mood) }, { level: 8, emotion: "happy", time: "12:30" });
  assert.deepEqual({ ...Object(day.drinks) }, { count: 2, totalMl: 500, waterMl: 300 });

  const before = await callOk(world, anna, "day_summary", { ...BERLIN, date: "2026-02-28" });
  assert.deepEqual(titles(Object(before.agenda).entries), []);
  assert.equal(Object(before.mood).emotion, "sad");
  assert.equal(Object(before.habits)[0].done, 0);
  const empty = await callOk(world, anna, "day_summary", { ...BERLIN, date: "2025-01-01" });
  assert.equal(empty.mood, null);
  assert.match(
    await callRefused(world, anna, "day_summary", { date: "2026-02-30" }),
    /date: expected an existing day/,
  );
});

Deno.test("day.summary: at most thirty of each section, and how many more there are", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_WRITES: "0" } });
  const anna = await world.person("anna");
  for (let index = 0; index < 35; index++) {
    await callOk(world, anna, "todo_create", {
      title: `t${index}`,
      dueDate: index < 33 ? "2026-02-01" : "2026-03-01",
    });
    await addBlock(world, anna, `b${index}`, { startDate: "2026-03-01T08:00:00.000Z" });
  }
  const { tasks, agenda } = await callOk(world, anna, "day_summary", BERLIN);
  assert.deepEqual([Object(tasks).due.length, Object(tasks).overdue.length, Object(tasks).more], [2, 28, 5]);
  assert.deepEqual([Object(agenda).entries.length, Object(agenda).more], [30, 5]);
});

Deno.test("day.summary: sections of modules that an app may not read are left out and named", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["day:read", "todo:read", "habits:read"] });
  const { status, text } = await world.call(access, "day_summary", {});
  assert.equal(status, 200);
  assert.match(text, /"leftOut":\["agenda","mood","drinks"\]/);
  assert.match(text, /"tasks":\{/);
  assert.doesNotMatch(text, /"(agenda|mood|drinks)":/);
});

Deno.test("calendar.list: blocks of a module that an app may not read are refused, with the scope that is missing", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["calendar:read"] });
  assert.match((await world.call(access, "calendar_list", {})).text, /"entries":\[\]/);
  const refused = await world.call(access, "calendar_list", { also: ["todo"] });
  assert.match(refused.text, /todo:read/);
});
