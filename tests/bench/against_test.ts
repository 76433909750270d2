import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAgainstOptions } from "../../bench/against/options.ts";
import { judgeAgainst } from "../../bench/against/verdict.ts";
import { problemIn } from "../../bench/wrk/check_answer.ts";
import { readCount } from "../../bench/wrk/run_wrk.ts";
import { writeRequests } from "../../bench/wrk/write_requests.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const ratios = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 15 });

for (
  const [what, noise, given, word] of [
    ["the median of the pairs counts, not their worst", [0.99, 1.01], [0.5, 1, 1.1], "ok"],
    ["below 0.95 and below the noise is slower", [0.96, 1.04], [0.9, 0.94, 0.949], "slower"],
    ["0.95 is not below it", [0.99, 1.01], [0.95, 0.95, 0.95], "ok"],
    ["noise that reaches as low proves nothing", [0.93, 1.02], [0.9, 0.94, 1.2], "unclear"],
    ["a median as low as the lowest noise is within it", [0.94, 1.02], [0.94], "unclear"],
    ["below the noise, but hardly slower", [0.99, 1.01], [0.96, 0.97, 0.98], "ok"],
    ["faster is never slower", [0.99, 1.01], [2, 3, 4], "ok"],
  ] as const
) {
  Deno.test(`a checkout against another: ${what}`, () => {
    assert.equal(judgeAgainst(noise, given).word, word);
  });
}

Deno.test("a checkout against itself is never slower", () => {
  fc.assert(fc.property(ratios, (given) => assert.notEqual(judgeAgainst(given, given).word, "slower")));
});

Deno.test("the verdict names the median and the range of the noise", () => {
  assert.deepEqual(judgeAgainst([1.1, 0.9, 1], [0.8, 0.7, 0.6]), {
    median: 0.7,
    lowest: 0.9,
    highest: 1.1,
    word: "slower",
  });
});

Deno.test("nothing measured is no verdict", () => {
  assert.throws(() => judgeAgainst([], [1]), { name: "RangeError", message: "Cannot judge without rounds" });
  assert.throws(() => judgeAgainst([1], []), RangeError);
});

Deno.test("the command line needs the other checkout", () => {
  assert.deepEqual(parseAgainstOptions(["--old=../before"]), {
    old: "../before",
    rounds: 9,
    roundSeconds: 2,
    connections: 32,
    only: null,
  });
  assert.deepEqual(
    parseAgainstOptions([
      "--only=todo.list",
      "--old=/x y",
      "--rounds=11",
      "--seconds=1",
      "--connections=8",
    ]),
    { old: "/x y", rounds: 11, roundSeconds: 1, connections: 8, only: "todo.list" },
  );
  for (
    const args of [[], ["--old="], ["--old=x", "--rounds=0"], ["--old=x", "-q"]]
  ) {
    assert.equal(parseAgainstOptions(args), null, args.join(" "));
  }
});

Deno.test("an answer that refuses with status 200 is not taken for a right one", () => {
  assert.equal(problemIn('{"id":1,"result":{"tools":["a"]}}', '"a"'), null);
  assert.equal(problemIn('event: message\ndata: {"result":{"x":1}}\n\n', '"x"'), null);
  assert.equal(problemIn('{"result":{"isError":true,"content":["a"]}}', '"a"'), "the error of a tool");
  assert.equal(problemIn('{"id":1,"error":{"code":1}}', '"code"'), "an error");
  assert.equal(problemIn('{"result":{}}', '"a"'), 'without "a"');
  assert.equal(problemIn("busy\n", "busy"), "no JSON object");
});

const COUNT = {
  requests: 10,
  seconds: 2,
  bytes: 5_000,
  p50Ms: 1.5,
  p99Ms: 3,
  refused: 0,
  broken: 0,
  late: 0,
};

Deno.test("what wrk counts becomes rates", () => {
  const { requestsPerSecond, bytesPerAnswer, p50Ms, p99Ms } = readCount(JSON.stringify(COUNT));
  assert.deepEqual([requestsPerSecond, bytesPerAnswer, p50Ms, p99Ms], [5, 500, 1.5, 3]);
});

for (
  const [wrong, message] of [
    [{ refused: 1 }, "of 10 answers 1 had a status of an error, 0 broke off, 0 were late"],
    [{ broken: 2 }, "of 10 answers 0 had a status of an error, 2 broke off, 0 were late"],
    [{ late: 3 }, "of 10 answers 0 had a status of an error, 0 broke off, 3 were late"],
    [{ requests: 0 }, "wrk was answered nothing"],
  ] as const
) {
  Deno.test(`a run of wrk is an error when ${message}`, () => {
    assert.throws(() => readCount(JSON.stringify({ ...COUNT, ...wrong })), { message });
  });
}

Deno.test("requests are written whole, each behind its length in bytes, caller by caller", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/requests`;
  const shape = { method: "POST", path: "/mcp", headers: { a: "1" }, body: "ü", marker: "x" } as const;
  const pull = { ...shape, method: "GET", body: "" } as const;
  await writeRequests(file, "h:1", [shape, pull], [{ authorization: "A" }, { authorization: "B" }]);
  const post = (who: string) =>
    `POST /mcp HTTP/1.1\r\nhost: h:1\r\na: 1\r\nauthorization: ${who}\r\ncontent-length: 2\r\n\r\nü`;
  const get = (who: string) => `GET /mcp HTTP/1.1\r\nhost: h:1\r\na: 1\r\nauthorization: ${who}\r\n\r\n`;
  const bytes = new TextEncoder();
  assert.equal(
    await Deno.readTextFile(file),
    [post("A"), get("A"), post("B"), get("B")].map((text) => `${bytes.encode(text).byteLength}\n${text}`)
      .join(""),
  );
});
