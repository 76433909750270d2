import assert from "node:assert/strict";
import { HABITS, lastChange, pushInsert, withoutPush } from "../../_support/device.ts";
import { listed, notFound, titles } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const FIRSTS = { app: "firsts", table: "firsts" };

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "firsts_create", args)).id);
}

async function firstOf(world: World, person: Person, id: string) {
  const { rows } = await listed(world, person, "firsts_list", { includeArchived: true });
  return rows.find((row) => row.id === id) ?? assert.fail(`no first time ${id}`);
}

Deno.test("firsts.create: a dream has no day, a lived first time has today or the day that is given", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const shown = async (args: Record<string, unknown>) => {
    const { status, date, category } = await firstOf(
      world,
      anna,
      await add(world, anna, { title: "X", ...args }),
    );
    return [status, date, category];
  };
  assert.deepEqual(await shown({}), ["dream", null, "other"]);
  assert.deepEqual(await shown({ status: "lived", category: "travel" }), ["lived", "2026-03-01", "travel"]);
  assert.deepEqual(await shown({ status: "lived", date: "1999-12-31" }), ["lived", "1999-12-31", "other"]);
});

Deno.test("firsts.list: pinned, then lived by day, then dreams by priority; archived ones on request", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await add(world, anna, { title: "low", priority: 1 });
  await add(world, anna, { title: "high", priority: 3, motivation: "endlich Meer" });
  await add(world, anna, { title: "old", status: "lived", date: "2020-01-01", category: "nature" });
  await add(world, anna, { title: "new", status: "lived", date: "2025-01-01" });
  await add(world, anna, { title: "pinned", isPinned: true });
  const hidden = await add(world, anna, { title: "hidden" });
  await callOk(world, anna, "firsts_update", { id: hidden, isArchived: true });
  const found = (args: Record<string, unknown>) => titles(world, anna, "firsts_list", args);
  assert.deepEqual(await found({}), ["pinned", "new", "old", "high", "low"]);
  assert.deepEqual(await found({ status: "lived" }), ["new", "old"]);
  assert.deepEqual(await found({ category: "nature" }), ["old"]);
  assert.deepEqual(await found({ query: "MEER" }), ["high"]);
  assert.deepEqual(await found({ query: "hidden", includeArchived: true }), ["hidden"]);
});

Deno.test("firsts.update: lived takes a day and keeps what was written before; a dream again has none", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { title: "Tauchen", expectation: "kalt" });
  await callOk(world, anna, "firsts_update", {
    id,
    status: "lived",
    reality: "warm",
    rating: 5,
    wouldRepeat: "definitely",
  });
  const lived = await firstOf(world, anna, id);
  assert.deepEqual([
    lived.status,
    lived.date,
    lived.expectation,
    lived.reality,
    lived.rating,
    lived.wouldRepeat,
  ], [
    "lived",
    "2026-03-01",
    "kalt",
    "warm",
    5,
    "definitely",
  ]);
  await callOk(world, anna, "firsts_update", {
    id,
    status: "lived",
    date: "2026-02-01",
    clear: ["expectation"],
  });
  const { fields } = await lastChange(world, anna, FIRSTS, id);
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["date", "expectation", "updatedAt"]);
  await callOk(world, anna, "firsts_update", { id, status: "dream" });
  const dream = await firstOf(world, anna, id);
  assert.deepEqual([dream.status, dream.date, dream.expectation], ["dream", null, null]);
});

Deno.test("firsts: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  const id = await add(world, anna, { title: "Tauchen" });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ title: "" }, /title: expected at least one visible character/],
      [{ title: "X", date: "2026-01-01" }, /date: a dream has none, give the status "lived" as well/],
      [{ title: "X", rating: 3 }, /rating: a dream has none/],
      [{ title: "X", status: "lived", date: "2026-02-30" }, /date: expected an existing day/],
      [{ title: "X", priority: 4 }, /priority: expected at most 3/],
      [{ title: "X", category: "space" }, /category: /],
      [{ title: "X", motivation: "x".repeat(200_000) }, /motivation: /],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "firsts_create", args), words);
    }
    assert.match(await callRefused(world, anna, "firsts_update", { id }), /nothing to change/);
    assert.match(
      await callRefused(world, anna, "firsts_update", { id, reality: "warm" }),
      /reality: a dream has none/,
    );
    for (const unknown of ["nowhere", "run"]) {
      const args = { id: unknown, note: "x" };
      assert.equal(await callRefused(world, anna, "firsts_update", args), notFound("first time", unknown));
    }
  });
});

Deno.test("firsts.delete: the question names the first time, which is gone after a yes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await add(world, anna, { title: "Tauchen" });
  const { sentence, output } = await deleteWithYes(world, anna, "firsts_delete", { id });
  assert.match(sentence, /Delete the first time "Tauchen"\?/);
  assert.deepEqual([output.ok, output.id], [true, id]);
  assert.deepEqual(await titles(world, anna, "firsts_list", { includeArchived: true }), []);
});
