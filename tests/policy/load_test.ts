import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { refusalResponse } from "../../lib/http/refusal_response.ts";
import { createRequestLogs } from "../../lib/entry/request_log.ts";
import { createAddressShare } from "../../lib/http/address_share.ts";
import { createInFlight } from "../../lib/http/in_flight.ts";
import { createMcpEndpoint } from "../../lib/entry/mcp_endpoint.ts";
import { createArriving } from "../../lib/http/request_intake.ts";
import { MAX_CALLS_PER_PERSON } from "../../lib/kit/limits.ts";
import { createLog } from "../../lib/observe/log.ts";
import { createPseudonyms } from "../../lib/observe/pseudonyms.ts";
import { createMetrics } from "../../lib/observe/metrics.ts";
import { createNoTrace } from "../../lib/observe/trace.ts";
import { requestContextFor } from "../_support/request_context.ts";
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

/** The endpoint with room for one request, whose answers `answer` makes. */
function createNarrowEndpoint(answer: () => Promise<Response>) {
  const inFlight = createInFlight(clockOf(() => 0), { perPerson: 1, inAll: 1 });
  const mcp = createMcpEndpoint({
    requestLogs: createRequestLogs({
      log: createLog({ level: "error", clock: clockOf(() => 0), write: () => {} }),
      metrics: createMetrics(),
      trace: createNoTrace(),
      pseudonyms: createPseudonyms(new Uint8Array(32), new Uint8Array(32)),
      newTraceId: () => "0".repeat(32),
      clock: clockOf(() => 0),
    }),
    authenticate: ({ headers }) => {
      const person = headers.get("authorization");
      if (person === null) throw new Refused({ reason: "token-missing" });
      return requestContextFor(person);
    },
    protocol: {
      fetch: (request, _exchange, intake) => {
        if (request.method === "POST") void intake?.arrived();
        return answer();
      },
      sessionCount: () => 0,
      close: () => Promise.resolve(),
    },
    inFlight,
    arriving: createArriving(),
    addresses: createAddressShare(),
    isStopping: () => false,
    clock: clockOf(() => 0),
    refuse: (thrown) => refusalResponse(thrown instanceof Refused ? thrown.refusal : { reason: "internal" }),
  });
  const ask = (method = "POST", person: string | null = "anna") =>
    mcp(
      new Request("http://gateway.test/mcp", {
        method,
        headers: person === null ? {} : { authorization: person },
      }),
    );
  return { ask, inFlight };
}

Deno.test("requests beyond what may be in work are 503 with Retry-After, until one has ended", async () => {
  const released = Promise.withResolvers<void>();
  const { ask } = createNarrowEndpoint(async () => {
    await released.promise;
    return new Response("done");
  });
  const first = ask();
  const refused = await ask("POST", "ben");
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.match(await refused.text(), /The gateway is busy: try again shortly/);
  const unknown = await ask("POST", null);
  assert.equal(unknown.status, 401); // however busy we are: who has no token has to sign in, not to wait
  await unknown.body?.cancel();
  released.resolve();
  assert.equal(await (await first).text(), "done");
  assert.equal(await (await ask("POST", "ben")).text(), "done");
});

Deno.test("requests beyond a person's share are 429 with Retry-After, until one has ended", async () => {
  const released = Promise.withResolvers<void>();
  const { ask } = createNarrowEndpoint(async () => {
    await released.promise;
    return new Response("done");
  });
  const first = ask();
  const refused = await ask();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.match(await refused.text(), /Too many of your requests are under way: wait for one to end/);
  released.resolve();
  assert.equal(await (await first).text(), "done");
  assert.equal(await (await ask()).text(), "done");
});

Deno.test("a request that fails counts no longer", async () => {
  let asked = 0;
  const { ask, inFlight } = createNarrowEndpoint(() => {
    asked += 1;
    return Promise.reject(new Refused({ reason: "cancelled" }));
  });
  await (await ask()).text();
  await (await ask()).text();
  assert.equal(asked, 2);
  await inFlight.drained();
});

Deno.test("a stream counts until it has ended, a session's own stream never does", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const headers = { "content-type": "text/event-stream" };
  const answers = [new Response(readable, { headers }), new Response("", { headers }), new Response("next")];
  const { ask, inFlight } = createNarrowEndpoint(() => Promise.resolve(answers.shift() ?? Response.error()));
  const stream = await ask();
  const own = await ask("GET");
  assert.equal((await ask("POST", "ben")).status, 503);
  const [, text] = await Promise.all([writable.close(), stream.text()]);
  assert.equal(text, "");
  await inFlight.drained();
  assert.equal(await (await ask()).text(), "next");
  assert.equal(await own.text(), "");
});
