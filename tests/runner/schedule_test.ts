import assert from "node:assert/strict";
import type { AttemptReport, Player } from "../../runner/attempt/attempt.ts";
import type { Fault } from "../../runner/attempt/ending.ts";
import { readCatalogue } from "../../runner/catalogue/read_catalogue.ts";
import type { DuePersona } from "../../runner/personas_api/personas_api.ts";
import { createSchedule, type ScheduleDeps } from "../../runner/schedule/schedule.ts";
import { createFakeClock } from "../_support/fake_clock.ts";
import { brainOf, createRunnerWorld, personaOf } from "./_support/runner_world.ts";
import { attempt } from "../../runner/attempt/attempt.ts";

const MINUTE = 60_000;

function dueOf(name: string): DuePersona {
  const { email, archetype, systemPrompt, moduleMix, tickCadence } = personaOf(name);
  return { userId: `id-${name}`, email, archetype, systemPrompt, moduleMix, tickCadence };
}

function played(
  player: Player,
  changes: { calls?: number; fault?: Fault | null; isPosted?: boolean } = {},
): AttemptReport {
  const { fault = null } = changes;
  return {
    kind: "played",
    persona: player.persona.name,
    userId: player.userId,
    tickId: "t",
    tick: 0,
    ms: 1,
    ratings: [],
    ending: fault?.ending ?? "done",
    fault,
    calls: changes.calls ?? 3,
    isPosted: changes.isPosted ?? true,
  };
}

/** A schedule of attempts that a test plays, with a clock that it turns. */
function scheduleOf(
  names: readonly string[],
  play: (player: Player, at: number) => AttemptReport | Promise<AttemptReport>,
  changes: Partial<ScheduleDeps> = {},
) {
  const clock = createFakeClock(0);
  const seen: string[] = [];
  const asked: number[] = [];
  const state = { due: names.map(dueOf) };
  const schedule = createSchedule({
    api: {
      everybody: () => assert.fail("nobody asks"),
      due: () => {
        asked.push(clock.now());
        return Promise.resolve(state.due);
      },
    },
    play: async (player) => {
      seen.push(`${clock.now() / MINUTE} ${player.persona.name}`);
      return await play(player, clock.now());
    },
    catalogue: readCatalogue(),
    clock,
    concurrency: 2,
    intervalMs: MINUTE,
    onReport: () => {},
    ...changes,
  });
  return { clock, schedule, seen, asked, state };
}

