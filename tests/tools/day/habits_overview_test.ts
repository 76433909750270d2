/** habits.overview: ticks by week and day, in days of the person, for all habits or the page that fits. */
import assert from "node:assert/strict";
import { z } from "zod";
import { HABITS, push, pushDelete, pushInsert, type WireTable } from "../../_support/device.ts";
import { call, callOk, callRefused } from "../../_support/mcp.ts";
import { inSpace, makeTeam } from "../../_support/team.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { callApp, createNarrowedWorld } from "../../grants/_narrowed_world.ts";
import { utf8Bytes } from "../../../lib/kit/bytes/utf8_bytes.ts";

const BLOCKS: WireTable = { app: "timeblocks", table: "timeBlocks" };
const LOGS: WireTable = { app: "habits", table: "habitLogs" };
const BERLIN = { "x-mana-time-zone": "Europe/Berlin" };

const Overview = z.object({
  from: z.string(),
  until: z.string(),
  timeZone: z.string(),
  habits: z.array(z.looseObject({
    id: z.string(),
    title: z.string().optional(),
    streak: z.number(),
    weeks: z.record(z.string(), z.array(z.number())),
  })),
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
});

async function overview(world: World, person: Person, args: Record<string, unknown> = {}, headers = BERLIN) {
  return Overview.parse(await callOk(world, person, "habits_overview", args, headers));
}

async function create(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  const { habit } = await callOk(world, person, "habits_create", args);
  return z.object({ id: z.string() }).parse(habit).id;
}

/** An entry with its block, as a device stores them. */
async function pushLog(
  world: Parameters<typeof pushInsert>[0],
  person: Parameters<typeof pushInsert>[1],
  habitId: string,
  id: string,
  startDate: string,
) {
  const block = { startDate, kind: "logged", type: "habit", sourceModule: "habits", sourceId: id };
  await pushInsert(world, person, BLOCKS, `block-${id}`, block);
  await pushInsert(world, person, LOGS, id, { habitId, timeBlockId: `block-${id}`, note: null });
}

Deno.test("habits.overview: seven numbers for each week with an entry, under its Monday; nothing is opened", async () => {
  await using world = await createWorld({ isStill: true });
  // Without a vault nobody could open anything.
  const anna = await world.person("anna", { vault: false });
  await pushInsert(world, anna, HABITS, "read", {
    title: "Read",
    icon: "book-open",
    color: "#112233",
    targetPerDay: 2,
    order: 0,
    isArchived: false,
  });
  await pushInsert(world, anna, HABITS, "run", { title: "Run", order: 1, isArchived: false });
  // 1 March 2026 is a Sunday.
  await pushLog(world, anna, "read", "a", "2026-02-23T08:00:00.000Z");
  await pushLog(world, anna, "read", "b", "2026-02-28T08:00:00.000Z");
  await pushLog(world, anna, "read", "c", "2026-02-28T20:00:00.000Z");
  await pushLog(world, anna, "read", "d", "2026-01-01T20:00:00.000Z");
  await pushLog(world, anna, "read", "long ago", "2025-08-31T20:00:00.000Z");
  assert.deepEqual(await overview(world, anna), {
    from: "2025-09-01",
    until: "2026-03-01",
    timeZone: "Europe/Berlin",
    habits: [
      {
        id: "read",
        title: "Read",
        icon: "book-open",
        color: "#112233",
        targetPerDay: 2,
        streak: 1,
        weeks: { "2025-12-29": [0, 0, 0, 1, 0, 0, 0], "2026-02-23": [1, 0, 0, 0, 0, 2, 0] },
      },
      { id: "run", title: "Run", icon: "star", color: "#6366f1", streak: 0, weeks: {} },
    ],
    hasMore: false,
  });
  const short = await overview(world, anna, { weeks: 1, until: "2026-02-27" });
  assert.deepEqual([short.from, short.until], ["2026-02-23", "2026-02-27"]);
  assert.deepEqual(
    short.habits[0]?.weeks,
    { "2026-02-23": [1, 0, 0, 0, 0, 0, 0] },
    "what is later is left out",
  );
  const asked = world.upstreamCalls.filter(({ url }) => url.includes("encryption-vault"));
  assert.deepEqual(asked.map(({ url }) => url), []);
});

