/** Who wrote, through the whole product: what an assistant's calls leave in the change log, and what others can make of it. */
import assert from "node:assert/strict";
import { HABITS, pullAll } from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";
import { writersOf } from "./_log.ts";

Deno.test("what the person's own token writes is verified, call by call, under its client's word", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_create", { title: "Run" });
  await callOk(world, anna, "habits_create", { title: "Swim" });
  const [first, second, ...more] = await writersOf(world, anna, HABITS);
  assert.equal(more.length, 0);
  assert.ok(first?.kind === "own" && second?.kind === "own");
  assert.deepEqual(first, { kind: "own", callId: first.callId, tool: "habits.create", name: "test-client" });
  assert.match(first.callId, /^[0-9a-f]{32}$/);
  assert.notEqual(first.callId, second.callId);
  const [change] = await pullAll(world, anna, HABITS);
  assert.equal(change?.origin, "agent");
});
