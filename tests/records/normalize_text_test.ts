import assert from "node:assert/strict";
import fc from "fast-check";
import { normalizeText, originalIndex } from "../../lib/records/text/normalize_text.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(
      "a",
      "E",
      "e\u0301",
      "é",
      "ß",
      "ẞ",
      "Σ",
      "ς",
      "İ",
      "ﬁ",
      " ",
      "\n",
      "字",
      "👩‍👧",
      "ﷺ",
      "’",
      "\u00b4",
      "–",
      "„",
      "″",
      "\u00ad",
      "\ufe0f",
    ),
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
      ["a\u00a0b\r\n\n c", "a b c"],
    ] as const
  ) assert.equal(normalizeText(a), normalizeText(b), a);
  assert.notEqual(normalizeText("café"), normalizeText("cafe"));
  assert.notEqual(normalizeText("ä"), normalizeText("ae"));
});

/** Ways to write what a keyboard has one key for. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  "'": ["'", "’", "‘", "‛", "ʼ", "′", "´", "＇", "׳", "ꞌ"],
  "-": ["-", "‐", "\u2011", "–", "—", "―", "−", "⁃", "﹣", "－", "־"],
  '"': ['"', "“", "”", "„", "‟", "«", "»", "″", "〝", "〞", "＂", "״"],
  " ": [" ", "\u00a0", "\n", "  ", "\t", "\u3000"],
  "": ["", "\u00ad", "\u200b", "\u2060", "\u200e", "\ufe0f"],
};

Deno.test("every apostrophe, dash, quote, space and unseen character compares as the one of the keyboard", () => {
  for (const [key, variants] of Object.entries(VARIANTS)) {
    for (const variant of variants) assert.equal(normalizeText(`a${variant}b`), `a${key}b`, escape(variant));
  }
  const letters = fc.string({
    unit: fc.constantFrom("a", "É", "字", "ß", "я", "😀"),
    minLength: 1,
    maxLength: 3,
  });
  const joint = fc.constantFrom(...Object.keys(VARIANTS));
  const written = fc.array(fc.tuple(letters, joint, fc.nat()), { minLength: 1 });
  fc.assert(fc.property(written, (parts) => {
    const typed = parts.map(([word, key]) => word + key).join("");
    const printed = parts.map(([word, key, at]) => {
      const variants = VARIANTS[key] ?? [];
      return word + variants[at % variants.length];
    }).join("");
    assert.equal(normalizeText(printed), normalizeText(typed));
  }));
});

Deno.test("what was folded folds to itself", () => {
  fc.assert(fc.property(text, (given) => {
    assert.equal(normalizeText(normalizeText(given)), normalizeText(given));
  }));
});

Deno.test("a place in the folded text leads back to the place it comes from", () => {
  fc.assert(fc.property(text, text, fc.constantFrom("a", "x", "0", "-"), (before, after, needle) => {
    // Before an ASCII character the text folds alone, so its place is known.
    const whole = `${before}${needle}${after}`;
    assert.equal(originalIndex(whole, normalizeText(before).length), before.length);
  }));
  fc.assert(fc.property(text, (given) => {
    const folded = normalizeText(given);
    let last = 0;
    for (let at = 0; at <= folded.length; at++) {
      const index = originalIndex(given, at);
      assert.ok(index >= last && index <= given.length, "never backwards");
      last = index;
    }
    assert.equal(last, given.length);
  }));
  for (const letter of ["字", "я", "ά", "가", "あ", "ب", "א", "ก", "👩‍👧", "é"]) {
    const long = letter.repeat(5_000);
    const at = normalizeText(long).length;
    assert.equal(originalIndex(`${long}ßneedle`, at + 2), long.length + 1, letter);
  }
  assert.equal(originalIndex("ßßx", 3), 1, "within what one character became: that character");
});
