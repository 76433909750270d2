import assert from "node:assert/strict";
import { NOTES, pullAll, pushesOf, readPush, TASKS } from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { createUndoWorld, decide, everything, faultOf, makeNote, OWN, preview } from "./_pages.ts";

/** Lets the services store what is pushed, and loses their answers while `isLost` says so. */
function loseAnswers(
  world: Awaited<ReturnType<typeof createUndoWorld>>,
  isLost: (url: string) => boolean,
): void {
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.includes("/sync/") || !isLost(request.url)) {
      return undefined;
    }
    const answer = await world.backend.sync.fetch(request.clone());
    await answer.body?.cancel();
    return new Response("gone", { status: 502 });
  };
}

Deno.test("an answer that is lost in the middle leaves the undo unknown; the same click completes it with the same bytes, on another node", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  await makeNote(world, anna, "One");
  await callOk(world, anna, "todo_create", { title: "Two" });
  const question = everything(OWN);
  const shown = await preview(world, anna, question);
  assert.equal(shown.rowCount, 2);
  const start = pushesOf(world).length;
  loseAnswers(world, (url) => url.includes("/sync/todo"));
  const first = await decide(world, anna, question, shown);
  assert.ok(first.ok);
  assert.equal(first.answer.status, "unknown");
  assert.equal(first.answer.preview.plan, shown.plan);
  assert.equal(first.answer.preview.rowCount, 2);
  world.intercept = null;
  const half = pushesOf(world).length;
  world.interceptPages = (request) => world.sdkOnly.fetch(request);
  world.clock.now += 60_000;
  const second = await decide(world, anna, question, shown);
  assert.ok(second.ok, JSON.stringify(second));
  assert.equal(second.answer.status, "done");
  assert.equal(second.answer.written, 2);
  const bytes = (from: number, to?: number) =>
    [
      ...new Set(pushesOf(world).slice(from, to).map((push) => JSON.stringify(readPush(push).changes))),
    ].sort();
  assert.deepEqual(bytes(half), bytes(start, half));
  for (const table of [NOTES, TASKS]) {
    const undos = (await pullAll(world, anna, table)).filter(({ op }) => op === "delete");
    assert.ok(undos.length > 1, "stored more than once");
    assert.equal(new Set(undos.map(({ eventId: _, ...rest }) => JSON.stringify(rest))).size, 1);
  }
  assert.equal((await preview(world, anna, question)).rowCount, 0);
});

Deno.test("where a service is down nothing is kept, and the page says which", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  await makeNote(world, anna, "One");
  const question = everything(OWN);
  const shown = await preview(world, anna, question);
  for (const [path, code] of [["/encryption-vault/", "vault-down"], ["/sync/", "sync-down"]] as const) {
    world.intercept = (request) =>
      request.url.includes(path) ? new Response("down", { status: 503 }) : undefined;
    const start = pushesOf(world).length;
    // A key is believed for a while.
    world.clock.now += 60_000;
    assert.equal(faultOf(await decide(world, anna, question, shown)), code);
    assert.equal(pushesOf(world).length, start);
  }
  world.intercept = null;
  assert.equal((await decide(world, anna, question, shown)).ok, true);
});
