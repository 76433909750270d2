import assert from "node:assert/strict";
import { FRESH_MS } from "../../lib/kit/limits.ts";
import { HABITS, lastChange, pullAll, pushesOf, pushInsert, readPush, TASKS } from "../_support/device.ts";
import { titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createWorld, type World } from "../_support/world.ts";

/** The sync service stores every push, but the first `times` answers never arrive. */
function loseAnswers(world: World, times: number): void {
  let left = times;
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.includes("/sync/") || left === 0) return undefined;
    left -= 1;
    const response = await world.backend.sync.fetch(request);
    await response.body?.cancel();
    throw new TypeError("connection reset");
  };
}

Deno.test("a lost answer to a push is asked for again with the same bytes, and the record exists once", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  loseAnswers(world, 1);
  const output = await callOk(world, anna, "todo_create", { title: "Buy milk" });
  const [first, second, ...more] = pushesOf(world);
  assert.equal(more.length, 0);
  assert.equal(second?.body, first?.body);
  assert.equal((await pullAll(world, anna, TASKS)).length, 2);
  assert.deepEqual(await callOk(world, anna, "todo_list"), {
    tasks: [output.task],
    hasMore: false,
    unreadable: 0,
  });
});

Deno.test("a push whose answers are all lost is unknown, with the id under which it is listed", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  loseAnswers(world, 4);
  const message = await callRefused(world, anna, "todo_create", { title: "Buy milk" });
  const pushes = pushesOf(world);
  assert.equal(pushes.length, 4);
  assert.equal(new Set(pushes.map(({ body }) => body)).size, 1);
  const id = readPush(pushes[0] ?? assert.fail()).changes[0]?.id;
  assert.equal(
    message,
    `It is unknown whether the task was stored (${id}): the sync service gave no answer in time. ` +
      "List before you repeat the call.",
  );
  const { tasks } = await callOk(world, anna, "todo_list");
  assert.deepEqual(Array.isArray(tasks) && tasks.map((task) => task.id), [id]);
});

Deno.test("an update whose answer is lost is repeated with the same stamps", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "Run" });
  loseAnswers(world, 2);
  assert.deepEqual(await callOk(world, anna, "habits_update", { id: "h", title: "Walk" }), {
    ok: true,
    changed: true,
  });
  assert.equal(new Set(pushesOf(world).map(({ body }) => body)).size, 1);
  const changes = (await pullAll(world, anna, HABITS)).filter(({ op }) => op === "update");
  assert.equal(changes.length, 3);
  assert.equal(new Set(changes.map(({ fields }) => fields?.title?.at)).size, 1);
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Walk"]);
});

Deno.test("too many requests: the push is repeated until it is taken", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  let left = 3;
  world.intercept = ({ method, url }) =>
    method === "POST" && url.includes("/sync/") && left-- > 0 ? new Response("", { status: 429 }) : undefined;
  await callOk(world, anna, "habits_create", { title: "Run" });
  assert.equal(pushesOf(world).length, 4);
  assert.equal((await pullAll(world, anna, HABITS)).length, 1);
});

Deno.test("a refusal after an answer that left it open: unknown, since the first push may be stored", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  let sent = 0;
  world.intercept = ({ method, url }) => {
    if (method !== "POST" || !url.includes("/sync/")) return undefined;
    return new Response("", { status: sent++ === 0 ? 502 : 401 });
  };
  const message = await callRefused(world, anna, "habits_create", { title: "Run" });
  assert.match(message, /^It is unknown whether the habit was stored \([0-9a-f-]{36}\): /);
});

Deno.test("a pull that fails for a moment is repeated, and the list is whole", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_create", { title: "Run" });
  let left = 2;
  world.intercept = ({ url }) =>
    url.includes("/pull?") && left-- > 0 ? new Response("", { status: 503 }) : undefined;
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Run"]);
});

Deno.test("what was listed before is not listed again while the sync service is down", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_create", { title: "Run" });
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Run"]);
  world.intercept = ({ url }) => url.includes("/pull?") ? new Response("", { status: 503 }) : undefined;
  world.clock.now += FRESH_MS; // for that long nobody asks, while the service's stream is open
  assert.equal(
    await callRefused(world, anna, "habits_list"),
    "The sync service is not available: try again later.",
  );
  world.intercept = null;
  assert.deepEqual(await titles(world, anna, "habits_list"), ["Run"]);
});

Deno.test("the answer to a push asks for no changes of others and nothing of it is used", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: "Run" });
  await callOk(world, anna, "habits_create", { title: "Walk" });
  const { body } = pushesOf(world).at(-1) ?? assert.fail();
  assert.match(body, /"since":"9999-12-31T23:59:59\.999Z"/);
  assert.equal((await lastChange(world, anna, HABITS)).data?.title, "Walk");
  assert.deepEqual((await titles(world, anna, "habits_list")).toSorted(), ["Run", "Walk"]);
});
