import assert from "node:assert/strict";
import fc from "fast-check";
import { type BodyMemory, parseStrictJson, type StrictJsonResult } from "../../lib/http/strict_json.ts";
import { createRepeatedBodies } from "../../lib/http/repeated_bodies.ts";

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
};
/** The two orders in which the official TypeScript SDKs write a request. */
const ORDERS = [
  (id: string, rest: string) => `{"jsonrpc":"2.0","id":${id}${rest === "" ? "" : `,${rest}`}}`,
  (id: string, rest: string) => `{${rest === "" ? "" : `${rest},`}"jsonrpc":"2.0","id":${id}}`,
] as const;
const USUAL = [
  '"method":"tools/list"',
  '"method":"tools/list","params":{}',
  `"method":"server/discover","params":${JSON.stringify({ _meta: META })}`,
  `"method":"tools/call","params":${JSON.stringify({ name: "spaces_list", arguments: {}, _meta: META })}`,
  '"method":"tools/call","params":{"name":"habits_list"}',
];

function read(text: string, memory?: BodyMemory): StrictJsonResult {
  return parseStrictJson(new TextEncoder().encode(text), memory);
}

/** What is read of `second` after `first` was read. */
function after(first: string, second: string): StrictJsonResult {
  const memory = createRepeatedBodies();
  read(first, memory);
  return read(second, memory);
}

Deno.test("a request that differs from an earlier one in its id only is recalled, and is what it would be read as", () => {
  for (const write of ORDERS) {
    for (const rest of USUAL) {
      for (const id of ["0", "7", "123456789012345"]) {
        const text = write(id, rest);
        assert.deepEqual(after(write("41", rest), text), { ...read(text), isShared: true }, text);
      }
    }
  }
});

Deno.test("an id that is no plain whole number is read as ever, right or wrong", () => {
  const odd = ["07", "-1", "1.5", "1e3", "1234567890123456", '"7"', "null", "", " 7", "7 ", "7,"];
  for (const write of ORDERS) {
    for (const rest of USUAL) {
      for (const id of odd) {
        const text = write(id, rest);
        assert.deepEqual(after(write("41", rest), text), read(text), text);
      }
    }
  }
});

Deno.test("nothing that a person wrote is remembered, nor what never comes again", () => {
  const passing = (meta: object) => `"method":"tools/list","params":${JSON.stringify({ _meta: meta })}`;
  const unusual = [
    '"method":"tools/call","params":{"name":"notes_search","arguments":{"query":"a"}}',
    '"method":"tools/call","params":{"name":"notes_search","arguments":[]}',
    '"method":"tools/list","params":{"cursor":"c"}',
    '"method":"resources/read","params":{"uri":"mana://spaces/s/notes/n"}',
    '"method":"completion/complete"',
    '"method":"tools/list","params":null',
    '"method":"tools/list","result":{}',
    ...["progressToken", "traceparent", "tracestate", "baggage"].map((name) => passing({ [name]: "1" })),
    `"method":"tools/call","params":{"name":"${"n".repeat(2_048)}"}`,
  ];
  for (const write of ORDERS) {
    for (const rest of unusual) {
      const text = write("2", rest);
      assert.deepEqual(after(write("1", rest), text), read(text), text);
    }
  }
});

Deno.test("only the id of the message itself is passed over", () => {
  const inner = (id: number) => `{"method":"tools/call","params":{"_meta":{"jsonrpc":"2.0","id":${id}}}}`;
  const quoted = (id: number) =>
    `{"jsonrpc":"2.0","method":"tools/list","id":1,"params":{"name":"\\"jsonrpc\\":\\"2.0\\",\\"id\\":${id}}"}}`;
  const twice = (id: number) => `{"jsonrpc":"2.0","id":1,"method":"tools/list","jsonrpc":"2.0","id":${id}}`;
  for (const write of [inner, quoted, twice]) {
    assert.deepEqual(after(write(1), write(2)), read(write(2)), write(2));
  }
});

Deno.test("what is recalled is frozen, so that no request can change the next one", () => {
  const memory = createRepeatedBodies();
  const text = ORDERS[0]("1", USUAL[3] ?? "");
  read(text, memory);
  const recalled = memory.recall(text);
  const { params } = recalled ?? {};
  assert.ok(typeof params === "object" && params !== null && Object.isFrozen(params));
  assert.ok(Object.values(params).every((member) => Object.isFrozen(member)));
  assert.notEqual(memory.recall(text), recalled);
});

Deno.test("whatever was read before, a text is read as without a memory", () => {
  const part = fc.constantFrom(
    '{"jsonrpc":"2.0","id":',
    ',"jsonrpc":"2.0","id":',
    "1",
    "23",
    "0",
    ",",
    "}",
    "{",
    '"',
    '"method":"tools/list"',
    '"params":{}',
    '"params":{"name":"spaces_list","arguments":{}}',
    "\\",
    " ",
  );
  const text = fc.oneof(
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
    fc.tuple(fc.constantFrom(...ORDERS), fc.nat(999), fc.constantFrom(...USUAL)).map(([write, id, rest]) =>
      write(String(id), rest)
    ),
  );
  fc.assert(fc.property(fc.array(text, { minLength: 2, maxLength: 12 }), (texts) => {
    const memory = createRepeatedBodies();
    for (const one of texts) {
      const result = read(one, memory);
      const expected = read(one);
      assert.deepEqual(result.ok ? { ok: true, value: result.value } : result, expected);
    }
  }));
});

Deno.test("a remembered text with any of its characters changed, added or taken away is read as without a memory", () => {
  const inserted = ["]", "}", "{", "[", ",", '"', "0", "9", " ", "\\", "a", "\0", "\u00e9"];
  for (const write of ORDERS) {
    for (const rest of USUAL.slice(0, 4)) {
      const text = write("41", rest);
      const memory = createRepeatedBodies();
      for (let at = 0; at <= text.length; at++) {
        read(text, memory); // each time: mutations that are usual requests themselves may have made it forgotten
        const [before, after] = [text.slice(0, at), text.slice(at)];
        const mutations = [
          before,
          before + after.slice(1),
          ...inserted.flatMap((char) => [
            before + char + after,
            before + char + after.slice(1),
          ]),
        ];
        for (const mutated of mutations) {
          const result = read(mutated, memory);
          const found = result.ok ? { ok: true, value: result.value } : result;
          assert.deepEqual(found, read(mutated), mutated);
        }
      }
    }
  }
});
