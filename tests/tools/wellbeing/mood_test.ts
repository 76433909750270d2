import assert from "node:assert/strict";
import { pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";
import { deleted, deletionRefused, rowsOf } from "./_calls.ts";

const MOODS = { app: "mood", table: "moodEntries" };

Deno.test("mood.log: day and time are those of the zone that the call names, and the answer says which", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id: _, ...now } = await callOk(world, anna, "mood_log", {
    level: 4,
    emotion: "tired",
    timeZone: "Pacific/Auckland",
  });
  assert.deepEqual(now, { date: "2026-03-02", time: "01:00", timeZone: "Pacific/Auckland" });
  const { id: __, ...then } = await callOk(world, anna, "mood_log", {
    level: 4,
    emotion: "tired",
    date: "2026-02-27",
    time: "23:59",
    activity: null,
  });
  assert.deepEqual(then, { date: "2026-02-27", time: "23:59", timeZone: "UTC" });
});

Deno.test("mood.log: arguments outside their bounds are refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const fine = { level: 5, emotion: "calm" };
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ emotion: "calm" }, /level: is missing/],
    [{ level: 5 }, /emotion: expected one of/],
    [{ ...fine, level: 0 }, /level: expected at least 1/],
    [{ ...fine, level: 11 }, /level: expected at most 10/],
    [{ ...fine, level: 5.5 }, /level: expected a whole number/],
    [{ ...fine, emotion: "meh" }, /emotion: expected one of happy/],
    [{ ...fine, secondaryEmotions: ["meh"] }, /secondaryEmotions/],
    [{ ...fine, secondaryEmotions: Array(6).fill("calm") }, /secondaryEmotions: expected at most 5/],
    [{ ...fine, activity: "gaming" }, /activity: expected one of work/],
    [{ ...fine, date: "2026-02-30" }, /date: expected an existing day/],
    [{ ...fine, time: "24:00" }, /time: expected HH:mm/],
    [{ ...fine, timeZone: "Mars/Olympus" }, /timeZone: expected an IANA time zone/],
    [{ ...fine, notes: "x".repeat(200_000) }, /notes: expected at most 5,?000/],
    [{ ...fine, tags: [""] }, /tags/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "mood_log", args), words, JSON.stringify(args));
    }
  });
});

Deno.test("mood.list: newest first, with averages of all days asked for, whatever the page and the words", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const logs = [
    { date: "2026-02-27", time: "08:00", level: 2, emotion: "sad", notes: "Regen in Köln" },
    { date: "2026-02-28", time: "21:30", level: 7, emotion: "happy", activity: "social", withWhom: "Ben" },
    { date: "2026-02-28", time: "09:05", level: 6, emotion: "happy", activity: "social", tags: ["Brunch"] },
    { date: "2026-03-01", time: "12:00", level: 9, emotion: "excited", activity: "outdoors" },
  ];
  for (const log of logs) await callOk(world, anna, "mood_log", log);
  const range = { from: "2026-02-28", to: "2026-03-01", limit: 2 };
  const entries = await rowsOf(world, anna, "mood_list", "entries", range);
  assert.deepEqual(entries.map(({ date, time }) => `${date} ${time}`), [
    "2026-03-01 12:00",
    "2026-02-28 21:30",
  ]);
  assert.deepEqual((await callOk(world, anna, "mood_list", range))["summary"], {
    count: 3,
    averageLevel: 7.33,
    emotions: [{ emotion: "happy", count: 2 }, { emotion: "excited", count: 1 }],
    activities: [
      { activity: "social", count: 2, averageLevel: 6.5 },
      { activity: "outdoors", count: 1, averageLevel: 9 },
    ],
  });
  for (const [query, level] of [["köln", 2], ["ben", 7], ["brunch", 6], ["outdoors", 9]]) {
    const found = await rowsOf(world, anna, "mood_list", "entries", { query });
    assert.deepEqual(found.map((entry) => entry["level"]), [level], String(query));
  }
  const none = await callOk(world, anna, "mood_list", { from: "2026-03-02" });
  assert.deepEqual(none["summary"], { count: 0, averageLevel: null, emotions: [], activities: [] });
  assert.match(
    await callRefused(world, anna, "mood_list", { from: "2026-03-02", to: "2026-03-01" }),
    /to: it is before `from`/,
  );
});

Deno.test("mood.list: words of another writer are given as they are, and a missing level counts in no average", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, MOODS, "odd", { date: "2026-03-01", time: "10:00", emotion: "__proto__" });
  const [entry] = await rowsOf(world, anna, "mood_list", "entries");
  assert.equal(entry?.["emotion"], "__proto__");
  assert.deepEqual(entry["unreadable"], ["level"]);
  const { summary } = await callOk(world, anna, "mood_list");
  assert.deepEqual(summary, { count: 1, averageLevel: null, emotions: [], activities: [] });
});

Deno.test("mood.update: only what is given changes, and `clear` empties a field", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "mood_log", {
    level: 3,
    emotion: "bored",
    activity: "work",
    notes: "zu viel",
    withWhom: "Ben",
  });
  const update = (args: Record<string, unknown>) => callOk(world, anna, "mood_update", { id, ...args });
  const change = { level: 4, clear: ["activity", "notes", "withWhom"] };
  assert.deepEqual(await update(change), { ok: true, changed: true });
  assert.deepEqual(await update(change), { ok: true, changed: false });
  const changes = await pullAll(world, anna, MOODS);
  assert.deepEqual(Object.keys(changes.at(-1)?.fields ?? {}).sort(), [
    "activity",
    "level",
    "notes",
    "updatedAt",
    "withWhom",
  ]);
  await withoutPush(world, async () => {
    const refused = (args: Record<string, unknown>) => callRefused(world, anna, "mood_update", args);
    assert.match(await refused({ id }), /nothing to change: give at least one field/);
    assert.match(await refused({ id, notes: null, activity: null }), /nothing to change/);
    assert.match(await refused({ id, activity: "work", clear: ["activity"] }), /clear: activity is given/);
    assert.match(await refused({ id, level: 12 }), /level: expected at most 10/);
    assert.equal(await refused({ id: "nowhere", level: 2 }), notFound("mood check-in", "nowhere"));
  });
});

Deno.test("mood.delete: the question names the check-in; an id of another module is refused before it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "mood_log", { level: 3, emotion: "bored" });
  const { id: drink } = await callOk(world, anna, "drink_log", { drinkType: "tea", quantityMl: 200 });
  assert.match(await deletionRefused(world, anna, "mood_delete", { id: drink }), /^No mood check-in with id/);
  assert.match(
    await deleted(world, anna, "mood_delete", { id }),
    /^Delete the mood check-in "2026-03-01 12:00 bored"\?/,
  );
  assert.deepEqual(await rowsOf(world, anna, "mood_list", "entries"), []);
});
