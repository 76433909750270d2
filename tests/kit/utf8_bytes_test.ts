import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8Bytes } from "../../lib/kit/bytes/utf8_bytes.ts";

Deno.test("property: a text takes the bytes that it is encoded to, never fewer than its characters", () => {
  // The second kind has halves of surrogate pairs.
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.array(fc.integer({ min: 0xd700, max: 0xe000 })).map((units) => String.fromCharCode(...units)),
  );
  fc.assert(
    fc.property(text, (text) => {
      assert.equal(utf8Bytes(text), new TextEncoder().encode(text).byteLength);
      assert.equal(utf8Bytes(text), new Blob([text]).size);
      assert.ok(utf8Bytes(text) >= text.length);
    }),
  );
});
