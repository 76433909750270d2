import assert from "node:assert/strict";
import fc from "fast-check";
import { foldText, unfoldedIndex } from "../../lib/records/fold_text.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("a", "E", "e\u0301", "é", "ß", "ẞ", "Σ", "ς", "İ", "ﬁ", " ", "\n", "字", "👩‍👧", "ﷺ"),
  }),
);

Deno.test("case, form of accents, width and kind of space make no difference; accents do", () => {
  for (
    const [a, b] of [
      ["CAFÉ", "cafe\u0301"],
      ["Straße", "STRASSE"],
      ["ẞ", "ss"],
      ["ΟΔΟΣ", "οδοσ"],
      ["ὀδος", "ὀδοΣ"],
      ["ﬁn", "FIN"],
      ["Ａｂ１", "ab1"],
      ["a\u00a0b\nc", "a b c"],
    ] as const
  ) assert.equal(foldText(a), foldText(b), a);
  assert.notEqual(foldText("café"), foldText("cafe"));
  assert.notEqual(foldText("ä"), foldText("ae"));
});

Deno.test("what was folded folds to itself", () => {
  fc.assert(fc.property(text, (given) => {
    assert.equal(foldText(foldText(given)), foldText(given));
  }));
});

Deno.test("a place in the folded text leads back to the place it comes from", () => {
  fc.assert(fc.property(text, text, fc.constantFrom("a", "x", "0", " "), (before, after, needle) => {
    // Before an ASCII character the text folds alone, so its place is known.
    const whole = `${before}${needle}${after}`;
    assert.equal(unfoldedIndex(whole, foldText(before).length), before.length);
  }));
  fc.assert(fc.property(text, (given) => {
    const folded = foldText(given);
    let last = 0;
    for (let at = 0; at <= folded.length; at++) {
      const index = unfoldedIndex(given, at);
      assert.ok(index >= last && index <= given.length, "never backwards");
      last = index;
    }
    assert.equal(last, given.length);
  }));
  for (const letter of ["字", "я", "ά", "가", "あ", "ب", "א", "ก", "👩‍👧", "é"]) {
    const long = letter.repeat(5_000);
    const at = foldText(long).length;
    assert.equal(unfoldedIndex(`${long}ßneedle`, at + 2), long.length + 1, letter);
  }
  assert.equal(unfoldedIndex("ßßx", 3), 1, "within what one character became: that character");
});
