import assert from "node:assert/strict";
import { HABITS, pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { listed, notFound, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const LASTS = { app: "lasts", table: "lasts" };
const COOLDOWN = { app: "lasts", table: "lastsCooldown" };
const INFERRED = {
  tool: "habit-silence",
  refTable: "habits",
  refId: "habit-1",
  scannedAt: "2026-02-20T10:00:00.000Z",
};

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "lasts_create", args)).id);
}

async function lastOf(world: World, person: Person, id: string) {
  const { rows } = await listed(world, person, "lasts_list", { includeArchived: true });
  return rows.find((row) => row.id === id) ?? assert.fail(`no last time ${id}`);
}

Deno.test("lasts.create: confirmed is certain and has a day, suspected has what is said", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const shown = async (args: Record<string, unknown>) => {
    const last = await lastOf(world, anna, await add(world, anna, { title: "X", ...args }));
    assert.match(String(last.recognisedAt), /^2026-03-01T12:00:\d\d\.\d{3}Z$/);
    return [last.status, last.confidence, last.date];
  };
  assert.deepEqual(await shown({}), ["suspected", null, null]);
  assert.deepEqual(await shown({ confidence: "likely", date: "2025-08-01" }), [
    "suspected",
    "likely",
    "2025-08-01",
  ]);
  assert.deepEqual(await shown({ status: "confirmed" }), ["confirmed", "certain", "2026-03-01"]);
  assert.deepEqual(await shown({ status: "confirmed", date: "2024-01-01" }), [
    "confirmed",
    "certain",
    "2024-01-01",
  ]);
});

Deno.test("lasts.update: confirms, reclaims and suspects again, each with what belongs to it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { title: "Trampen", confidence: "probably", date: "2019-07-01" });
  const set = async (args: Record<string, unknown>) => {
    await callOk(world, anna, "lasts_update", { id, ...args });
    const { status, confidence, date, reclaimedAt, reclaimedNote } = await lastOf(world, anna, id);
    return [status, confidence, date, typeof reclaimedAt, reclaimedNote];
  };
  assert.deepEqual(await set({ status: "confirmed", tenderness: 4 }), [
    "confirmed",
    "certain",
    "2019-07-01",
    "object",
    null,
  ]);
  assert.deepEqual(await set({ status: "reclaimed", reclaimedNote: "doch wieder" }), [
    "reclaimed",
    "certain",
    "2019-07-01",
    "string",
    "doch wieder",
  ]);
  const { reclaimedAt } = await lastOf(world, anna, id);
  world.clock.now += 60_000;
  await callOk(world, anna, "lasts_update", { id, status: "reclaimed", note: "n" });
  assert.equal((await lastOf(world, anna, id)).reclaimedAt, reclaimedAt);
  assert.deepEqual((await set({ status: "suspected", clear: ["reclaimedNote"] })).slice(3), ["object", null]);
});

Deno.test("lasts.list: pinned first, reclaimed at the end, by day; archived ones on request", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const back = await add(world, anna, { title: "back", date: "2026-01-01" });
  await callOk(world, anna, "lasts_update", { id: back, status: "reclaimed" });
  await add(world, anna, { title: "older", date: "2020-01-01", category: "people", meaning: "Großmutter" });
  await add(world, anna, { title: "newer", date: "2025-01-01" });
  await add(world, anna, { title: "pinned", isPinned: true });
  const hidden = await add(world, anna, { title: "hidden" });
  await callOk(world, anna, "lasts_update", { id: hidden, isArchived: true });
  const found = (args: Record<string, unknown>) => titles(world, anna, "lasts_list", args);
  assert.deepEqual(await found({}), ["pinned", "newer", "older", "back"]);
  assert.deepEqual(await found({ status: "reclaimed" }), ["back"]);
  assert.deepEqual(await found({ category: "people" }), ["older"]);
  assert.deepEqual(await found({ query: "großmutter" }), ["older"]);
  assert.deepEqual(await found({ query: "hidden", includeArchived: true }), ["hidden"]);
});

Deno.test("lasts: a suggestion of the app is taken over by a status, or dismissed for ever by deleting it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const id of ["a", "b"]) {
    await pushInsert(world, anna, LASTS, id, {
      title: id,
      status: "suspected",
      inferredFrom: { ...INFERRED, refId: id },
      recognisedAt: INFERRED.scannedAt,
    });
  }
  await callOk(world, anna, "lasts_update", { id: "a", note: "hm" });
  assert.notEqual((await lastOf(world, anna, "a")).inferredFrom, null);
  await callOk(world, anna, "lasts_update", { id: "a", status: "suspected" });
  assert.equal((await lastOf(world, anna, "a")).inferredFrom, null);
  await deleteWithYes(world, anna, "lasts_delete", { id: "a" });
  assert.deepEqual(await pullAll(world, anna, COOLDOWN), []);
  const { sentence } = await deleteWithYes(world, anna, "lasts_delete", { id: "b" });
  assert.match(sentence, /Delete the last time "b"\?/);
  const [cooldown] = await pullAll(world, anna, COOLDOWN);
  const { refTable, refId, dismissedAt } = cooldown?.data ?? {};
  assert.deepEqual([refTable, refId], ["habits", "b"]);
  assert.match(String(dismissedAt), /^2026-03-01T/);
  assert.deepEqual(await titles(world, anna, "lasts_list"), []);
});

Deno.test("lasts: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const id = await add(world, anna, { title: "Trampen", status: "confirmed" });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ title: "X", status: "reclaimed" }, /status: /],
      [
        { title: "X", status: "confirmed", confidence: "likely" },
        /confidence: a confirmed last time is certain/,
      ],
      [{ title: "X", date: "yesterday" }, /date: expected an existing day/],
      [{ title: "X", tenderness: 6 }, /tenderness: expected at most 5/],
      [{ title: "X", note: "x".repeat(200_000) }, /note: /],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "lasts_create", args), words);
    }
    const refused = (args: Record<string, unknown>) =>
      callRefused(world, anna, "lasts_update", { id, ...args });
    assert.match(await refused({}), /nothing to change/);
    assert.match(await refused({ clear: ["date"] }), /clear: a confirmed last time has a date/);
    assert.match(await refused({ reclaimedNote: "x" }), /reclaimedNote: give the status "reclaimed" as well/);
    for (const unknown of ["nowhere", "run"]) {
      assert.equal(await refused({ id: unknown, note: "x" }), notFound("last time", unknown));
    }
  });
});
