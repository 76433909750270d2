import assert from "node:assert/strict";
import { asked } from "../../confirmation/_asking.ts";
import {
  lastChange,
  masterKey,
  open,
  pullAll,
  pushDelete,
  pushInsert,
  pushUpdate,
  withoutPush,
} from "../../_support/device.ts";
import { notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { inSpace, makeTeam } from "../../_support/team.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const BLOCKS = { app: "timeblocks", table: "timeBlocks" };
const ENTRIES = { app: "times", table: "timeEntries" };
const SETTINGS = { app: "times", table: "settings" };
const BERLIN = { timeZone: "Europe/Berlin" };

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "times_add", { ...BERLIN, ...args })).id);
}

async function project(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "times_save_project", args)).id);
}

async function list(world: World, person: Person, args: Record<string, unknown> = {}) {
  const output = await callOk(world, person, "times_list", { ...BERLIN, ...args });
  assert.ok(Array.isArray(output.entries));
  const entries: Record<string, unknown>[] = output.entries;
  return { ...output, entries };
}

Deno.test("times: the timer starts once, tells of itself, and stops with block and entry", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const client = await project(world, anna, { kind: "client", name: "Ahorn" });
  const projectId = await project(world, anna, { name: "Website", clientId: client, isBillable: true });
  assert.deepEqual(await callOk(world, anna, "times_status"), {});
  const { id } = await callOk(world, anna, "times_start", { description: "Konzept", projectId });
  const block = await lastChange(world, anna, BLOCKS);
  const entry = await lastChange(world, anna, ENTRIES, id);
  assert.deepEqual([block.data?.sourceId, entry.data?.timeBlockId], [id, block.id]);
  assert.deepEqual([entry.data?.clientId, entry.data?.isBillable, entry.data?.visibility], [
    client,
    true,
    "private",
  ]);
  assert.equal(await open(await masterKey(world, anna), block.data?.title), "Konzept");
  await withoutPush(world, async () => {
    const message = await callRefused(world, anna, "times_start", { description: "Anderes" });
    assert.match(message, /a timer runs since 2026-03-01T12:00\+00:00: end it with times_stop first/);
  });
  world.clock.now += 9 * 60_000;
  const { running } = await callOk(world, anna, "times_status", BERLIN);
  assert.deepEqual(running, {
    id,
    description: "Konzept",
    projectId,
    start: "2026-03-01T13:00+01:00",
    seconds: Object(running).seconds,
  });
  const stopped = await callOk(world, anna, "times_stop");
  assert.equal(stopped.id, id);
  assert.equal(Math.floor(Number(stopped.seconds) / 60), 9);
  const { fields } = await lastChange(world, anna, BLOCKS, block.id);
  assert.equal(fields?.isLive?.value, false);
  assert.match(await callRefused(world, anna, "times_stop"), /no timer runs: times_start starts it/);
});

Deno.test("times.stop: rounds as the person has set it", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const row = { roundingIncrement: 1, roundingMethod: "up", userId: anna.id, spaceId: undefined };
  await pushInsert(world, anna, SETTINGS, "times-default-settings", row);
  const stopped = async () => {
    await callOk(world, anna, "times_start");
    world.clock.now += 80_000;
    return (await callOk(world, anna, "times_stop")).seconds;
  };
  assert.equal(await stopped(), 120);
  for (const [roundingMethod, minutes] of [["down", 1], ["nearest", 1]] as const) {
    await pushUpdate(world, anna, SETTINGS, "times-default-settings", { roundingMethod }, {});
    assert.equal(await stopped(), minutes * 60);
  }
});

Deno.test("times.stop: a lost answer is completed by the same call", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "times_start");
  world.clock.now += 60_000;
  world.intercept = (request) =>
    Promise.resolve(
      request.method === "POST" && request.url.includes("/sync/timeblocks")
        ? new Response("no", { status: 503 })
        : undefined,
    );
  await callRefused(world, anna, "times_stop");
  world.intercept = () => Promise.resolve(undefined);
  assert.equal((await callOk(world, anna, "times_stop")).id, id);
  assert.deepEqual(await callOk(world, anna, "times_status"), {});
  assert.equal((await pullAll(world, anna, ENTRIES)).filter(({ op }) => op === "update").length, 1);
});

Deno.test("times: two calls at once start one timer", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const outcomes = await Promise.allSettled([
    callOk(world, anna, "times_start", { description: "a" }),
    callOk(world, anna, "times_start", { description: "b" }),
  ]);
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal((await pullAll(world, anna, ENTRIES)).length, 1);
});

Deno.test("times: in a shared space the timer of another member is neither seen nor stopped", async () => {
  await using world = await createWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = inSpace(await makeTeam(world, anna, ben));
  const { id } = await callOk(world, anna, "times_start", { description: "Konzept" }, team);
  assert.deepEqual(await callOk(world, ben, "times_status", {}, team), {});
  assert.match(await callRefused(world, ben, "times_stop", {}, team), /no timer runs/);
  const own = await callOk(world, ben, "times_start", {}, team);
  assert.equal((await callOk(world, ben, "times_stop", {}, team)).id, own.id);
  assert.equal(Object((await callOk(world, anna, "times_status", {}, team)).running).id, id);
});

