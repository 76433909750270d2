import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAgainstOptions } from "../../bench/against/options.ts";
import { judgeAgainst } from "../../bench/against/verdict.ts";
import { problemIn } from "../../bench/wrk/check_answer.ts";

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

Deno.test("the command line needs the other checkout, and knows its workloads", () => {
  assert.deepEqual(parseAgainstOptions(["--old=../before"]), {
    old: "../before",
    rounds: 9,
    seconds: 2,
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
    { old: "/x y", rounds: 11, seconds: 1, connections: 8, only: "todo.list" },
  );
  for (
    const args of [[], ["--old="], ["--old=x", "--rounds=0"], ["--old=x", "--only=none"], ["--old=x", "-q"]]
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
