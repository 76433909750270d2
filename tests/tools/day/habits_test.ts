import assert from "node:assert/strict";
import {
  HABITS,
  masterKey,
  open,
  pullAll,
  pushInsert,
  pushUpdate,
  seal,
  type StoredChange,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound, recordOf, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const BLOCKS: WireTable = { app: "timeblocks", table: "timeBlocks" };
const LOGS: WireTable = { app: "habits", table: "habitLogs" };
const BERLIN = { "x-mana-time-zone": "Europe/Berlin" };

async function create(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return recordOf(await callOk(world, person, "habits_create", args), "habit").id;
}

/** The live rows of a table with their plaintext, as the changes leave them. */
async function live(
  world: World,
  person: Person,
  table: WireTable,
): Promise<Map<string, Record<string, unknown>>> {
  const rows = new Map<string, Record<string, unknown>>();
  const apply = ({ id, op, data, fields }: StoredChange) => {
    if (op === "delete") rows.delete(id);
    else if (op === "insert") rows.set(id, { ...data });
    else {for (const [name, { value }] of Object.entries(fields ?? {})) {
        Object.assign(rows.get(id) ?? {}, { [name]: value });
      }}
  };
  for (const change of await pullAll(world, person, table)) apply(change);
  return rows;
}

async function progress(world: World, person: Person, headers = {}): Promise<unknown[]> {
  const { rows } = await listed(world, person, "habits_list", { counts: true }, headers);
  return rows.map(({ today, streak }) => [today, streak]);
}

Deno.test("habits.log: a block and an entry that point at each other, now or at a time given", async () => {
  await using world = await createWorld({ isStill: true });
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await create(world, anna, {
    title: "Read",
    defaultDuration: 600,
    icon: "book-open",
    color: "#112233",
  });
  const first = await callOk(world, anna, "habits_log", { id, note: "ch. 3" }, BERLIN);
  assert.equal(first.day, "2026-03-01");
  const [[blockId, block] = assert.fail()] = await live(world, anna, BLOCKS);
  const [[logId, log] = assert.fail()] = await live(world, anna, LOGS);
  assert.deepEqual([first.id, log.timeBlockId, block.sourceId, log.habitId], [logId, blockId, logId, id]);
  assert.equal(await open(key, block.title), "Read");
  assert.deepEqual([block.startDate, block.endDate], [
    "2026-03-01T12:00:00.000Z",
    "2026-03-01T12:10:00.000Z",
  ]);
  assert.deepEqual([block.icon, block.color, block.kind, log.note], [
    "book-open",
    "#112233",
    "logged",
    "ch. 3",
  ]);

  const night = await callOk(world, anna, "habits_log", { id, at: "2026-02-28T23:30" }, BERLIN);
  assert.equal(night.day, "2026-02-28");
  const { logs } = await callOk(world, anna, "habits_logs", { id }, BERLIN);
  assert.deepEqual(Object(logs).map(({ id: _, ...row }: Record<string, unknown>) => row), [
    { habitId: id, start: "2026-02-28T23:30+01:00", end: "2026-02-28T23:40+01:00", note: null },
    { habitId: id, start: "2026-03-01T13:00+01:00", end: "2026-03-01T13:10+01:00", note: "ch. 3" },
  ]);
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ id, at: "2026-03-01T13:01" }, /at: it has not come yet/],
      [{ id, at: "2025-03-30T02:30" }, /does not exist in Europe\/Berlin/],
      [{ id, at: "yesterday" }, /at: expected an existing/],
      [{ id: "none" }, /No habit with id "none"/],
      [{}, /id: is missing/],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "habits_log", args, BERLIN), words, JSON.stringify(args));
    }
  });
});

