import assert from "node:assert/strict";
import { createSupervisor, type WorkerEnd } from "../../scripts/serve/supervisor.ts";

/** A worker that ends when told to. */
interface PlayedWorker {
  readonly index: number;
  readonly signals: string[];
  end(end: Partial<WorkerEnd>): void;
}

/** A supervisor of made-up workers. A pause passes when told to. */
function createStage(count: number) {
  const workers: PlayedWorker[] = [];
  const lines: string[] = [];
  const pauses: { ms: number; pass: () => void }[] = [];
  const timers: { ms: number; run: () => void }[] = [];
  let now = 0;
  let code: number | null = null;
  const start = (index: number) => () => {
    const { promise, resolve } = Promise.withResolvers<WorkerEnd>();
    const signals: string[] = [];
    workers.push({ index, signals, end: (end) => resolve({ code: 0, signal: null, ...end }) });
    return { ended: promise, kill: (signal: string) => void signals.push(signal) };
  };
  const supervisor = createSupervisor({
    starts: Array.from({ length: count }, (_, index) => start(index + 1)),
    clock: {
      calendar: () => now,
      elapsed: () => now,
      after(ms, run) {
        const timer = { ms, run };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
      wait: (ms, signal) =>
        new Promise((resolve, reject) => {
          pauses.push({
            ms,
            pass() {
              now += ms;
              resolve();
            },
          });
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
    },
    log: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (event, { problem, ms } = {}) => void lines.push(`${event}: ${problem} (${ms})`),
    },
  });
  void supervisor.ended.then((ended) => code = ended);
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await undefined;
  };
  return {
    supervisor,
    workers,
    lines,
    pauses,
    timers,
    settle,
    pass: (ms: number) => void (now += ms),
    code: () => code,
    last: (index: number) => workers.findLast((worker) => worker.index === index) ?? assert.fail(),
  };
}

Deno.test("a worker that ends is started again after a pause that grows, and the others are left alone", async () => {
  const stage = createStage(2);
  assert.equal(stage.workers.length, 2);
  for (let round = 0; round < 10; round++) {
    stage.last(2).end(round === 0 ? { code: 137, signal: "SIGKILL" } : { code: 1 });
    await stage.settle();
    stage.pauses[round]?.pass();
    await stage.settle();
  }
  assert.deepEqual(stage.pauses.map(({ ms }) => ms), [
    250,
    500,
    1_000,
    2_000,
    4_000,
    8_000,
    16_000,
    30_000,
    30_000,
    30_000,
  ]);
  assert.equal(stage.workers.filter(({ index }) => index === 2).length, 11);
  assert.equal(stage.workers.filter(({ index }) => index === 1).length, 1);
  assert.deepEqual(stage.last(1).signals, []);
  assert.deepEqual(stage.lines.slice(0, 2), [
    "worker-ended: worker 2 of 2 was ended by SIGKILL: it is started again, the others go on (250)",
    "worker-ended: worker 2 of 2 ended with code 1: it is started again, the others go on (500)",
  ]);
  // Pauses are small again after a minute that went well.
  stage.pass(60_000);
  stage.last(2).end({ code: 1 });
  await stage.settle();
  assert.equal(stage.pauses.at(-1)?.ms, 250);
});

Deno.test("only when every worker says that its settings cannot be used, the supervisor ends, with 78", async () => {
  const stage = createStage(2);
  stage.last(1).end({ code: 78 });
  await stage.settle();
  assert.equal(stage.code(), null);
  stage.pauses[0]?.pass();
  await stage.settle();
  // The first one is running again, so that the second one's end is not the end of all.
  stage.last(2).end({ code: 78 });
  await stage.settle();
  assert.equal(stage.code(), null);
  assert.deepEqual(stage.last(1).signals, []);
  stage.last(1).end({ code: 78 });
  await stage.settle();
  assert.equal(stage.code(), 78);
  assert.equal(stage.workers.length, 3);
});

Deno.test("a stop reaches every worker once, starts no other, and ends with 0 when all have ended", async () => {
  const stage = createStage(3);
  stage.last(3).end({ code: 1 });
  await stage.settle();
  stage.supervisor.stop();
  stage.supervisor.stop();
  await stage.settle();
  assert.deepEqual(stage.workers.map(({ signals }) => signals), [["SIGTERM"], ["SIGTERM"], []]);
  stage.last(1).end({ code: 0 });
  await stage.settle();
  assert.equal(stage.code(), null);
  // It had not come so far as to hear the signal.
  stage.last(2).end({ code: 143, signal: "SIGTERM" });
  await stage.settle();
  assert.equal(stage.code(), 0);
  assert.equal(stage.workers.length, 3);
  assert.equal(stage.timers.length, 0);
});

Deno.test("a worker that does not stop within 15 seconds is ended, and the supervisor says so by its code", async () => {
  const stage = createStage(1);
  stage.supervisor.stop();
  assert.deepEqual(stage.timers.map(({ ms }) => ms), [15_000]);
  stage.timers[0]?.run();
  assert.deepEqual(stage.last(1).signals, ["SIGTERM", "SIGKILL"]);
  stage.last(1).end({ code: 137, signal: "SIGKILL" });
  await stage.settle();
  assert.equal(stage.code(), 137);
});

Deno.test("a worker that cannot be started counts as one that ended", async () => {
  const refusals: string[] = [];
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const supervisor = createSupervisor({
    starts: [() => {
      throw new Error("Cannot fork");
    }],
    clock: {
      calendar: () => 0,
      elapsed: () => 0,
      after: () => () => {},
      wait: (_ms, signal) => {
        if (refusals.length < 3) return Promise.resolve();
        resolve();
        return new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason))
        );
      },
    },
    log: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (_event, { problem } = {}) => void refusals.push(problem ?? ""),
    },
  });
  await stopped;
  supervisor.stop();
  assert.equal(await supervisor.ended, 0);
  assert.equal(refusals.length, 3);
  assert.match(refusals[0] ?? "", /^worker 1 of 1 ended with code 1/);
});