Deno.test("habits.overview: a day is the person's, also on the days when the clocks change", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  // In Berlin the clocks go forward on 29 March 2026, from 2 to 3, and back on 25 October 2026, from 3 to 2.
  const instants = [
    "2026-03-28T22:59:59.999Z",
    "2026-03-28T23:00:00.000Z",
    "2026-03-29T21:59:59.000Z",
    "2026-03-29T22:00:00.000Z",
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T22:59:59.000Z",
    "2026-10-25T23:00:00.000Z",
  ];
  for (const [at, instant] of instants.entries()) await pushLog(world, anna, id, `l${at}`, instant);
  const weeks = async (until: string, headers?: typeof BERLIN) =>
    (await overview(world, anna, { until, weeks: 2 }, headers)).habits[0]?.weeks;
  assert.deepEqual(await weeks("2026-04-05"), {
    "2026-03-23": [0, 0, 0, 0, 0, 1, 2],
    "2026-03-30": [1, 0, 0, 0, 0, 0, 0],
  });
  assert.deepEqual(await weeks("2026-11-01"), {
    "2026-10-19": [0, 0, 0, 0, 0, 0, 2],
    "2026-10-26": [1, 0, 0, 0, 0, 0, 0],
  });
  assert.deepEqual(await weeks("2026-04-05", { "x-mana-time-zone": "America/New_York" }), {
    "2026-03-23": [0, 0, 0, 0, 0, 2, 2],
  });
});

Deno.test("habits.overview: archived habits when asked for; entries without a block, deleted ones, those of nobody", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  const old = await create(world, anna, { title: "Smoke less" });
  await callOk(world, anna, "habits_archive", { id: old });
  await pushInsert(world, anna, LOGS, "bare", {
    habitId: id,
    timeBlockId: "gone",
    note: null,
    createdAt: "2026-02-24T10:00:00.000Z",
  });
  await pushLog(world, anna, id, "taken back", "2026-02-25T10:00:00.000Z");
  await pushDelete(world, anna, LOGS, "taken back");
  await pushLog(world, anna, "no habit", "of nobody", "2026-02-26T10:00:00.000Z");
  await pushLog(world, anna, id, "odd", "some time");
  // A block of something else says nothing of an entry, which then counts by when it was stored: now.
  await pushInsert(world, anna, BLOCKS, "event", {
    startDate: "2026-02-27T10:00:00.000Z",
    kind: "logged",
    type: "event",
    sourceModule: "calendar",
    sourceId: "liar",
  });
  await pushInsert(world, anna, LOGS, "liar", { habitId: id, timeBlockId: "event", note: null });
  const { habits } = await overview(world, anna);
  assert.deepEqual(habits.map(({ title, weeks }) => [title, weeks]), [
    ["Read", { "2026-02-23": [0, 1, 0, 0, 0, 0, 2] }],
  ]);
  const all = await overview(world, anna, { includeArchived: true });
  assert.deepEqual(all.habits.map(({ title, isArchived }) => [title, isArchived]), [
    ["Read", undefined],
    ["Smoke less", true],
  ]);
  for (
    const [args, words] of [
      [{ weeks: 0 }, /weeks: expected at least 1/],
      [{ weeks: 27 }, /weeks: expected at most 26/],
      [{ until: "2026-02-30" }, /until: expected an existing day/],
      [{ timeZone: "Mars/Olympus" }, /timeZone/],
    ] as const
  ) assert.match(await callRefused(world, anna, "habits_overview", args), words);
});

