import assert from "node:assert/strict";
import { pushInsert, withoutPush } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";
import { deleted, deletionRefused, rowsOf } from "./_calls.ts";

const DRINKS = { app: "drink", table: "drinkEntries" };

Deno.test("drink.log: day and time are now in the person's zone unless the call names them", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id: _, ...now } = await callOk(world, anna, "drink_log", {
    drinkType: "coffee",
    quantityMl: 200,
    note: "",
    timeZone: "America/New_York",
  });
  assert.deepEqual(now, { date: "2026-03-01", time: "07:00", timeZone: "America/New_York" });
  const [coffee] = await rowsOf(world, anna, "drink_list", "drinks");
  assert.deepEqual([coffee?.["name"], coffee?.["note"]], ["coffee", null]);
});

Deno.test("drink.log: what the apps do not store is refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const fine = { drinkType: "water", quantityMl: 250 };
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ drinkType: "water" }, /quantityMl: is missing/],
    [{ ...fine, drinkType: "alcohol" }, /drinkType: expected one of water, coffee/],
    [{ ...fine, quantityMl: 0 }, /quantityMl: expected at least 1/],
    [{ ...fine, quantityMl: 20_000 }, /quantityMl: expected at most 10,?000/],
    [{ ...fine, name: "\u200b" }, /name: expected at least one visible character/],
    [{ ...fine, date: "heute" }, /date: expected an existing day/],
    [{ ...fine, time: "7:30" }, /time: expected HH:mm/],
    [{ ...fine, note: "x".repeat(200_000) }, /note: expected at most 2,?000/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "drink_log", args), words, JSON.stringify(args));
    }
  });
});

Deno.test("drink.list: sums count all days asked for, also a type that only another writer stores", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const log = (args: Record<string, unknown>) => callOk(world, anna, "drink_log", args);
  await log({ drinkType: "water", quantityMl: 500, date: "2026-02-28", time: "10:00" });
  await log({ drinkType: "water", quantityMl: 250, time: "08:00" });
  await log({ drinkType: "tea", quantityMl: 300, time: "09:00", name: "Ingwertee" });
  await pushInsert(world, anna, DRINKS, "old", {
    name: "Sekt",
    drinkType: "alcohol",
    quantityMl: 100,
    date: "2026-03-01",
    time: "20:00",
  });
  const today = { from: "2026-03-01", limit: 2 };
  const drinks = await rowsOf(world, anna, "drink_list", "drinks", today);
  assert.deepEqual(drinks.map(({ name }) => name), ["Sekt", "Ingwertee"]);
  const { sums, hasMore } = await callOk(world, anna, "drink_list", today);
  assert.equal(hasMore, true);
  assert.deepEqual(sums, {
    count: 3,
    totalMl: 650,
    byType: [
      { drinkType: "water", count: 1, totalMl: 250 },
      { drinkType: "tea", count: 1, totalMl: 300 },
      { drinkType: "other", count: 1, totalMl: 100 },
    ],
  });
  assert.equal((await rowsOf(world, anna, "drink_list", "drinks", { query: "ingwer" })).length, 1);
  assert.match(
    await callRefused(world, anna, "drink_list", { from: "2026-03-02", to: "2026-03-01" }),
    /to: it is before `from`/,
  );
});

Deno.test("drink.delete: one drink goes, the others stay", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "drink_log", { drinkType: "water", quantityMl: 250 });
  const beer = { drinkType: "beer", quantityMl: 330, name: "Helles" };
  const { id } = await callOk(world, anna, "drink_log", beer);
  assert.match(
    await deleted(world, anna, "drink_delete", { id }),
    /^Delete the drink "Helles, 330 ml, 2026-03-01, 12:00"\?/,
  );
  const { sums } = await callOk(world, anna, "drink_list");
  assert.deepEqual(sums, {
    count: 1,
    totalMl: 250,
    byType: [{ drinkType: "water", count: 1, totalMl: 250 }],
  });
  assert.match(await deletionRefused(world, anna, "drink_delete", { id }), /^No drink with id/);
});
