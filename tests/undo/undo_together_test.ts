import assert from "node:assert/strict";
import { z } from "zod";
import { lastChange, pullAll, pushUpdate, type WireTable } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import type { Person, World } from "../_support/world.ts";
import { callsIn, createUndoWorld, everything, preview, undo } from "./_pages.ts";

const BLOCKS: WireTable = { app: "timeblocks", table: "timeBlocks" };
const LOGS: WireTable = { app: "habits", table: "habitLogs" };
const SYMBOLS: WireTable = { app: "dreams", table: "dreamSymbols" };
const DREAMS: WireTable = { app: "dreams", table: "dreams" };

async function logHabit(world: World, person: Person): Promise<string> {
  const habit = recordOf(await callOk(world, person, "habits_create", { title: "Run" }), "habit");
  await callOk(world, person, "habits_log", { id: habit.id });
  const [call = ""] = await callsIn(world, person, LOGS);
  return call;
}

Deno.test("an entry of a habit and its block on the calendar are undone together", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const call = await logHabit(world, anna);
  const { shown } = await undo(world, anna, everything({ calls: [call] }));
  assert.deepEqual(shown.rows.map(({ table, op }) => [table, op]), [["habitLogs", "delete"], [
    "timeBlocks",
    "delete",
  ]]);
  assert.equal((await lastChange(world, anna, LOGS)).op, "delete");
  assert.equal((await lastChange(world, anna, BLOCKS)).op, "delete");
});

Deno.test("rows that belong together stay together where one of them cannot be undone", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const call = await logHabit(world, anna);
  const block = await lastChange(world, anna, BLOCKS);
  await pushUpdate(world, anna, BLOCKS, block.id, { endDate: "2026-03-01T13:00:00.000Z" });
  const { rowCount, conflicts } = await preview(world, anna, everything({ calls: [call] }));
  assert.equal(rowCount, 0);
  assert.deepEqual(conflicts.map(({ field, by }) => [field, by]), [["end date", "you"]]);
});

Deno.test("a sum loses what the undone call has added, whoever has added to it since", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  for (const content of ["first", "second"]) {
    await callOk(world, anna, "dreams_create", { content, symbols: ["sea"] });
  }
  const symbol = await lastChange(world, anna, SYMBOLS);
  assert.equal(symbol.fields?.count?.value, 2);
  await pushUpdate(world, anna, SYMBOLS, symbol.id, { count: 7 });
  const [, second = ""] = await callsIn(world, anna, DREAMS);
  const { shown } = await undo(world, anna, everything({ calls: [second] }));
  assert.equal(shown.conflictCount, 0);
  assert.equal(shown.rowCount, 2);
  assert.equal((await lastChange(world, anna, SYMBOLS)).fields?.count?.value, 6);
  const again = await preview(world, anna, everything({ calls: [second] }));
  assert.equal(again.rowCount, 0, "nothing is taken off twice");
  const undos = (await pullAll(world, anna, SYMBOLS)).at(-1)?.actor?.iterationId;
  const redo = await undo(world, anna, everything({ calls: [z.string().parse(undos).slice(0, 32)] }));
  assert.equal(redo.shown.rowCount, 2);
  assert.equal((await lastChange(world, anna, SYMBOLS)).fields?.count?.value, 7);
});

Deno.test("a list that a device only sent again is undone all the same", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const { dream } = { dream: await callOk(world, anna, "dreams_create", { content: "x", people: ["Ben"] }) };
  const id = String(dream.id);
  await callOk(world, anna, "dreams_update", { id, people: ["Ben", "Cleo"] });
  const updated = (await callsIn(world, anna, DREAMS))[1] ?? "";
  // As the web app does with whatever else it changes.
  const people = (await lastChange(world, anna, DREAMS, id)).fields?.people?.value;
  await pushUpdate(world, anna, DREAMS, id, { people, isLucid: true });
  const { shown } = await undo(world, anna, everything({ calls: [updated] }));
  assert.equal(shown.conflictCount, 0);
  const change = await lastChange(world, anna, DREAMS, id);
  assert.deepEqual(Object.keys(change.fields ?? {}).sort(), ["people", "updatedAt"]);
});
