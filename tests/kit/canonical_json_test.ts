import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "../../lib/kit/canonical_json.ts";

Deno.test("canonical JSON is JSON of the same value, whatever the order of the members", () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).reverse().map(([name, member]) => [name, reversed(member)]),
    );
  };
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = canonicalJson(value);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    assert.equal(canonicalJson(reversed(value)), text);
    assert.equal(canonicalJson(JSON.parse(text)), text);
  }));
});

Deno.test("canonical JSON sorts by UTF-16, leaves undefined out, and keeps a member called __proto__", () => {
  assert.equal(
    canonicalJson({ b: 1, a: [undefined, -0, 1e21], Z: undefined, é: "\ud800", 10: null, 9: "<" }),
    '{"10":null,"9":"<","a":[null,0,1e+21],"b":1,"é":"\ufffd"}',
  );
  assert.equal(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":2}}')), '{"__proto__":{"x":2},"b":1}');
  assert.equal(canonicalJson(undefined), "null");
});
