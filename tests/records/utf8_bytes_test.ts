import assert from "node:assert/strict";
import fc from "fast-check";
import { fitsIntoBytes, utf8Bytes } from "../../lib/kit/utf8_bytes.ts";

Deno.test("property: a text fits exactly where its bytes do, which are never fewer than its characters", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.integer({ min: 0, max: 600 }),
      (text, most) => {
        const bytes = new Blob([text]).size;
        assert.equal(utf8Bytes(text), bytes);
        assert.ok(bytes >= text.length);
        assert.equal(fitsIntoBytes(text, most), bytes <= most);
        assert.equal(fitsIntoBytes(text, bytes), true);
        assert.equal(fitsIntoBytes(text, bytes - 1), false);
      },
    ),
  );
});
