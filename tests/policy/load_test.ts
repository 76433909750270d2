import assert from "node:assert/strict";
import { Refused } from "../../lib/errors.ts";
import { refusalResponse } from "../../lib/http/answer.ts";
import { createInFlight } from "../../lib/http/in_flight.ts";
import { MAX_CALLS_PER_PERSON } from "../../lib/limits.ts";
import { call, callOk } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("one person's parallel calls are bounded, and another person's go on", async () => {
  await using world = await createWorld();
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  await callOk(world, anna, "habits_list");
  const released = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let waiting = 0;
  world.intercept = async ({ url, headers }) => {
    if (!url.includes("/pull") || headers.get("authorization") !== `Bearer ${anna.token}`) return undefined;
    waiting += 1;
    // Each table is pulled once for all that wait for it: two tables are two requests.
    if (waiting === 2) reached.resolve();
    await released.promise;
    return undefined;
  };
  const held = Array.from(
    { length: MAX_CALLS_PER_PERSON },
    (_, i) => call(world, anna, i % 2 === 0 ? "habits_list" : "todo_list"),
  );
  await reached.promise;
  const tooMany = await call(world, anna, "spaces_list");
  assert.equal(
    tooMany.ok ? "" : tooMany.message,
    "The call is not allowed (concurrency-exceeded): too many calls are running; wait for one to end.",
  );
  await callOk(world, ben, "habits_list");
  released.resolve();
  for (const outcome of await Promise.all(held)) assert.ok(outcome.ok);
  await callOk(world, anna, "spaces_list");
});

Deno.test("requests beyond what may be in work are 503 with Retry-After, until one has ended", async () => {
  const inFlight = createInFlight(1);
  const released = Promise.withResolvers<void>();
  const first = inFlight.track(async () => {
    await released.promise;
    return new Response("done");
  });
  const refused = await inFlight.track(() => Promise.resolve(new Response("never"))).catch((error: unknown) =>
    error
  );
  assert.ok(refused instanceof Refused);
  const response = refusalResponse(refused.refusal);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.match(await response.text(), /The gateway is busy: try again shortly/);
  released.resolve();
  assert.equal(await (await first).text(), "done");
  assert.equal(await (await inFlight.track(() => Promise.resolve(new Response("next")))).text(), "next");
});

Deno.test("a stream counts until it has ended", async () => {
  const inFlight = createInFlight(1);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const headers = { "content-type": "text/event-stream" };
  const stream = await inFlight.track(() => Promise.resolve(new Response(readable, { headers })));
  await assert.rejects(inFlight.track(() => Promise.resolve(new Response())), Refused);
  const [, text] = await Promise.all([writable.close(), stream.text()]);
  assert.equal(text, "");
  await inFlight.drained();
});
