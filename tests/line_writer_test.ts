import assert from "node:assert/strict";
import { LOG_GATHER_MS } from "../lib/limits.ts";
import { createLineWriter } from "../lib/line_writer.ts";
import { createFakeClock } from "./mcp/protocol_fixture.ts";

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
  const lines = createLineWriter({ sink, monotonic: clock.now, schedule: clock.schedule });
  return { clock, lines, written: () => calls.splice(0) };
}

Deno.test("a line that follows no other is written before write() returns", () => {
  const { clock, lines, written } = setUp();
  for (const line of ["one", "two"]) {
    lines.write(line);
    assert.deepEqual(written(), [`${line}\n`]);
    clock.advance(LOG_GATHER_MS);
  }
  assert.equal(clock.armed(), 0);
});

Deno.test("lines that come fast are gathered in order for a moment, and written by flush() at once", () => {
  const { clock, lines, written } = setUp();
  for (const line of ["one", "two", "three"]) lines.write(line);
  assert.deepEqual(written(), ["one\n"]);
  clock.advance(LOG_GATHER_MS);
  assert.deepEqual(written(), ["two\nthree\n"]);
  lines.write("four");
  lines.flush();
  assert.deepEqual(written(), ["four\n"]);
  assert.equal(clock.armed(), 0);
});

Deno.test("what does not fit is written at once, in order, whatever the sink takes at a time", () => {
  const { lines, written } = setUp(1_000);
  const long = "ü".repeat(40_000);
  lines.write("one");
  lines.write("two");
  lines.write(long);
  assert.equal(written().join(""), `one\ntwo\n${long}\n`);
  for (let i = 0; i < 200; i++) lines.write("x".repeat(500));
  lines.flush();
  assert.equal(written().join(""), `${"x".repeat(500)}\n`.repeat(200));
});
