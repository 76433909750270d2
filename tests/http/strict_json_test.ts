import assert from "node:assert/strict";
import fc from "fast-check";
import { parseStrictJson } from "../../lib/http/strict_json.ts";
import { MAX_JSON_DEPTH } from "../../lib/kit/limits.ts";

function parse(text: string) {
  return parseStrictJson(new TextEncoder().encode(text));
}

function problemOf(text: string | Uint8Array): [number, string] {
  const result = typeof text === "string" ? parse(text) : parseStrictJson(text);
  assert.equal(result.ok, false);
  return result.ok ? [0, ""] : [result.problem.code, result.problem.message];
}

const TWICE = "Invalid Request: an object in the body has the same key twice.";
const alike = (key: string) => `Invalid Request: a key looks like "${key}" but is not spelled exactly so.`;
const message = (inside: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call",${inside}}`;

Deno.test("parseStrictJson() refuses what is no JSON", async (t) => {
  const cases: [string, string | Uint8Array, string][] = [
    ["nothing", "", "Parse error: the body is empty."],
    ["words", "hello", "Parse error: the body is not valid JSON."],
    ["an open string", '{"a', "Parse error: the body is not valid JSON."],
    ["a bad escape in a key", '{"\\x":1}', "Parse error: the body is not valid JSON."],
    ["a trailing comma", '{"a":1,}', "Parse error: the body is not valid JSON."],
    ["two values", "{} {}", "Parse error: the body is not valid JSON."],
    ["a raw control character", '{"a":"\n"}', "Parse error: the body is not valid JSON."],
    ["a byte order mark", "\ufeff{}", "Parse error: the body is not valid JSON."],
    [
      "a broken UTF-8 sequence",
      new Uint8Array([0x22, 0xc3, 0x22]),
      "Parse error: the body is not valid UTF-8.",
    ],
    [
      "an overlong UTF-8 sequence",
      new Uint8Array([0x22, 0xc0, 0xa2, 0x22]),
      "Parse error: the body is not valid UTF-8.",
    ],
    [
      "a surrogate in UTF-8",
      new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
      "Parse error: the body is not valid UTF-8.",
    ],
  ];
  for (const [name, text, words] of cases) {
    await t.step(name, () => assert.deepEqual(problemOf(text), [-32700, words]));
  }
});

Deno.test("parseStrictJson() refuses JSON that is no message", () => {
  for (const text of ["1", '"method"', "null", "true"]) {
    assert.deepEqual(problemOf(text), [
      -32600,
      "Invalid Request: the body must be one JSON-RPC message, which is a JSON object.",
    ]);
  }
});

Deno.test("parseStrictJson() refuses a key that two parsers may read differently", async (t) => {
  const cases: [string, string, string][] = [
    ["the method twice", '{"method":"tools/list","method":"tools/call"}', TWICE],
    ["the id twice", '{"id":1,"method":"x","id":2}', TWICE],
    ["the name in params twice", message('"params":{"name":"a","name":"b"}'), TWICE],
    ["a key in _meta twice", message('"params":{"_meta":{"a":1,"a":2}}'), TWICE],
    ["an argument twice", message('"params":{"arguments":{"id":"a","id":"b"}}'), TWICE],
    ["a key twice, once escaped", '{"a":1,"\\u0061":2}', TWICE],
    ["a key twice in a batch", '[{"a":1},{"id":1,"id":2}]', TWICE],
    ["another case at the top", '{"Method":"tools/call","id":1}', alike("method")],
    ["another case beside the right one", '{"method":"a","METHOD":"b"}', alike("method")],
    ["another case in params", message('"params":{"Name":"a"}'), alike("name")],
    ["another case in camel case", message('"params":{"protocolversion":"a"}'), alike("protocolVersion")],
    ["another case of params itself", message('"Params":{}'), alike("params")],
    ["another case of _meta", message('"params":{"_Meta":{}}'), alike("_meta")],
    [
      "another case in _meta",
      message('"params":{"_meta":{"io.modelcontextprotocol/ProtocolVersion":"x"}}'),
      alike("io.modelcontextprotocol/protocolVersion"),
    ],
    ["another case in a batch", '[{"ID":1}]', alike("id")],
    ["an escaped letter", '{"\\u006dethod":"tools/call"}', alike("method")],
    ["an escaped letter of another case", '{"\\u004dethod":"tools/call"}', alike("method")],
    ["a long s", '{"param\u017f":{}}', alike("params")],
    ["a Kelvin sign", message('"params":{"ta\u212a":{}, "tas\u212a":{}}'), alike("task")],
    ["a dotless i", '{"\u0131d":1}', alike("id")],
    ["a dotted capital I", '{"\u0130d":1}', alike("id")],
    ["full-width letters", '{"\uff4dethod":"x"}', alike("method")],
    ["a zero-width space", '{"me\u200bthod":"x"}', alike("method")],
    ["a soft hyphen", '{"me\u00adthod":"x"}', alike("method")],
    ["a trailing blank", '{"method ":"x"}', alike("method")],
    ["a text cut at U+0000", '{"method\\u0000x":"x"}', alike("method")],
    ["a lone surrogate", '{"method\\ud800":"x"}', alike("method")],
    ["__proto__ at the top", '{"__proto__":{}}', 'Invalid Request: the key "__proto__" is not allowed.'],
    [
      "__proto__ deep in the arguments",
      message('"params":{"arguments":{"a":[{"\\u005f_proto__":{}}]}}'),
      'Invalid Request: the key "__proto__" is not allowed.',
    ],
  ];
  for (const [name, text, words] of cases) {
    await t.step(name, () => assert.deepEqual(problemOf(text), [-32600, words]));
  }
});

Deno.test("parseStrictJson() takes what only looks odd", async (t) => {
  const cases: [string, string][] = [
    ["an empty object", "{}"],
    ["an empty batch", "[]"],
    ["a batch with the same keys in each message", '[{"id":1},{"id":2}]'],
    ["blanks everywhere", ' {\n"a" : [ 1 , { "b" : 2 } ] }\t'],
    [
      "a slash escaped in a _meta key",
      message('"params":{"_meta":{"io.modelcontextprotocol\\/logLevel":"info"}}'),
    ],
    ["another case below the envelope", message('"params":{"arguments":{"Name":"a","name":"b","METHOD":1}}')],
    ["a value that looks like a key", '{"method":"Method","id":"ID"}'],
    ["quotes and brackets inside a string", '{"a":"{\\"method\\":1,[","b":"\\\\"}'],
    ["the same key in two objects", '{"a":{"x":1},"b":{"x":1}}'],
    ["an unknown key that nobody reads", '{"method":"x","x-trace":"y"}'],
    ["constructor as a key", message('"params":{"arguments":{"constructor":1}}')],
  ];
  for (const [name, text] of cases) {
    await t.step(name, () => assert.deepEqual(parse(text), { ok: true, value: JSON.parse(text) }));
  }
});

Deno.test("parseStrictJson() limits the depth", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.equal(parse(nested(MAX_JSON_DEPTH)).ok, true);
  const words = `Invalid Request: the body is nested deeper than ${MAX_JSON_DEPTH} levels.`;
  assert.deepEqual(problemOf(nested(MAX_JSON_DEPTH + 1)), [-32600, words]);
  assert.deepEqual(problemOf('{"a":'.repeat(MAX_JSON_DEPTH + 1)), [-32600, words]);
  assert.deepEqual(problemOf("[".repeat(4_000_000)), [-32600, words]);
});