Deno.test("habits.log: an entry that stopped half way is completed by the same call, through lost answers too", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  for (const app of ["timeblocks", "habits"]) {
    const before = (await live(world, anna, LOGS)).size;
    world.intercept = async (request) => {
      if (request.method !== "POST" || !request.url.endsWith(`/sync/${app}`)) return undefined;
      await (await world.backend.sync.fetch(request)).body?.cancel();
      throw new TypeError("connection reset");
    };
    assert.match(
      await callRefused(world, anna, "habits_log", { id }),
      app === "timeblocks"
        ? /\(not known to be stored: time block [0-9a-f-]{36}; not stored: habit entry [0-9a-f-]{36}\)/
        : /\(stored: time block [0-9a-f-]{36}; not known to be stored: habit entry [0-9a-f-]{36}\)/,
    );
    world.intercept = null;
    await callOk(world, anna, "habits_log", { id });
    assert.equal((await live(world, anna, LOGS)).size, before + 1, app);
    assert.equal((await live(world, anna, BLOCKS)).size, before + 1, app);
  }
  assert.deepEqual(await progress(world, anna), [[2, 1]]);
});

Deno.test("habits.list: today's entries and days in a row, in days of the person", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  await create(world, anna, { title: "Run" });
  assert.deepEqual(await progress(world, anna), [[0, 0], [0, 0]]);
  for (const at of ["2026-02-26T08:00", "2026-02-27T23:59", "2026-02-28T00:00"]) {
    await callOk(world, anna, "habits_log", { id, at }, BERLIN);
  }
  assert.deepEqual(await progress(world, anna, BERLIN), [[0, 3], [0, 0]], "yesterday still counts");
  // In UTC the entry of the 28th was at 23:00 of the 27th.
  assert.deepEqual(await progress(world, anna, { "x-mana-time-zone": "UTC" }), [[0, 0], [0, 0]]);
  await callOk(world, anna, "habits_log", { id });
  await callOk(world, anna, "habits_log", { id });
  assert.deepEqual(await progress(world, anna, BERLIN), [[2, 4], [0, 0]]);
  const { rows } = await listed(world, anna, "habits_list");
  assert.ok(!("streak" in (rows[0] ?? {})), "only when asked for");
});

Deno.test("habits.logs: by day; an entry without its block counts by when it was stored", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  const other = await create(world, anna, { title: "Run" });
  await callOk(world, anna, "habits_log", { id, at: "2026-02-27T10:00" });
  await callOk(world, anna, "habits_log", { id: other, at: "2026-02-28T10:00" });
  await pushInsert(world, anna, LOGS, "bare", {
    habitId: id,
    timeBlockId: "gone",
    note: null,
    createdAt: "2026-02-20T10:00:00.000Z",
  });
  const found = async (args: Record<string, unknown>) =>
    Object((await callOk(world, anna, "habits_logs", args)).logs).map(({ start }: { start: string }) => start)
      .toSorted();
  assert.deepEqual(await found({}), [
    "2026-02-20T10:00+00:00",
    "2026-02-27T10:00+00:00",
    "2026-02-28T10:00+00:00",
  ]);
  assert.deepEqual(await found({ id }), ["2026-02-20T10:00+00:00", "2026-02-27T10:00+00:00"]);
  assert.deepEqual(await found({ from: "2026-02-27", to: "2026-02-27" }), ["2026-02-27T10:00+00:00"]);
  assert.match(
    await callRefused(world, anna, "habits_logs", { from: "2026-02-27", to: "2026-02-26" }),
    /to: it is before `from`/,
  );
});