Deno.test("times.list: by days of the zone, project and words, newest first, with sums by project", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const projectId = await project(world, anna, { name: "Website" });
  const day = (start: string, end: string, args: Record<string, unknown> = {}) =>
    add(world, anna, { start: `2026-02-${start}`, end: `2026-02-${end}`, ...args });
  await day("02T09:00", "02T10:30", { description: "Konzept", projectId });
  await day("04T00:15", "04T01:15", { description: "Nachtschicht", isBillable: true });
  await day("03T23:00", "03T23:30", { description: "Konzept", projectId });
  const whole = await list(world, anna);
  assert.deepEqual(whole.entries.map(({ start, end, seconds }) => [start, end, seconds]), [
    ["2026-02-04T00:15+01:00", "2026-02-04T01:15+01:00", 3600],
    ["2026-02-03T23:00+01:00", "2026-02-03T23:30+01:00", 1800],
    ["2026-02-02T09:00+01:00", "2026-02-02T10:30+01:00", 5400],
  ]);
  assert.deepEqual(Object(whole).sums, {
    seconds: 10_800,
    byProject: [{ projectId, seconds: 7200 }, { projectId: null, seconds: 3600 }],
  });
  const names = async (args: Record<string, unknown>) =>
    (await list(world, anna, args)).entries.map(({ description }) => description);
  assert.deepEqual(await names({ from: "2026-02-04" }), ["Nachtschicht"]);
  assert.deepEqual(await names({ to: "2026-02-02" }), ["Konzept"]);
  assert.deepEqual(await names({ onlyBillable: true }), ["Nachtschicht"]);
  assert.deepEqual(await names({ query: "konzept", projectId }), ["Konzept", "Konzept"]);
  const first = await list(world, anna, { limit: 2 });
  const next = await list(world, anna, { limit: 2, cursor: Object(first).nextCursor });
  assert.deepEqual([first.entries.length, next.entries.length, "sums" in next], [2, 1, false]);
});

Deno.test("times.list: what other writers stored: long texts, local times, no end, discarded and foreign blocks", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const put = async (id: string, block: Record<string, unknown>, entry: Record<string, unknown> = {}) => {
    const kind = { kind: "logged", type: "timeEntry", sourceModule: "times", sourceId: id, isLive: false };
    await pushInsert(world, anna, BLOCKS, `b-${id}`, { ...kind, title: "x", ...block });
    const values = { description: id, duration: 60, timeBlockId: `b-${id}`, isBillable: false, tags: [] };
    await pushInsert(world, anna, ENTRIES, id, { ...values, ...entry });
  };
  await put("manual", { startDate: "2026-02-01T00:00:00", endDate: null });
  await put("gone", { startDate: "2026-02-02T00:00:00.000Z", endDate: null });
  await pushDelete(world, anna, BLOCKS, "b-gone");
  await put("no-date", { startDate: "soon", endDate: null });
  await put("event", { startDate: "2026-02-01T00:00:00.000Z", type: "event", sourceModule: "calendar" });
  const { entries } = await list(world, anna);
  assert.deepEqual(entries.map(({ id, start, end, seconds }) => [id, start, end, seconds]), [
    ["manual", "2026-02-01T00:00+01:00", null, 60],
  ]);
  for (let number = 0; number < 30; number++) {
    const startDate = `2026-01-${String(number + 1).padStart(2, "0")}T08:00:00.000Z`;
    await put(`long-${number}`, { startDate, endDate: null }, { description: "ß".repeat(3_000) });
  }
  const seen: unknown[] = [];
  let page = await list(world, anna);
  seen.push(...page.entries.map(({ id }) => id));
  while (Object(page).hasMore === true) {
    page = await list(world, anna, { cursor: Object(page).nextCursor });
    seen.push(...page.entries.map(({ id }) => id));
  }
  assert.deepEqual([seen.length, new Set(seen).size], [31, 31]);
  assert.equal(
    await callRefused(world, anna, "times_update", { id: "gone", isBillable: true }).then(String),
    "The arguments are invalid: id: this entry was discarded, so it has no time.",
  );
});