Deno.test("parseStrictJson() stays linear on large bodies", () => {
  const size = 1_000_000; // a quadratic scan would take minutes
  assert.equal(parse(`{"a":"${"\\\\".repeat(size)}"}`).ok, true);
  assert.equal(parse(`{"a":"${'\\"'.repeat(size)}"}`).ok, true);
  assert.equal(parse(`{"a":"${"\\".repeat(size * 2 + 1)}`).ok, false);
  assert.equal(parse(`[${'"",'.repeat(size)}0]`).ok, true);
  const keys = Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`);
  assert.equal(parse(`{${keys.join(",")}}`).ok, true);
});

Deno.test("parseStrictJson() never repeats the body", () => {
  for (const text of ['{"SECRET', '{"SECRET":1,"SECRET":2}', '"SECRET"', '{"METHOD":"SECRET"}']) {
    assert.equal(problemOf(text)[1].includes("SECRET"), false);
  }
});

const anyMessage = fc.dictionary(fc.string({ minLength: 9 }), fc.jsonValue({ maxDepth: 4 }));

Deno.test("parseStrictJson() reads what JSON.parse reads, for any message with unique keys", () => {
  fc.assert(fc.property(anyMessage, fc.constantFrom(0, 1, "\t"), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    if (text.includes("__proto__")) return;
    assert.deepEqual(parse(text), { ok: true, value: JSON.parse(text) });
  }));
});

Deno.test("parseStrictJson() finds a repeated key at any depth", () => {
  const path = fc.array(fc.constantFrom("object", "array"), { maxLength: 20 });
  fc.assert(fc.property(path, fc.string(), fc.jsonValue({ maxDepth: 2 }), (levels, key, value) => {
    const pair = `${JSON.stringify(key)}:${JSON.stringify(value)}`;
    const inner = `{"other":[],${pair},"more":"}",${pair}}`;
    const text = levels.reduce(
      (inside, level) => level === "array" ? `[0,${inside}]` : `{"inner":${inside}}`,
      inner,
    );
    assert.equal(parse(text).ok, false);
  }));
});

const anyKey = fc.constantFrom(
  "jsonrpc",
  "id",
  "method",
  "Method",
  "params",
  "_meta",
  "name",
  "NAME",
  "arguments",
  "x",
  "__proto__",
  "a\\u0062",
  "toJSON",
  "io.modelcontextprotocol/clientInfo",
  "traceparent",
  "2",
  "1",
);
const anyTree = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("null", "1", "1.0", "1e3", "-0", '"x"', '"\\/"', '"\\u00e9"', '"é"', "[]", "{}"),
    fc.array(fc.tuple(anyKey, tie("tree")), { maxLength: 4 })
      .map((members) => `{${members.map(([key, value]) => `"${key}":${value}`).join(",")}}`),
    fc.array(tie("tree"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
  ),
})).tree.map(String);

Deno.test("a message in plain writing is judged as it is with a space behind it, which is read letter by letter", () => {
  fc.assert(
    fc.property(anyTree, (text) => {
      assert.deepEqual(parse(text), parse(`${text} `));
    }),
    { numRuns: 2_000 },
  );
});
