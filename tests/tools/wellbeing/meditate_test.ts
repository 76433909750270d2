import assert from "node:assert/strict";
import { pushInsert, withoutPush } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";
import { deleted, deletionRefused, rowsOf } from "./_calls.ts";

const SESSIONS = { app: "meditate", table: "meditateSessions" };
const BERLIN = { timeZone: "Europe/Berlin" };

Deno.test("meditate.log: without a start the session has ended now; a start without an offset is local time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const log = (args: Record<string, unknown>) =>
    callOk(world, anna, "meditate_log", { durationSec: 600, ...BERLIN, ...args });
  assert.equal((await log({}))["startedAt"], "2026-03-01T12:50+01:00");
  assert.equal((await log({ startedAt: "2026-03-01T06:30" }))["startedAt"], "2026-03-01T06:30+01:00");
  assert.equal((await log({ startedAt: "2026-03-01T06:30Z" }))["startedAt"], "2026-03-01T07:30+01:00");
  const stored = await rowsOf(world, anna, "meditate_list", "meditations");
  assert.deepEqual(stored.map(({ startedAt }) => startedAt), [
    "2026-03-01T11:50+00:00",
    "2026-03-01T06:30+00:00",
    "2026-03-01T05:30+00:00",
  ]);
});

Deno.test("meditate.log: impossible times and values are refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const fine = { durationSec: 600 };
  const bad: [Record<string, unknown>, RegExp][] = [
    [{}, /durationSec: is missing/],
    [{ durationSec: 0 }, /durationSec: expected at least 1/],
    [{ durationSec: 90_000 }, /durationSec: expected at most 86,?400/],
    [{ ...fine, category: "yoga" }, /category: expected one of silence, breathing, bodyscan/],
    [{ ...fine, moodAfter: 6 }, /moodAfter: expected at most 5/],
    [{ ...fine, startedAt: "2026-02-30T10:00" }, /startedAt: expected an existing/],
    [{ ...fine, startedAt: "2026-03-29T02:30", ...BERLIN }, /does not exist in Europe\/Berlin/],
    [{ ...fine, timeZone: "Europe/Atlantis" }, /timeZone: expected an IANA/],
    [{ ...fine, notes: "x".repeat(200_000) }, /notes: expected at most 5,?000/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "meditate_log", args), words, JSON.stringify(args));
    }
  });
});

Deno.test("meditate.list: a range is days of the person's zone, and the summary is of all of them", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const log = (startedAt: string, more: Record<string, unknown> = {}) =>
    callOk(world, anna, "meditate_log", { durationSec: 300, startedAt, ...BERLIN, ...more });
  await log("2026-02-28T00:30", { moodBefore: 2, moodAfter: 4 });
  await log("2026-02-28T23:59", { moodBefore: 3 });
  await log("2026-03-01T00:00");
  await pushInsert(world, anna, SESSIONS, "odd", { category: "x", startedAt: "soon", durationSec: 9 });
  const range = { from: "2026-02-28", to: "2026-02-28", limit: 1, ...BERLIN };
  const rows = await rowsOf(world, anna, "meditate_list", "meditations", range);
  assert.deepEqual(rows.map(({ startedAt }) => startedAt), ["2026-02-28T23:59+01:00"]);
  const { summary, nextCursor } = await callOk(world, anna, "meditate_list", range);
  assert.deepEqual(summary, { count: 2, totalSec: 600, averageMoodBefore: 2.5, averageMoodAfter: 4 });
  const next = await rowsOf(world, anna, "meditate_list", "meditations", { ...range, cursor: nextCursor });
  assert.deepEqual(next.map(({ startedAt }) => startedAt), ["2026-02-28T00:30+01:00"]);
  const all = await rowsOf(world, anna, "meditate_list", "meditations");
  assert.equal(all.length, 4);
  assert.equal(all[0]?.["startedAt"], "soon", "what another writer stored is given as it is");
  assert.deepEqual(
    (await rowsOf(world, anna, "meditate_list", "meditations", { query: "silence" })).length,
    3,
  );
  assert.match(
    await callRefused(world, anna, "meditate_list", { from: "2026-03-02", to: "2026-03-01" }),
    /to: it is before `from`/,
  );
});

Deno.test("meditate.delete: the question names the session", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "meditate_log", {
    durationSec: 600,
    startedAt: "2026-03-01T06:30Z",
  });
  assert.match(
    await deleted(world, anna, "meditate_delete", { id }),
    /^Delete the meditation "silence, 2026-03-01T06:30:00.000Z"\?/,
  );
  assert.match(await deletionRefused(world, anna, "meditate_delete", { id }), /^No meditation with id/);
});
