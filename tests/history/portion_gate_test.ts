// The turns of those who read change logs: a few portions at once over all people, and nobody is held up by a service that is slow.
import assert from "node:assert/strict";
import {
  createPortionGate,
  PORTION_WAIT_MS,
  PORTIONS_AT_ONCE,
} from "../../lib/history/reading/portion_gate.ts";

/** A gate with time in the test's hands, and readings that end when told. */
function setUp() {
  const timers = new Set<{ readonly ms: number; readonly run: () => void }>();
  const gate = createPortionGate({
    after(ms, run) {
      const timer = { ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  });
  const begun: string[] = [];
  const read = (name: string, signal = new AbortController().signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const done = gate.run(signal, () => {
      begun.push(name);
      return promise;
    });
    return { done, end: () => resolve(name), fail: () => reject(new Error(name)) };
  };
  return { timers, begun, read };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("a few portions are read at once, and the others in the order in which they came", async () => {
  const { timers, begun, read } = setUp();
  const names = ["a", "b", "c", "d", "e"];
  const readings = names.map((name) => read(name));
  await soon();
  assert.deepEqual(begun, names.slice(0, PORTIONS_AT_ONCE));
  readings[1]?.end();
  readings[0]?.fail();
  await assert.rejects(readings[0]?.done ?? Promise.resolve(), { message: "a" });
  await soon();
  assert.deepEqual(begun, names);
  for (const reading of readings) reading.end();
  assert.deepEqual(await Promise.all(readings.slice(1).map(({ done }) => done)), names.slice(1));
  assert.equal(timers.size, 0);
});

Deno.test("who waits long for the service lets the next one in, and counts once", async () => {
  const { timers, begun, read } = setUp();
  const readings = ["a", "b", "c", "d", "e", "f"].map((name) => read(name));
  await soon();
  const [late] = timers;
  assert.equal(late?.ms, PORTION_WAIT_MS);
  late?.run();
  await soon();
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
  readings[0]?.end();
  await soon();
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
  readings[1]?.end();
  await soon();
  assert.deepEqual(begun, ["a", "b", "c", "d", "e"]);
  for (const reading of readings) reading.end();
  await Promise.all(readings.map(({ done }) => done));
});

Deno.test("who gives up while they wait is refused, and takes nobody's turn", async () => {
  const { begun, read } = setUp();
  const gone = new AbortController();
  const readings = ["a", "b", "c"].map((name) => read(name));
  const waiting = read("gone", gone.signal);
  const next = read("next");
  const refused = assert.rejects(waiting.done, { refusal: { reason: "cancelled" } });
  gone.abort();
  await refused;
  await assert.rejects(read("late", gone.signal).done, { refusal: { reason: "cancelled" } });
  readings[0]?.end();
  await soon();
  assert.deepEqual(begun, ["a", "b", "c", "next"]);
  for (const reading of [...readings, next]) reading.end();
  await Promise.all([...readings, next].map(({ done }) => done));
});
