import assert from "node:assert/strict";
import { createListener, type Listening } from "../../process/listener.ts";

/** A listener over made-up servers: time moves with each pause, servers fail when told. */
function createStage() {
  let now = 0;
  const servers: { fail(error: unknown): void; request(): void; isShut: boolean; port: number }[] = [];
  const pauses: number[] = [];
  const told: string[] = [];
  const counts: number[] = [];
  const stage = {
    /** Thrown by the next attempts to listen, in turn; undefined lets one succeed. */
    refusals: [] as unknown[],
    listener: createListener({
      listen(port, onRequest): Listening {
        const refusal = stage.refusals.shift();
        if (refusal !== undefined) throw refusal;
        const finished = Promise.withResolvers<void>();
        const server = { fail: finished.reject, request: onRequest, isShut: false, port: port || 4_000 };
        servers.push(server);
        return {
          addr: { hostname: "127.0.0.1", port: server.port },
          finished: finished.promise,
          shutdown: () => {
            server.isShut = true;
            finished.resolve();
            return Promise.resolve();
          },
        };
      },
      delay: (ms) => {
        pauses.push(ms);
        now += ms;
        return Promise.resolve();
      },
      monotonic: () => now,
      onFailure: ({ problem, failures }) => {
        told.push(problem);
        counts.push(failures);
      },
      onReturn: () => told.push("back"),
      onLost: () => told.push("lost"),
    }),
    servers,
    pauses,
    told,
    /** Failures that each told failure stands for. */
    counts,
    pass: (ms: number) => now += ms,
    /** Lets everything run that has nothing left to wait for. */
    settle: async () => {
      for (let turn = 0; turn < 20; turn++) await undefined;
    },
    last: () => servers.at(-1) ?? assert.fail("no server"),
  };
  return stage;
}

const NO_DESCRIPTORS =
  "no file descriptor is left: raise the limit, and let a proxy end silent connections (docs/deploy/nginx.md)";
const EMFILE = new Error("Too many open files (os error 24)");

Deno.test("a listener whose accept has failed listens on the same port again, and lets the failed server's connections go", async () => {
  const stage = createStage();
  assert.equal(stage.listener.open(0).port, 4_000);
  stage.last().fail(EMFILE);
  assert.equal(stage.listener.isListening(), true); // nothing is known yet
  await stage.settle();
  assert.deepEqual(stage.told, [NO_DESCRIPTORS, "back"]);
  assert.deepEqual(stage.servers.map(({ port, isShut }) => ({ port, isShut })), [
    { port: 4_000, isShut: true },
    { port: 4_000, isShut: false },
  ]);
  assert.equal(stage.listener.isListening(), true);
  assert.equal(stage.listener.failures(), 1);
});

Deno.test("a listener is down from its failure until the port is listened on again", async () => {
  const seen: boolean[] = [];
  const finished = Promise.withResolvers<void>();
  const listener = createListener({
    listen: () => ({
      addr: { hostname: "127.0.0.1", port: 1 },
      finished: finished.promise,
      shutdown: () => Promise.resolve(),
    }),
    delay: () => {
      seen.push(listener.isListening());
      return new Promise(() => {});
    },
    monotonic: () => 0,
    onFailure: () => {},
    onReturn: () => {},
    onLost: () => {},
  });
  seen.push(listener.isListening());
  listener.open(1);
  seen.push(listener.isListening());
  finished.resolve(); // an end that nobody asked for counts as a failure, whatever its form
  await finished.promise;
  await undefined;
  assert.deepEqual(seen, [false, true, false]);
  assert.equal(listener.failures(), 1);
});

Deno.test("pauses grow while listening fails, and start small again after a request was accepted", async () => {
  const stage = createStage();
  stage.listener.open(0);
  stage.refusals.push(EMFILE, EMFILE, EMFILE, undefined);
  stage.last().fail(EMFILE);
  await stage.settle();
  assert.deepEqual(stage.pauses, [100, 200, 400, 800]);
  stage.last().fail(EMFILE); // nobody was answered in between
  await stage.settle();
  assert.equal(stage.pauses.at(-1), 1_600);
  stage.last().request();
  stage.last().fail(EMFILE);
  await stage.settle();
  assert.equal(stage.pauses.at(-1), 100);
  assert.equal(stage.listener.failures(), 6);
});

Deno.test("a listener that never answers again is given up after a minute, once", async () => {
  const stage = createStage();
  stage.listener.open(0);
  stage.refusals.push(...Array.from({ length: 40 }, () => EMFILE));
  stage.last().fail(EMFILE);
  for (let round = 0; round < 10; round++) await stage.settle();
  assert.equal(stage.told.at(-1), "lost");
  assert.equal(stage.told.filter((word) => word === "lost").length, 1);
  assert.equal(stage.pauses.every((ms) => ms <= 5_000), true);
  const waited = stage.pauses.reduce((sum, ms) => sum + ms, 0);
  assert.ok(waited >= 60_000 && waited < 66_000, String(waited));
  assert.equal(stage.listener.isListening(), false);
});

Deno.test("a listener that may not listen any more is given up at once", async () => {
  const stage = createStage();
  stage.listener.open(0);
  stage.refusals.push(new Deno.errors.NotCapable("no right"));
  stage.last().fail(EMFILE);
  await stage.settle();
  assert.deepEqual(stage.told, [NO_DESCRIPTORS, "lost"]);
});

Deno.test("a listener that accepts and fails over and over is given up, one that stood ten seconds is not", async () => {
  const flapping = createStage();
  flapping.listener.open(0);
  for (let round = 0; round < 40 && !flapping.told.includes("lost"); round++) {
    flapping.last().fail(EMFILE);
    await flapping.settle();
  }
  assert.equal(flapping.told.at(-1), "lost");
  const quiet = createStage();
  quiet.listener.open(0);
  for (let round = 0; round < 40; round++) {
    quiet.pass(10_000);
    quiet.last().fail(EMFILE);
    await quiet.settle();
  }
  assert.equal(quiet.told.includes("lost"), false);
  assert.equal(new Set(quiet.pauses).size, 1);
});

Deno.test("of failures that follow one another one a minute is told, with the number of the others", async () => {
  const stage = createStage();
  stage.listener.open(0);
  const fail = async () => {
    stage.last().request();
    stage.last().fail(EMFILE);
    await stage.settle();
  };
  for (let count = 0; count < 500; count++) await fail(); // a pause of 100 ms each
  assert.deepEqual(stage.told, [NO_DESCRIPTORS, "back"]);
  stage.pass(60_000);
  await fail();
  await fail();
  assert.deepEqual(stage.told, [NO_DESCRIPTORS, "back", NO_DESCRIPTORS, "back"]);
  assert.deepEqual(stage.counts, [1, 500]);
  assert.equal(stage.listener.failures(), 502);
});

Deno.test("a listener that is closed stays closed, also where it was just coming back", async () => {
  const stage = createStage();
  stage.listener.open(0);
  await stage.listener.close();
  await stage.settle();
  assert.deepEqual(stage.told, []);
  assert.equal(stage.last().isShut, true);
  const late = createStage();
  late.listener.open(0);
  late.last().fail(EMFILE);
  const closed = late.listener.close();
  await late.settle();
  await closed;
  assert.equal(late.servers.filter(({ isShut }) => !isShut).length, 0);
  assert.equal(late.listener.isListening(), false);
});

Deno.test("the first listen throws what the system says, so that a taken port is a matter of settings", () => {
  const stage = createStage();
  stage.refusals.push(new Deno.errors.AddrInUse("taken"));
  assert.throws(() => stage.listener.open(1), Deno.errors.AddrInUse);
});