/** Lets everything that waits for nobody run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

async function pass(clock: { advance(ms: number): void }, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    clock.advance(MINUTE);
    await settle();
  }
}

const AWAY: Fault = { ending: "gateway", away: "gateway", waitMs: null, words: "" };
const OWN: Fault = { ending: "sign-in", away: null, waitMs: null, words: "" };

Deno.test("a neighbour who hangs keeps one worker, and nobody else", async () => {
  const hanging = Promise.withResolvers<AttemptReport>();
  const { schedule, seen } = scheduleOf(
    ["anna", "ben", "tom", "kai", "maya"],
    (player) => player.persona.name === "anna" ? hanging.promise : played(player),
  );
  const ticked = schedule.tick();
  await settle();
  assert.deepEqual(seen, ["0 anna", "0 ben", "0 tom", "0 kai", "0 maya"]);
  assert.deepEqual(schedule.status().running, ["anna"]);
  hanging.resolve(played({ userId: "id-anna", persona: personaOf("anna") }));
  assert.equal((await ticked).length, 5);
});

Deno.test("no more attempts run at once than there are workers, and nobody runs twice", async () => {
  let [running, most] = [0, 0];
  const { schedule, seen } = scheduleOf(["anna", "ben", "tom", "kai"], async (player) => {
    most = Math.max(most, ++running);
    await settle();
    running--;
    return played(player);
  });
  await Promise.all([schedule.tick(), schedule.tick()]);
  assert.equal(most, 2);
  assert.equal(new Set(seen).size, seen.length, "asked twice at once, played once");
  assert.equal(seen.length, 4);
});

Deno.test("a persona that cannot begin waits a minute, then two, up to an hour; a day that has begun is not played again", async () => {
  const { clock, schedule, seen, state } = scheduleOf(
    ["anna"],
    (player) => played(player, { calls: 0, fault: OWN }),
  );
  schedule.start();
  clock.advance(0);
  await settle();
  // A claim counts as activity: it is not due any more.
  state.due = [];
  await pass(clock, 200);
  assert.deepEqual(seen.map((line) => Number(line.split(" ")[0])), [0, 1, 3, 7, 15, 31, 63, 123, 183]);
  const begun = scheduleOf(["ben"], (player) => played(player, { calls: 2, fault: OWN }));
  begun.schedule.start();
  begun.clock.advance(0);
  await settle();
  begun.state.due = [];
  await pass(begun.clock, 200);
  assert.deepEqual(begun.seen, ["0 ben"]);
  await Promise.all([schedule.stop(), begun.schedule.stop()]);
});

Deno.test("who is told to come back later comes back then", async () => {
  const locked = { ...OWN, waitMs: 30 * MINUTE };
  const { clock, schedule, seen } = scheduleOf(
    ["anna"],
    (player) => played(player, { calls: 0, fault: locked }),
  );
  schedule.start();
  clock.advance(0);
  await settle();
  await pass(clock, 40);
  assert.deepEqual(seen, ["0 anna", "30 anna"]);
  await schedule.stop();
});

Deno.test("while a service is away one persona tries for all, less and less often; when it is back, everybody plays at once", async () => {
  const names = readCatalogue().map(({ name }) => name);
  let isAway = true;
  const { clock, schedule, seen, asked } = scheduleOf(
    names,
    (player) => played(player, isAway ? { calls: 0, fault: AWAY } : {}),
    { concurrency: 1 },
  );
  schedule.start();
  clock.advance(0);
  await settle();
  await pass(clock, 5);
  // At 0, 1 and 3 minutes.
  assert.equal(seen.length, 3);
  assert.equal(asked.length, 3, "and nobody is asked whose turn it is meanwhile");
  isAway = false;
  await pass(clock, 2);
  const late = new Set(seen.slice(3).map((line) => line.split(" ")[1]));
  assert.equal(late.size, names.length, "everybody, those who tried in vain included");
  await schedule.stop();
});

Deno.test("an API that is away is asked once in an interval, and a tick whose rows are lost is made up for later", async () => {
  const clock = createFakeClock(0);
  let asked = 0;
  const schedule = createSchedule({
    api: {
      due: () => (asked++, Promise.reject(new Error("away"))),
      everybody: () => assert.fail("nobody asks"),
    },
    play: () => assert.fail("nobody is due"),
    catalogue: [],
    clock,
    concurrency: 2,
    intervalMs: MINUTE,
    onReport: () => {},
  });
  schedule.start();
  clock.advance(0);
  await settle();
  await pass(clock, 5);
  assert.equal(asked, 6);
  assert.equal(schedule.status().lastAsked?.isAnswered, false);
  await schedule.stop();
  assert.equal(clock.armed(), 0, "no timer is left");
});

Deno.test("a pause begins nothing, and resuming goes on where it was", async () => {
  const { schedule, seen } = scheduleOf(["anna", "ben"], (player) => played(player));
  schedule.pause();
  const ticked = schedule.tick();
  await settle();
  assert.deepEqual(seen, []);
  assert.equal(schedule.status().queued, 2);
  schedule.resume();
  assert.equal((await ticked).length, 2);
});

Deno.test("a runner that stops begins nothing and waits for what runs; a tick that waited for its turn is told", async () => {
  const running = Promise.withResolvers<AttemptReport>();
  const { schedule, seen } = scheduleOf(["anna", "ben", "tom"], () => running.promise, { concurrency: 1 });
  const ticked = schedule.tick();
  await settle();
  let isStopped = false;
  const stopped = schedule.stop().then(() => isStopped = true);
  await settle();
  assert.equal(isStopped, false);
  running.resolve(played({ userId: "id-anna", persona: personaOf("anna") }));
  await Promise.all([stopped, ticked]);
  assert.deepEqual(seen, ["0 anna"]);
  assert.deepEqual(await schedule.tick(), []);
});

Deno.test("somebody without a persona's address, or whose descriptor does not hold, is not played", async () => {
  const { schedule, seen, state } = scheduleOf(["anna"], (player) => played(player));
  state.due = [...state.due, { ...dueOf("ben"), email: "ben@mana.test" }, {
    ...dueOf("tom"),
    systemPrompt: "short",
  }];
  await schedule.tick();
  assert.deepEqual(seen, ["0 anna"]);
});

Deno.test("two runners at once play each persona once", async () => {
  await using runner = await createRunnerWorld(["anna", "ben", "tom"]);
  runner.api.due = ["anna", "ben", "tom"].map((name) => ({ ...dueOf(name), userId: runner.userId(name) }));
  const brain = brainOf([{ calls: [{ tool: "todo_list", args: {} }] }]);
  const deps = runner.deps({ brain });
  const schedules = [1, 2].map(() =>
    createSchedule({
      api: deps.api,
      play: (player, signals) => attempt(deps, player, signals),
      catalogue: readCatalogue(),
      clock: deps.clock,
      concurrency: 3,
      intervalMs: MINUTE,
      onReport: () => {},
    })
  );
  const reports = (await Promise.all(schedules.map((schedule) => schedule.tick()))).flat();
  assert.deepEqual(reports.map(({ kind }) => kind).sort(), [
    "held",
    "held",
    "held",
    "played",
    "played",
    "played",
  ]);
  assert.equal(brain.days.length, 3);
});

Deno.test("a persona that was deleted in the middle of its tick and made again is not played beside itself", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const now = runner.userId("anna");
  const before = "the-id-of-the-account-that-is-gone";
  // The embedded backend knows nobody of the old id; the password follows from the address and is the same.
  runner.api.answer = ({ url }) =>
    url.includes(before)
      ? Response.json({ error: "NotFound", message: "No such persona" }, { status: 404 })
      : undefined;
  const brain = brainOf([{ calls: [{ tool: "todo_list", args: {} }] }]);
  const deps = runner.deps({ brain });
  const clock = createFakeClock(0);
  const schedule = createSchedule({
    api: deps.api,
    play: (player, signals) =>
      // The first tick was under way when the account was deleted: its last row was not stored.
      player.userId === before && clock.now() === 0
        ? Promise.resolve(played(player, { isPosted: false }))
        : attempt(deps, player, signals),
    catalogue: readCatalogue(),
    clock,
    concurrency: 2,
    intervalMs: MINUTE,
    onReport: () => {},
  });
  runner.api.due = [{ ...dueOf("anna"), userId: before }];
  await schedule.tick();
  runner.api.due = [{ ...dueOf("anna"), userId: now }];
  clock.advance(MINUTE);
  const reports = await schedule.tick();
  assert.deepEqual(reports.map(({ userId, kind }) => [userId, kind]).sort(), [[now, "played"], [
    before,
    "gone",
  ]]);
  assert.equal(brain.days.length, 1);
  runner.api.due = [];
  clock.advance(120 * MINUTE);
  assert.deepEqual(await schedule.tick(), [], "nobody asks after the old account again");
});
