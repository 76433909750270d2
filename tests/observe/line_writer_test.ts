import { createFakeClock } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { LOG_GATHER_MS } from "../../lib/kit/limits.ts";
import { createLineWriter } from "../../lib/observe/line_writer.ts";

/** A sink that takes at most `atOnce` bytes per call and keeps what came. */
function setUp(atOnce = Infinity) {
  const clock = createFakeClock();
  const calls: string[] = [];
  const sink = {
    writeSync(bytes: Uint8Array): number {
      const taken = bytes.subarray(0, atOnce);
      calls.push(new TextDecoder().decode(taken));
      return taken.byteLength;
    },
  };
  const lines = createLineWriter({ sink, clock });
  return { clock, lines, written: () => calls.splice(0) };
}

Deno.test("lines are gathered in order for a moment, and written by flush() at once", () => {
  const { clock, lines, written } = setUp();
  for (const line of ["one", "two", "three"]) lines.write(line);
  clock.advance(LOG_GATHER_MS - 1);
  assert.deepEqual(written(), []);
  clock.advance(1);
  assert.deepEqual(written(), ["one\ntwo\nthree\n"]);
  assert.equal(clock.armed(), 0);
  lines.write("four");
  lines.flush();
  assert.deepEqual(written(), ["four\n"]);
  assert.equal(clock.armed(), 0);
  lines.flush();
  assert.deepEqual(written(), []);
});

Deno.test("what does not fit is written in order, whatever the sink takes at a time", () => {
  const { lines, written } = setUp(1_000);
  const long = "ü".repeat(40_000);
  lines.write("one");
  lines.write("two");
  lines.write(long);
  assert.equal(written().join(""), "one\ntwo\n");
  lines.write("three");
  assert.equal(written().join(""), `${long}\n`);
  lines.flush();
  assert.equal(written().join(""), "three\n");
  for (let i = 0; i < 200; i++) lines.write("x".repeat(500));
  lines.flush();
  assert.equal(written().join(""), `${"x".repeat(500)}\n`.repeat(200));
});
