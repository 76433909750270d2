// A budget on requests: what a call asks of the services, which is what a person waits for. Rows of the ledger are written later, for
// many calls at once: no timer ends here.
import assert from "node:assert/strict";
import { HABITS, push } from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type World } from "../_support/world.ts";

const CHANGES = 2_500;
/** As the sync service cuts them. */
const PAGE_CHANGES = 1_000;
const PUSH_CHANGES = 500;

/** What the gateway asked during `use`, as `GET /path`, in order. */
async function asked(world: World, use: () => Promise<unknown>): Promise<string[]> {
  world.upstreamCalls.length = 0;
  await use();
  return world.upstreamCalls.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
}

Deno.test("a first list pulls each page of the log once, a later one only what is new", async () => {
  await using world = await createWorld({ after: () => () => {} });
  const anna = await world.person("anna");
  for (let from = 0; from < CHANGES; from += PUSH_CHANGES) {
    // Beyond what each pull asks for once more, since changes may have been committed late.
    world.clock.now += 30_000;
    await push(
      world,
      anna,
      HABITS,
      Array.from({ length: PUSH_CHANGES }, (_, i) => ({
        op: "insert",
        id: `habit-${from + i}`,
        spaceId: anna.personalSpace,
        data: { title: "Read", order: from + i },
      })),
    );
  }
  const list = () => callOk(world, anna, "habits.list", { limit: 500 });
  const first = await asked(world, list);
  assert.deepEqual(first.toSorted(), [
    "GET /api/auth/jwks",
    "GET /api/auth/organization/list",
    ...Array<string>(Math.ceil(CHANGES / PAGE_CHANGES)).fill("GET /sync/habits/pull"),
  ]);
  assert.deepEqual(await asked(world, list), ["GET /sync/habits/pull"]);
});

Deno.test("a task is created by one request, after one that says what is last in the list", async () => {
  await using world = await createWorld({ after: () => () => {} });
  const anna = await world.person("anna");
  const create = () => callOk(world, anna, "todo.create", { title: "Buy oranges" });
  await create();
  assert.deepEqual(await asked(world, create), ["GET /sync/todo/pull", "POST /sync/todo"]);
});
