import assert from "node:assert/strict";
import { KEY_CACHE_MS, RATE_WINDOW_MS, READINESS_CACHE_MS } from "../../lib/kit/limits.ts";
import { call, callOk } from "../_support/mcp.ts";
import { createWorld, type World } from "../_support/world.ts";

/** A computer whose calendar is set back by an hour must not believe anything for an hour longer. */
const HOUR_MS = 60 * 60_000;

const asked = (world: World, path: string): number =>
  world.upstreamCalls.filter(({ url }) => new URL(url).pathname === path).length;

Deno.test("a calendar that is set back does not lengthen the life of a key", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const path = "/api/v1/me/encryption-vault/key";
  await callOk(world, anna, "notes_create", { title: "a" });
  assert.equal(asked(world, path), 1);
  world.clock.back = HOUR_MS;
  await callOk(world, anna, "notes_search");
  assert.equal(asked(world, path), 1);
  world.clock.now += KEY_CACHE_MS;
  await callOk(world, anna, "notes_search");
  assert.equal(asked(world, path), 2);
});

Deno.test("a calendar that is set back does not lengthen the window of the rate limit", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_READS: "1" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_list");
  world.clock.back = HOUR_MS;
  assert.equal((await call(world, anna, "habits_list")).ok, false);
  world.clock.now += RATE_WINDOW_MS;
  await callOk(world, anna, "habits_list");
});

Deno.test("a calendar that is set back does not lengthen what /ready remembers", async () => {
  await using world = await createWorld();
  const ready = async () => {
    const response = await world.gateway.fetch(new Request("http://gateway.test/ready"));
    await response.body?.cancel();
    return asked(world, "/health");
  };
  const first = await ready();
  world.clock.back = HOUR_MS;
  assert.equal(await ready(), first);
  world.clock.now += READINESS_CACHE_MS;
  assert.ok(await ready() > first);
});
