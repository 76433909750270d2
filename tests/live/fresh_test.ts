import assert from "node:assert/strict";
import { FRESH_MS } from "../../lib/kit/limits.ts";
import { HABITS, pushInsert } from "../_support/device.ts";
import { titles } from "../_support/listed.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type World } from "../_support/world.ts";

const pulls = (world: World) => world.upstreamCalls.filter(({ url }) => url.includes("/pull?")).length;
const streams = (world: World) => world.upstreamCalls.filter(({ url }) => url.includes("/stream?"));

/** How many pulls `act` makes. */
async function pullsOf(world: World, act: () => Promise<unknown>): Promise<number> {
  const before = pulls(world);
  await act();
  return pulls(world) - before;
}

/** Resolves when the gateway has the answer to its next request for a stream. */
function streamOpened(world: World): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.intercept = async (request) => {
    if (!request.url.includes("/stream?")) return undefined;
    const response = await world.backend.sync.fetch(request);
    setTimeout(resolve, 0);
    return response;
  };
  return promise;
}

Deno.test("a read just after a pull asks nobody, while the service's stream would tell of news", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const list = () => titles(world, anna, "habits_list");
  const opened = streamOpened(world);
  assert.equal(await pullsOf(world, list), 1);
  await opened;
  const [stream] = streams(world);
  assert.match(stream?.url ?? "", /\/sync\/habits\/stream\?since=2026-03-01T12%3A00%3A0\d\.\d{9}Z$/);
  assert.equal(stream?.headers.get("authorization"), `Bearer ${anna.token}`);
  // The first pull began before the stream was open.
  assert.equal(await pullsOf(world, list), 1);
  assert.equal(await pullsOf(world, list), 0);
  world.clock.now += FRESH_MS;
  assert.equal(await pullsOf(world, list), 1);
  assert.equal(streams(world).length, 1);
  const metrics = await world.gateway.fetch(new Request("http://gateway.test/metrics"));
  assert.match(await metrics.text(), /^mana_mcp_hint_streams\{service="mana-mcp"\} 1$/m);
});

Deno.test("X-Mana-Fresh: strict asks, whatever was pulled just now; any other word is HTTP 400", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const strictly = () => titles(world, anna, "habits_list", {}, { "x-mana-fresh": "strict" });
  const opened = streamOpened(world);
  await strictly();
  await opened;
  assert.equal(await pullsOf(world, strictly), 1);
  assert.equal(await pullsOf(world, strictly), 1);
  assert.equal(await pullsOf(world, () => titles(world, anna, "habits_list")), 0);
  for (const word of ["Strict", "", "no-cache"]) {
    const answer = await rpc(world, anna, "tools/list", {}, { headers: { "x-mana-fresh": word } });
    assert.equal(answer.status, 400);
    assert.equal(
      answer.body.error?.message,
      "The X-Mana-Fresh header is invalid: expected the word strict.",
    );
  }
});

Deno.test("what the person wrote is read at once, through this gateway or from another device", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const list = () => titles(world, anna, "habits_list");
  await list();
  await list();
  await callOk(world, anna, "habits_create", { title: "Run" });
  assert.deepEqual(await list(), ["Run"]);
  await list();
  const { now } = world.clock;
  await pushInsert(world, anna, HABITS, "phone", { title: "Swim", order: 2 });
  world.clock.now = now; // the phone is quick: the window is not over
  assert.deepEqual(await list(), ["Run", "Swim"]);
});

Deno.test("without a stream every read asks", async () => {
  // No retry comes to its time, however slow the machine is.
  await using world = await createWorld({ hints: true, after: () => () => {} });
  world.intercept = ({ url }) => url.includes("/stream?") ? new Response("", { status: 404 }) : undefined;
  const anna = await world.person("anna");
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(await pullsOf(world, () => titles(world, anna, "habits_list")), 1);
  }
  assert.equal(streams(world).length, 1, "and nobody hammers");
});

Deno.test("one person's pull is never another's, and neither is one space's", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  world.clock.now += 61_000; // memberships are asked for again
  await callOk(world, anna, "notes_create", { title: "Private" });
  await titles(world, anna, "notes_search");
  await titles(world, ben, "notes_search");
  assert.deepEqual(await titles(world, ben, "notes_search"), []);
  assert.deepEqual(await titles(world, ben, "notes_search", {}, inSpace(team)), []);
  await callOk(world, anna, "notes_create", { title: "Ours" }, inSpace(team));
  world.clock.now += FRESH_MS; // a co-member's write need not wake the stream
  assert.deepEqual(await titles(world, ben, "notes_search", {}, inSpace(team)), ["Ours"]);
});

Deno.test("a pull that failed is no proof that the next read may go without", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const list = () => titles(world, anna, "habits_list");
  await list();
  await list();
  world.intercept = ({ url }) => url.includes("/pull?") ? new Response("", { status: 402 }) : undefined;
  const strict = { headers: { "x-mana-fresh": "strict" } };
  const answer = await rpc(world, anna, "tools/call", { name: "habits_list", arguments: {} }, strict);
  assert.match(answer.text, /subscription is inactive/);
  const next = await rpc(world, anna, "tools/call", { name: "habits_list", arguments: {} });
  assert.match(next.text, /subscription is inactive/);
});
