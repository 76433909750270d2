import assert from "node:assert/strict";
import { pushInsert, TASKS, withoutPush } from "../_support/device.ts";
import { titles } from "../_support/listed.ts";
import { callOk, callRefused, rpc } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type World } from "../_support/world.ts";

const DOWN = "The auth service is not available: try again later.";
const LIST = "/api/auth/organization/list";

function breakList(world: World): void {
  world.intercept = ({ url }) => url.endsWith(LIST) ? new Response("down", { status: 503 }) : undefined;
}

Deno.test("membership list down: refused with 503 or in words, never guessed, and fine again afterwards", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  breakList(world);
  const create = { name: "notes_create", arguments: { title: "x" } };
  await withoutPush(world, async () => {
    assert.equal(await callRefused(world, anna, "notes_create", { title: "x" }), DOWN);
    for (const id of [team, anna.personalSpace, `_personal:${anna.id}`, "elsewhere"]) {
      const answer = await rpc(world, anna, "tools/call", create, { headers: inSpace(id) });
      assert.deepEqual([answer.status, answer.body.error?.message], [503, DOWN]);
      assert.ok(answer.headers.has("retry-after"));
    }
  });
  world.intercept = null;
  await callOk(world, anna, "notes_create", { title: "x" }, inSpace(team));
});

Deno.test("membership list down: what was known a minute ago is used, then no longer", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  await callOk(world, anna, "notes_create", { title: "x" }, inSpace(team));
  breakList(world);
  world.clock.now += 30_000;
  assert.deepEqual(await titles(world, anna, "notes_search", {}, inSpace(team)), ["x"]);
  world.clock.now += 40_000;
  const call = { name: "notes_search", arguments: {} };
  assert.equal((await rpc(world, anna, "tools/call", call, { headers: inSpace(team) })).status, 503);
  assert.equal(await callRefused(world, anna, "notes_search"), DOWN);
});

Deno.test("membership list down: a clock that is set back makes nothing be believed longer", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "todo_list");
  breakList(world);
  world.clock.now += 50_000;
  await callOk(world, anna, "todo_list");
  world.clock.now -= 45_000;
  assert.equal(await callRefused(world, anna, "todo_list"), DOWN);
});

Deno.test("a made-up space id makes the gateway ask for memberships once in five seconds at most", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const asks = () => world.upstreamCalls.filter(({ url }) => url.endsWith(LIST)).length;
  const tryOne = async () => {
    const answer = await rpc(world, anna, "tools/list", {}, { headers: inSpace(`x${crypto.randomUUID()}`) });
    assert.equal(answer.status, 403);
  };
  for (let round = 0; round < 10; round++) await tryOne();
  assert.equal(asks(), 1);
  world.clock.now += 6_000;
  for (let round = 0; round < 10; round++) await tryOne();
  assert.equal(asks(), 2);
});

Deno.test("a token that has just ended is 401, and nobody's list is asked for with it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, TASKS, "t", { title: "mine" });
  world.clock.now += 15 * 60_000;
  const answer = await rpc(world, anna, "tools/call", { name: "todo_list", arguments: {} });
  assert.deepEqual([answer.status, answer.body.error?.message], [
    401,
    "The bearer token has expired: get a fresh one and repeat the request.",
  ]);
  assert.deepEqual(world.upstreamCalls.filter(({ url }) => url.endsWith(LIST)), []);
  await anna.refresh();
  assert.deepEqual(await titles(world, anna, "todo_list"), ["mine"]);
});

Deno.test("where the list has taken a token before, its 401 is about this token and gives nobody a smaller world", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "todo_create", { title: "mine" });
  world.clock.now += 61_000;
  world.intercept = ({ url }) => url.endsWith(LIST) ? new Response("", { status: 401 }) : undefined;
  await withoutPush(world, async () => {
    const answer = await rpc(world, anna, "tools/call", { name: "todo_create", arguments: { title: "x" } });
    assert.deepEqual([answer.status, answer.body.error?.message], [
      401,
      "The auth service refused your token: sign in again and repeat the call.",
    ]);
  });
  world.intercept = null;
  assert.deepEqual(await titles(world, anna, "todo_list"), ["mine"]);
});
