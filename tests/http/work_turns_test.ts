import assert from "node:assert/strict";
import { createInFlight } from "../../lib/http/in_flight.ts";
import {
  MAX_CALLS_PER_PERSON,
  WORK_AT_ONCE,
  WORK_OF_A_TURN,
  WORK_TICK_MS,
  WORK_WHEN_IDLE,
} from "../../lib/kit/limits.ts";
import { callOk } from "../_support/mcp.ts";
import { createFakeClock } from "../_support/fake_clock.ts";
import { createWorld } from "../_support/world.ts";

/** Turns that are taken, and who has begun, in order. */
function setUp() {
  const clock = createFakeClock();
  const begun: string[] = [];
  const inFlight = createInFlight(clock);
  const take = (person: string) => {
    const turn = inFlight.begin(person);
    if (turn === undefined) begun.push(person);
    else void turn.then(() => begun.push(person));
  };
  /** Who has begun since the last time. */
  const next = async () => {
    await Promise.resolve();
    return begun.splice(0).join(" ");
  };
  const fill = async () => {
    for (let index = 0; index < WORK_AT_ONCE; index++) take("first");
    await next();
  };
  return { clock, end: () => inFlight.end("first", true), take, next, fill, inFlight };
}

Deno.test("as many requests as one thread gets on with begin at once; whoever comes then begins when another has ended", async () => {
  const { clock, end, take, next, fill } = setUp();
  await fill();
  assert.equal(clock.scheduled(), 0, "no timer as long as nobody waits");
  take("anna");
  assert.equal(await next(), "");
  end();
  assert.equal(await next(), "anna");
});

Deno.test("those who wait begin in turn, a few requests of each person, however many one person has sent", async () => {
  const { end, take, next, fill } = setUp();
  await fill();
  for (let index = 0; index < 2 * WORK_OF_A_TURN + 1; index++) take("anna");
  for (const person of ["ben", "carl", "ben"]) take(person);
  const turn = (person: string, count: number) => Array.from({ length: count }, () => person);
  for (let index = 0; index < WORK_OF_A_TURN + 2; index++) end();
  assert.equal(await next(), [...turn("anna", WORK_OF_A_TURN), "ben", "ben"].join(" "));
  take("ben");
  for (let index = 0; index < WORK_OF_A_TURN + 3; index++) end();
  assert.equal(await next(), ["carl", ...turn("anna", WORK_OF_A_TURN), "ben", "anna"].join(" "));
});

Deno.test("while those in work wait for services, others begin; a thread that is busy lets in one at a time", async () => {
  const { clock, take, next, fill } = setUp();
  await fill();
  for (let index = 0; index < 2 * WORK_WHEN_IDLE + 3; index++) take(`p${index}`);
  clock.advance(WORK_TICK_MS);
  assert.equal((await next()).split(" ").length, WORK_WHEN_IDLE);
  // The next timer comes late: the thread was busy meanwhile.
  const late = createFakeClock();
  const busy = createInFlight({ after: late.after, elapsed: () => 10 * late.now() });
  let begun = 0;
  for (let index = 0; index < WORK_AT_ONCE + 5; index++) {
    void (busy.begin(`p${index}`) ?? Promise.resolve()).then(() => begun++);
  }
  late.advance(WORK_TICK_MS);
  await Promise.resolve();
  assert.equal(begun, WORK_AT_ONCE + 1);
});

Deno.test("an answer that goes on as a stream takes nobody's turn, and counts until its end", async () => {
  const { inFlight, take, next, fill } = setUp();
  await fill();
  take("anna");
  inFlight.answered();
  assert.equal(await next(), "anna");
  inFlight.end("first", false);
  take("ben");
  assert.equal(await next(), "", "the stream had no turn to give");
});

Deno.test("the timer ends when nobody waits any more", async () => {
  const { clock, end, take, next, fill } = setUp();
  await fill();
  take("anna");
  assert.equal(clock.armed(), 1);
  end();
  assert.equal(await next(), "anna");
  clock.advance(10 * WORK_TICK_MS);
  assert.equal(clock.armed(), 0);
});

Deno.test("calls that wait for a service that is slow keep nobody else out, however many they are", async () => {
  await using world = await createWorld();
  const waiting = await Promise.all(["anna", "ben", "carl"].map((name) => world.person(name)));
  const dora = await world.person("dora");
  for (const person of [...waiting, dora]) await callOk(world, person, "habits_list");
  const released = Promise.withResolvers<void>();
  world.intercept = async ({ url, headers }) => {
    if (url.includes("/pull") && headers.get("authorization") !== `Bearer ${dora.token}`) {
      await released.promise;
    }
    return undefined;
  };
  const held = waiting.flatMap((person) =>
    Array.from({ length: MAX_CALLS_PER_PERSON }, () => callOk(world, person, "habits_list"))
  );
  assert.ok(held.length > WORK_AT_ONCE);
  await callOk(world, dora, "habits_list");
  released.resolve();
  await Promise.all(held);
});
