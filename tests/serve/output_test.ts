import assert from "node:assert/strict";
import fc from "fast-check";
import { createOutput, passLines } from "../../scripts/serve/output.ts";
import { readWorkerCount } from "../../scripts/serve/serve_arguments.ts";

const encoder = new TextEncoder();

/** A sink that takes a few bytes at a time, as a pipe may. */
function createSink(atOnce: number) {
  const taken: number[] = [];
  return {
    text: () => new TextDecoder().decode(Uint8Array.from(taken)),
    async write(bytes: Uint8Array): Promise<number> {
      await undefined;
      const part = bytes.subarray(0, atOnce);
      taken.push(...part);
      return part.length;
    },
  };
}

/** The text in pieces, cut at these places. */
function pieces(text: string, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = encoder.encode(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return ReadableStream.from(
    [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length)),
  );
}

Deno.test("lines of several workers come out whole and in order, however they came in", async () => {
  const line = fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.replaceAll("\n", "-"));
  const workers = fc.array(
    fc.record({ lines: fc.array(line, { maxLength: 8 }), cuts: fc.array(fc.nat(), { maxLength: 8 }) }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(workers, fc.integer({ min: 1, max: 64 }), async (played, atOnce) => {
      const sink = createSink(atOnce);
      const output = createOutput(sink);
      const mark = (index: number, text: string) => `${index}:${text}\n`;
      await Promise.all(
        played.map(({ lines, cuts }, index) =>
          passLines(pieces(lines.map((text) => mark(index, text)).join(""), cuts), output)
        ),
      );
      await output.flushed();
      const printed = sink.text().split("\n").slice(0, -1);
      assert.equal(printed.length, played.flatMap(({ lines }) => lines).length);
      for (const [index, { lines }] of played.entries()) {
        const own = printed.filter((text) => text.startsWith(`${index}:`));
        assert.deepEqual(own.map((text) => `${text}\n`), lines.map((text) => mark(index, text)));
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("the last line of a worker that was killed in the middle of it has an end too", async () => {
  const sink = createSink(64);
  const output = createOutput(sink);
  await passLines(pieces("whole\nbroken o", [3, 9]), output);
  await passLines(pieces("other\n", []), output);
  assert.equal(sink.text(), "whole\nbroken o\nother\n");
});

Deno.test("what never ends a line is handed on all the same, and not gathered without end", async () => {
  let most = 0;
  let all = 0;
  const output = createOutput({
    write(bytes) {
      most = Math.max(most, bytes.length);
      all += bytes.length;
      return Promise.resolve(bytes.length);
    },
  });
  const part = new Uint8Array(64 * 1024).fill(0x61);
  await passLines(ReadableStream.from(Array.from({ length: 100 }, () => part)), output);
  assert.equal(all, 100 * part.length + 1);
  assert.ok(most <= 1024 * 1024 + part.length, String(most));
});

Deno.test("workers go on when nobody reads their log any more", async () => {
  const output = createOutput({ write: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")) });
  await passLines(pieces("one\ntwo\n", [4]), output);
  await output.flushed();
});

Deno.test("the command line takes a number of workers from 1 to 64, and nothing else", () => {
  for (
    const [args, count] of [[["--workers", "1"], 1], [["--workers=4"], 4], [["--workers", "64"], 64]] as const
  ) {
    assert.equal(readWorkerCount(args), count);
  }
  const wrong = [
    [],
    ["4"],
    ["--workers"],
    ["--workers="],
    ["--workers", "0"],
    ["--workers", "65"],
    ["--workers", "04"],
    ["--workers", "-1"],
    ["--workers", "2.5"],
    ["--workers", "1e1"],
    ["--workers", "two"],
    ["--workers=2=3"],
    ["--workers", "2", "3"],
    ["--workers", "2", "--workers", "3"],
    ["--worker", "2"],
    ["--port", "2"],
    ["--help"],
  ];
  for (const args of wrong) assert.equal(readWorkerCount(args), null, args.join(" "));
});