Deno.test("habits.unlog: the entry with its block; a ticked plan is a plan again", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  const { id: entry } = await callOk(world, anna, "habits_log", { id });
  const { id: kept } = await callOk(world, anna, "habits_log", { id });
  assert.deepEqual(await callOk(world, anna, "habits_unlog", { id: entry }), { ok: true, id: entry });
  assert.deepEqual([...(await live(world, anna, LOGS)).keys()], [kept]);
  assert.equal((await live(world, anna, BLOCKS)).size, 1);
  assert.equal(
    await callRefused(world, anna, "habits_unlog", { id: String(entry) }),
    notFound("habit entry", String(entry)),
  );
  // The app ticked a planned time: the block that says when it was done has the habit's id.
  const times = {
    startDate: "2026-03-01T09:00:00.000Z",
    type: "habit",
    sourceModule: "habits",
    sourceId: id,
  };
  await pushInsert(world, anna, BLOCKS, "plan", { ...times, kind: "scheduled", linkedBlockId: "fact" });
  await pushInsert(world, anna, BLOCKS, "fact", { ...times, kind: "logged", linkedBlockId: "plan" });
  await pushInsert(world, anna, LOGS, "ticked", { habitId: id, timeBlockId: "fact", note: null });
  await callOk(world, anna, "habits_unlog", { id: "ticked" });
  const blocks = await live(world, anna, BLOCKS);
  assert.equal(blocks.get("plan")?.linkedBlockId, null);
  assert.ok(!blocks.has("fact"));
  // A block of something else is not the entry's, whatever the entry says.
  await pushInsert(world, anna, BLOCKS, "event", {
    ...times,
    sourceModule: "calendar",
    type: "event",
    kind: "scheduled",
  });
  await pushInsert(world, anna, LOGS, "liar", { habitId: id, timeBlockId: "event", note: null });
  await callOk(world, anna, "habits_unlog", { id: "liar" });
  assert.ok((await live(world, anna, BLOCKS)).has("event"));
});

Deno.test("habits.update: a schedule puts the habit on the calendar, for thirty days; null takes it off", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await create(world, anna, { title: "Read", defaultDuration: 600 });
  const update = async (args: Record<string, unknown>) =>
    (await callOk(world, anna, "habits_update", { id, ...args }, BERLIN)).changed;
  // 1 March 2026 is a Sunday, and the clocks go forward on the 29th.
  assert.equal(await update({ schedule: { days: [1, 4, 1], time: "07:00" } }), true);
  const [series, ...times] = [...(await live(world, anna, BLOCKS)).values()];
  assert.deepEqual(
    [series?.recurrenceRule, series?.startDate, series?.endDate, series?.allDay, series?.sourceId],
    ["RRULE:FREQ=WEEKLY;BYDAY=MO,TH", "2026-03-02T06:00:00.000Z", "2026-03-02T06:10:00.000Z", false, id],
  );
  assert.deepEqual(times.map(({ startDate }) => startDate), [
    "2026-03-05T06:00:00.000Z",
    "2026-03-09T06:00:00.000Z",
    "2026-03-12T06:00:00.000Z",
    "2026-03-16T06:00:00.000Z",
    "2026-03-19T06:00:00.000Z",
    "2026-03-23T06:00:00.000Z",
    "2026-03-26T06:00:00.000Z",
    "2026-03-30T05:00:00.000Z",
  ]);
  assert.deepEqual(
    [
      ...new Set(
        times.map(({ parentBlockId, recurrenceRule }) => JSON.stringify([parentBlockId, recurrenceRule])),
      ),
    ],
    [JSON.stringify([series?.id, null])],
  );
  assert.deepEqual(times[0]?.recurrenceDate, "2026-03-05");
  const [habit] = (await listed(world, anna, "habits_list")).rows;
  assert.deepEqual(habit?.schedule, { days: [1, 4], time: "07:00" });
  assert.equal(await update({ schedule: { days: [1, 4], time: "07:00" } }), false);
  assert.equal((await live(world, anna, BLOCKS)).size, 9);

  assert.equal(await update({ title: "Read aloud" }), true);
  for (const { title } of (await live(world, anna, BLOCKS)).values()) {
    assert.equal(await open(key, title), "Read aloud");
  }

  assert.equal(await update({ schedule: { days: [0, 1, 2, 3, 4, 5, 6] } }), true);
  const daily = [...(await live(world, anna, BLOCKS)).values()];
  assert.equal(daily.length, 30);
  assert.ok(daily.every(({ allDay }) => allDay === true));
  assert.equal(
    daily.find(({ recurrenceRule }) => recurrenceRule !== null)?.recurrenceRule,
    "RRULE:FREQ=DAILY",
  );
  assert.equal(new Set(daily.map(({ recurrenceDate }) => recurrenceDate)).size, 30);
  assert.deepEqual((await listed(world, anna, "habits_list")).rows[0]?.schedule, {
    days: [0, 1, 2, 3, 4, 5, 6],
  });

  assert.equal(await update({ schedule: null }), true);
  assert.equal((await live(world, anna, BLOCKS)).size, 0);
  assert.equal(await update({ schedule: null }), false);
  await withoutPush(world, async () => {
    for (
      const [schedule, words] of [
        [{ days: [] }, /schedule\.days: expected at least 1/],
        [{ days: [7] }, /schedule\.days\.0: expected at most 6/],
        [{ days: [1], time: "7:00" }, /schedule\.time: expected HH:mm/],
        [{ time: "07:00" }, /schedule\.days: is missing/],
      ] as const
    ) assert.match(await callRefused(world, anna, "habits_update", { id, schedule }), words);
  });
});