Deno.test("habits.overview: 400 habits with an entry each day come page by page, each once, and no page is too long", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const common = { spaceId: anna.personalSpace, authorId: anna.id, visibility: "space" };
  const createdAt = "2026-02-01T10:00:00.000Z";
  const insert = (id: string, data: Record<string, unknown>) => ({
    id,
    op: "insert",
    spaceId: anna.personalSpace,
    data: { ...data, id, ...common, createdAt, updatedAt: createdAt },
  });
  const ids = Array.from({ length: 400 }, (_, at) => `h${String(at).padStart(3, "0")}`);
  await push(
    world,
    anna,
    HABITS,
    ids.map((id, order) => insert(id, { title: `${id} ${"ü".repeat(300)}`, order, isArchived: false })),
  );
  const days = Array.from({ length: 180 }, (_, at) => new Date(Date.UTC(2025, 8, 2 + at)).toISOString());
  // Their blocks are missing: an entry counts by when it was stored.
  for (const id of ids.slice(0, 15)) {
    const logs = days.map((day, at) => ({
      ...insert(`${id}-${at}`, { habitId: id, timeBlockId: "gone", note: null }),
      data: {
        habitId: id,
        timeBlockId: "gone",
        id: `${id}-${at}`,
        ...common,
        createdAt: day,
        updatedAt: day,
      },
    }));
    await push(world, anna, LOGS, logs);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const outcome = await call(world, anna, "habits_overview", cursor === undefined ? {} : { cursor });
    assert.ok(utf8Bytes(JSON.stringify(outcome)) < 2 * 39_900, "text and structured content");
    const page = Overview.parse(
      await callOk(world, anna, "habits_overview", cursor === undefined ? {} : { cursor }),
    );
    assert.ok(utf8Bytes(JSON.stringify(page)) < 39_900);
    assert.equal(page.hasMore, page.nextCursor !== undefined);
    seen.push(...page.habits.map(({ id }) => id));
    assert.ok(page.habits.every(({ title = "" }) => title.length === 200));
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== undefined);
  assert.deepEqual(seen, ids);
  assert.ok(pages >= 5 && pages < 20, `${pages} pages`);
});

Deno.test("habits.overview: a shared space has its own habits; what others wrote is marked", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna, ben);
  await create(world, anna, { title: "Mine" });
  await pushInsert(world, ben, HABITS, "ours", { title: "Ours", order: 0, isArchived: false, spaceId: team });
  const output = await callOk(world, anna, "habits_overview", {}, inSpace(team));
  assert.deepEqual(Overview.parse(output).habits.map(({ title }) => title), ["Ours"]);
  assert.match(JSON.stringify(output.remarks), /other/i);
});

Deno.test("habits.overview: an app that was allowed less sees the days of that, and no title that is kept back", async () => {
  await using world = await createNarrowedWorld();
  const { owner } = world;
  await pushInsert(world, owner, HABITS, "read", { title: "Read", order: 0, isArchived: false });
  await pushLog(world, owner, "read", "before", "2026-02-23T08:00:00.000Z");
  await pushLog(world, owner, "read", "since", "2026-02-25T08:00:00.000Z");
  const shown = async () => Overview.parse((await callApp(world, "habits_overview")).output).habits;
  const [all] = await shown();
  assert.deepEqual([all?.title, all?.weeks], ["Read", { "2026-02-23": [1, 0, 1, 0, 0, 0, 0] }]);
  const since = [{
    via: "timeblocks/timeBlocks",
    key: "timeBlockId",
    field: "startDate",
    op: "gte",
    value: "2026-02-24",
  }];
  world.narrow([
    { collection: "habits/habits", access: ["read"] },
    { collection: "habits/habitLogs", access: ["read"], where: since },
    { collection: "timeblocks/timeBlocks", access: ["read"] },
  ]);
  assert.deepEqual((await shown())[0]?.weeks, { "2026-02-23": [0, 0, 1, 0, 0, 0, 0] });
  world.narrow([
    { collection: "habits/habits", access: ["read"], fields: ["order", "isArchived"] },
    { collection: "habits/habitLogs", access: ["read"] },
    { collection: "timeblocks/timeBlocks", access: ["read"] },
  ]);
  assert.deepEqual(await shown(), [{
    id: "read",
    streak: 0,
    weeks: { "2026-02-23": [1, 0, 1, 0, 0, 0, 0] },
  }]);
});