Deno.test("times.update: times, project and text, in the entry and in its block", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const client = await project(world, anna, { kind: "client", name: "Ahorn" });
  const projectId = await project(world, anna, { name: "Website", clientId: client });
  const id = await add(world, anna, {
    start: "2026-02-02T09:00",
    end: "2026-02-02T10:00",
    description: "Konzept",
  });
  const update = (args: Record<string, unknown>) =>
    callOk(world, anna, "times_update", { id, ...BERLIN, ...args });
  assert.deepEqual(await update({ end: "2026-02-02T11:30", projectId }), { ok: true, changed: true });
  const block = await lastChange(world, anna, BLOCKS);
  const entry = await lastChange(world, anna, ENTRIES, id);
  assert.deepEqual([block.fields?.endDate?.value, block.fields?.projectId?.value], [
    "2026-02-02T10:30:00.000Z",
    projectId,
  ]);
  assert.deepEqual([entry.fields?.duration?.value, entry.fields?.clientId?.value], [9000, client]);
  assert.deepEqual(await update({ end: "2026-02-02T11:30" }), { ok: true, changed: false });
  await update({ seconds: 8100, clear: ["projectId", "description"] });
  const key = await masterKey(world, anna);
  assert.equal(await open(key, (await lastChange(world, anna, BLOCKS)).fields?.title?.value), "Time Entry");
  const { entries: [row] } = await list(world, anna);
  assert.deepEqual([row?.seconds, row?.projectId, row?.clientId, row?.description], [8100, null, null, ""]);
});

Deno.test("times: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const id = await add(world, anna, { start: "2026-02-02T09:00", end: "2026-02-02T10:00" });
  const timer = (await callOk(world, anna, "times_start")).id;
  const good = { start: "2026-02-02T09:00", end: "2026-02-02T10:00", ...BERLIN };
  const bad: [string, Record<string, unknown>, string | RegExp][] = [
    ["times_add", { ...good, end: "2026-02-02T09:00" }, /end: it is not after start/],
    ["times_add", { ...good, end: "2027-02-02T09:00" }, /end: it is more than 31 days after start/],
    ["times_add", { ...good, start: "2026-02-30T09:00" }, /start: expected an existing/],
    [
      "times_add",
      { ...good, start: "2025-03-30T02:30", end: "2025-03-30T04:00" },
      /does not exist in Europe\/Berlin/,
    ],
    ["times_add", { ...good, timeZone: "Europe/Atlantis" }, /timeZone: expected an IANA time zone/],
    ["times_add", { ...good, description: "x".repeat(501) }, /description: expected at most 500/],
    ["times_add", { ...good, projectId: id }, notFound("project", id)],
    ["times_update", { id, start: "2026-02-02T10:30", ...BERLIN }, /end: it is not after start/],
    ["times_update", { id: timer, end: "2026-03-01T15:00" }, /end: the timer runs, and times_stop ends it/],
    ["times_update", { id }, /nothing to change/],
    ["times_update", { id: "no-such", isBillable: true }, notFound("time entry", "no-such")],
    ["times_list", { from: "2026-02-02", to: "2026-02-01" }, /to: it is before `from`/],
    ["times_save_project", { kind: "client", name: "x", isBillable: true }, /isBillable: a client has none/],
    ["times_save_project", { color: "#000000" }, /name: a new one needs it/],
    ["times_save_project", { name: "x", clientId: "no-such" }, notFound("client", "no-such")],
    ["times_save_project", { name: "x", budget: { type: "days", amount: 3 } }, /budget/],
  ];
  await withoutPush(world, async () => {
    for (const [tool, args, words] of bad) {
      const message = await callRefused(world, anna, tool, args);
      if (typeof words === "string") assert.equal(message, words);
      else assert.match(message, words);
    }
  });
});

Deno.test("times.delete: names text and day, and takes the block along", async () => {
  await using world = await createWorld({ env: { DESTRUCTIVE_TOOLS: "times.delete" } });
  const anna = await world.person("anna");
  const times = { start: "2026-02-02T09:00", end: "2026-02-02T10:00" };
  const id = await add(world, anna, { ...times, description: "Konzept" });
  assert.deepEqual(await callOk(world, anna, "times_delete", { id }), { ok: true, id });
  assert.deepEqual((await lastChange(world, anna, BLOCKS)).op, "delete");
  assert.deepEqual((await list(world, anna)).entries, []);
  assert.equal(await callRefused(world, anna, "times_delete", { id }), notFound("time entry", id));
  await using asking = await createWorld();
  const ben = await asking.person("ben");
  const question = await asked(asking, ben, "times_delete", { id: await add(asking, ben, times) });
  assert.match(question.sentence, /Delete the time entry "Time Entry \(2026-02-02\)"\?/);
});

Deno.test("times.projects: clients and projects apart, archived ones on request", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await project(world, anna, { kind: "client", name: "Ahorn", email: "ahorn@example.test" });
  const id = await project(world, anna, { name: "Alt" });
  await project(world, anna, { name: "Neu", budget: { type: "hours", amount: 20 } });
  await project(world, anna, { id, isArchived: true });
  const names = async (args: Record<string, unknown>) => {
    const { clients, projects } = await callOk(world, anna, "times_projects", args);
    const rows = clients ?? projects;
    assert.ok(Array.isArray(rows));
    return rows.map(({ name }) => name);
  };
  assert.deepEqual(await names({}), ["Neu"]);
  assert.deepEqual(await names({ includeArchived: true }), ["Alt", "Neu"]);
  assert.deepEqual(await names({ kind: "client" }), ["Ahorn"]);
});