Deno.test("habits.update: a time that the person moved by hand, and the past, survive another schedule", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  await callOk(world, anna, "habits_update", { id, schedule: { days: [1], time: "07:00" } });
  const moved = [...await live(world, anna, BLOCKS)].find(([, { recurrenceDate }]) =>
    recurrenceDate === "2026-03-16"
  );
  await pushUpdate(world, anna, BLOCKS, moved?.[0] ?? "", {
    isRecurrenceException: true,
    startDate: "2026-03-16T20:00:00.000Z",
  });
  await pushInsert(world, anna, BLOCKS, "past", {
    startDate: "2026-02-23T07:00:00.000Z",
    kind: "scheduled",
    type: "habit",
    sourceModule: "habits",
    sourceId: id,
    parentBlockId: Object(moved?.[1]).parentBlockId,
    recurrenceDate: "2026-02-23",
  });
  await callOk(world, anna, "habits_update", { id, schedule: { days: [1], time: "08:00" } });
  const after = [...(await live(world, anna, BLOCKS)).values()].filter(({ parentBlockId }) => parentBlockId)
    .map(({ startDate }) => startDate).toSorted();
  assert.deepEqual(after, [
    "2026-02-23T07:00:00.000Z",
    "2026-03-09T08:00:00.000Z",
    "2026-03-16T20:00:00.000Z",
    "2026-03-23T08:00:00.000Z",
    "2026-03-30T08:00:00.000Z",
  ]);
});

Deno.test("habits.update: a schedule that stopped half way is completed by the same call", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { title: "Read" });
  const args = { id, schedule: { days: [1, 4], time: "07:00" } };
  world.intercept = ({ method, url }) =>
    method === "POST" && url.endsWith("/sync/habits") ? new Response("", { status: 503 }) : undefined;
  assert.match(await callRefused(world, anna, "habits_update", args), /not known to be stored: habit /);
  const before = [...(await live(world, anna, BLOCKS)).keys()];
  assert.equal(before.length, 9);
  world.intercept = null;
  await callOk(world, anna, "habits_update", args);
  assert.deepEqual([...(await live(world, anna, BLOCKS)).keys()], before);
  assert.deepEqual((await listed(world, anna, "habits_list")).rows[0]?.schedule, args.schedule);
});

Deno.test("habits.delete: with its entries, their blocks and its plan; the question says how many entries go", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await create(world, anna, { title: "Read" });
  const other = await create(world, anna, { title: "Run" });
  await callOk(world, anna, "habits_update", { id, schedule: { days: [1] } });
  for (const habit of [id, id, other]) await callOk(world, anna, "habits_log", { id: habit });
  await pushInsert(world, anna, BLOCKS, "event", {
    title: await seal(key, "Dentist"),
    startDate: "2026-03-04T10:00:00.000Z",
    kind: "scheduled",
    type: "event",
    sourceModule: "calendar",
    sourceId: id,
  });
  const { sentence } = await deleteWithYes(world, anna, "habits_delete", { id });
  assert.match(sentence, /Delete the habit "Read"\?.* 2 logs would go as well\.$/);
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Run"]);
  assert.deepEqual([...(await live(world, anna, LOGS)).values()].map(({ habitId }) => habitId), [other]);
  const blocks = [...(await live(world, anna, BLOCKS)).values()];
  assert.deepEqual(blocks.map(({ sourceModule }) => sourceModule).toSorted(), ["calendar", "habits"]);
  assert.equal((await live(world, anna, HABITS)).size, 1);
});
