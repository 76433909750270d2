// Minutes in which a service is away, by a clock that the test turns, for the whole runner: how much it asks meanwhile, and that it goes on
// by itself. That processes hang and die is the subject of tests/runner/processes.
import assert from "node:assert/strict";
import { type Brain, BrainFault } from "../../../runner/brain/brain.ts";
import type { Clock } from "../../../runner/kit/clock.ts";
import { createFakeClock, type FakeClock } from "../../_support/fake_clock.ts";
import type { World } from "../../_support/world.ts";
import { createTown, type Town } from "../_support/town.ts";

const MINUTE = 60_000;

Deno.test("five idle minutes take fewer than twenty requests; so do five without a gateway, with a busy model or without the personas API", async () => {
  for (const away of [NOBODY, GATEWAY, API, MODEL]) {
    const scene = await start(away);
    await using town = scene.town;
    const before = town.requests.length;
    await scene.pass(5);
    const asked = town.requests.length - before;
    assert.ok(asked < 20, `${away.name}: ${asked} requests\n${urls(town).slice(before).join("\n")}`);
    assert.ok(asked > 0, `${away.name}: it does try`);
    await scene.runner.stop();
    assert.equal(scene.clock.armed(), 0, "no timer is left");
  }
});

Deno.test("when the gateway is back everybody who is due plays by themselves, once", async () => {
  const scene = await start(GATEWAY);
  await using town = scene.town;
  await scene.pass(5);
  assert.equal(endings(await town.rows()).filter((ending) => ending === "done").length, 0);
  town.answer = () => undefined;
  // The pauses are 1, 2 and 4 minutes: at 7 minutes one of them tries for all.
  await scene.pass(6);
  const rows = await town.rows();
  for (const { name, ticks } of rows.filter(({ name }) => DAILY.includes(name))) {
    assert.equal(endings([{ ticks }]).filter((ending) => ending === "done").length, 1, name);
  }
  await scene.pass(30);
  assert.deepEqual(endings(await town.rows()), endings(rows), "nobody plays a second day");
  await scene.runner.stop();
});

interface Away {
  readonly name: string;
  readonly brain?: Brain;
  readonly isAway?: (request: Request) => boolean;
}

const NOBODY: Away = { name: "nobody" };
const GATEWAY: Away = { name: "gateway", isAway: ({ url }) => new URL(url).port === "3069" };
const API: Away = { name: "personas API", isAway: ({ url }) => url.includes("/personas/internal/") };
const MODEL: Away = {
  name: "model",
  brain: {
    name: "test",
    begin: () => ({
      next: () => Promise.reject(new BrainFault("model", "429")),
      rate: () => Promise.resolve([]),
    }),
  },
};

/** Who is due on a Sunday, and waits for nothing in a day. */
const DAILY = ["Anna", "Ben", "Sofia", "Tom", "Kai"];

/** Starts a runner over a town in which something is away, and lets its first tick pass. */
async function start(away: Away) {
  const clock = createFakeClock(0);
  const town = await createTown({ clock: (world) => turning(world, clock) });
  if (away.isAway !== undefined) {
    const { isAway } = away;
    town.answer = (request) => {
      if (isAway(request)) throw new TypeError("connection refused");
      return undefined;
    };
  }
  const runner = town.start({
    ...(away.brain === undefined ? {} : { brain: away.brain }),
    isWanted: ({ name }) => DAILY.some((daily) => daily.toLowerCase() === name),
  });
  const settle = async () => {
    do await new Promise((resolve) => setTimeout(resolve)); while (
      isBusy(town, runner.status().running.length)
    );
  };
  runner.start();
  clock.advance(0);
  await settle();
  await settle();
  return {
    town,
    runner,
    clock,
    async pass(minutes: number) {
      for (let minute = 0; minute < minutes; minute += 1) {
        clock.advance(MINUTE);
        await settle();
        await settle();
      }
    },
  };
}

/** Whether an attempt runs, or a request of the runner is under way. */
function isBusy({ underWay }: Town, running: number): boolean {
  return running > 0 || underWay() > 0;
}

/** The test's clock, of which the world's calendar goes along. */
function turning(world: World, clock: FakeClock): Clock {
  const begun = world.clock.now;
  return {
    calendar: () => world.clock.now = begun + clock.now(),
    elapsed: clock.now,
    after: clock.after,
  };
}

function endings(
  rows: readonly { readonly ticks: readonly { readonly ending: string }[] }[],
): readonly string[] {
  return rows.flatMap(({ ticks }) => ticks.map(({ ending }) => ending));
}

function urls({ requests }: Town): readonly string[] {
  return requests.map(({ method, url }) => `${method} ${url}`);
}
