/** Real connections of the real client: a service ends a kept one after it has carried out what it was sent. */
import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { PUSH_ATTEMPTS } from "../../lib/kit/limits.ts";
import { createServiceClient, type ServiceRequest } from "../../lib/services/service_client.ts";
import { HABITS, pullAll, TASKS } from "../_support/device.ts";
import { titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { createWorld, type World } from "../_support/world.ts";
import { type ClosingService, startClosingService } from "./_closing_service.ts";

/** A world whose sync service stores the first push on a kept connection and ends it; `again` answers the pushes after that. */
async function withClosingSync(
  again: (() => Response) | null,
  use: (world: World, service: ClosingService) => Promise<void>,
): Promise<void> {
  let world: World | null = null;
  let hasEnded = false;
  await using service = await startClosingService(async (request, isKept) => {
    assert.ok(world);
    const isPush = request.method === "POST";
    if (isPush && hasEnded && again !== null) return again();
    const { pathname, search } = new URL(request.url);
    const response = await world.sync(pathname + search, request);
    if (!isPush || !isKept || hasEnded) return response;
    hasEnded = true;
    await response.body?.cancel();
    return null;
  });
  await using made = await createWorld({ syncFetch: service.carry, env: { LEDGER: "off" } });
  world = made;
  await use(made, service);
}

Deno.test("a push stored before its connection ended is unknown, whatever the repetition is answered with", async () => {
  for (const status of [401, 402, 403, 404, 302, 429]) {
    await withClosingSync(() => new Response("{}", { status }), async (world, service) => {
      const anna = await world.person("anna");
      await callOk(world, anna, "habits_list"); // leaves the connection on which the push is sent
      const message = await callRefused(world, anna, "habits_create", { title: "Run" });
      const stored = await pullAll(world, anna, HABITS);
      assert.equal(stored.length, 1);
      assert.equal(
        message,
        `It is unknown whether the habit was stored (${
          stored[0]?.id
        }): the sync service gave no answer in time. ` +
          "List before you repeat the call.",
        String(status),
      );
      // One transmission an attempt: 429 alone is worth another.
      assert.deepEqual(
        service.posts.map(({ isAnswered }) => isAnswered),
        [false, ...Array.from({ length: status === 429 ? PUSH_ATTEMPTS - 1 : 1 }, () => true)],
      );
      assert.equal(new Set(service.posts.map(({ body }) => body)).size, 1);
      assert.deepEqual(await titles(world, anna, "habits_list"), ["Run"]);
    });
  }
});

Deno.test("a push stored before its connection ended is repeated by us with the same bytes, and the record exists once", async () => {
  await withClosingSync(null, async (world, service) => {
    const anna = await world.person("anna");
    await callOk(world, anna, "todo_list");
    await callOk(world, anna, "todo_create", { title: "Buy milk" });
    assert.deepEqual(service.posts.map(({ isAnswered }) => isAnswered), [false, true]);
    assert.equal(service.posts[0]?.body, service.posts[1]?.body);
    assert.equal(new Set((await pullAll(world, anna, TASKS)).map(({ id }) => id)).size, 1);
    assert.deepEqual(await titles(world, anna, "todo_list"), ["Buy milk"]);
  });
});

Deno.test("what changes something is transmitted once, what only asks is asked again on a connection that lives", async () => {
  const carriedOut: string[] = [];
  await using service = await startClosingService(async (request, isKept) => {
    carriedOut.push(`${request.method} ${await request.text()}`);
    return isKept ? null : Response.json({ ok: true });
  });
  const client = createServiceClient({ fetch, clock: clockOf(() => 0) });
  /** After an answer that leaves a connection behind. */
  const send = async (request: Partial<ServiceRequest>) => {
    const to = { service: "auth", url: `${service.url}/x` } as const;
    const open = () => client.send({ ...to, method: "POST", body: "opens a connection" });
    await open().catch(open); // one may be left that has had a request
    carriedOut.length = 0;
    const outcome = await client.send({ ...to, ...request }).then(({ status }) => status, (error) => {
      assert.ok(error instanceof Refused);
      return error.refusal;
    });
    return { outcome, carriedOut: [...carriedOut] };
  };
  const unreachable = { reason: "upstream-failed", upstream: "auth", fault: "unreachable" };
  for (const body of ["text", "ü".repeat(100_000)]) {
    const { outcome, carriedOut } = await send({ method: "POST", body });
    assert.deepEqual(outcome, unreachable);
    assert.ok(carriedOut.length === 1 && carriedOut[0] === `POST ${body}`);
  }
  const asked = await send({ method: "POST", body: "text", isRepeatable: true });
  assert.deepEqual(asked, { outcome: 200, carriedOut: ["POST text", "POST text"] });
  assert.deepEqual(await send({}), { outcome: 200, carriedOut: ["GET ", "GET "] });
  assert.deepEqual(await send({ isRepeatable: false }), { outcome: unreachable, carriedOut: ["GET "] });
});
