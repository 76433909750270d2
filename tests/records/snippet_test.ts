import assert from "node:assert/strict";
import fc from "fast-check";
import { SNIPPET_CHARS } from "../../lib/kit/limits.ts";
import { snippetOf } from "../../lib/records/text/snippet.ts";

const FAMILY = "👩‍👩‍👧";
const around = (text: string, needle: string) => {
  const start = text.indexOf(needle);
  return snippetOf(text, { start, end: start + needle.length });
};

Deno.test("a short text is given whole, on one line", () => {
  assert.equal(snippetOf("a\n\n b\t c ", { start: 0, end: 0 }), "a b c");
  assert.equal(snippetOf("", { start: 0, end: 0 }), "");
});

Deno.test("a long text is cut at words around the match, and says where it goes on", () => {
  const text = `${"before ".repeat(60)}NEEDLE ${"after ".repeat(60)}`;
  const snippet = around(text, "NEEDLE");
  assert.match(snippet, /^…(before )+NEEDLE( after)+…$/);
  assert.ok(snippet.length <= SNIPPET_CHARS + 2 && snippet.length > SNIPPET_CHARS - 30, snippet);
  assert.match(around(text.slice(text.indexOf("NEEDLE")), "NEEDLE"), /^NEEDLE( after)+…$/);
  assert.match(around(text.slice(0, text.indexOf("NEEDLE") + 6), "NEEDLE"), /^…(before )+NEEDLE$/);
});

Deno.test("without spaces it is cut between what readers see as characters", () => {
  const snippet = around(`${FAMILY.repeat(100)}X${FAMILY.repeat(100)}`, "X");
  assert.match(snippet, new RegExp(`^…(${FAMILY})+X(${FAMILY})+…$`, "u"));
  const accents = around(`${"e\u0301".repeat(300)}X${"e\u0301".repeat(300)}`, "X");
  assert.match(accents, /^…(e\u0301)+X(e\u0301)+…$/);
});

Deno.test("a match inside a joined character shows all of it", () => {
  const snippet = around(`${"字".repeat(200)}${FAMILY}${"字".repeat(200)}`, "👧");
  assert.ok(snippet.includes(FAMILY), snippet);
});

Deno.test("one endless character cannot make a snippet longer", () => {
  const snippet = around(`a${"\u0301".repeat(50_000)}X${"\u0301".repeat(50_000)}`, "X");
  assert.ok(snippet.length <= SNIPPET_CHARS + 2, String(snippet.length));
});

Deno.test("whatever the text: bounded, well formed, with the beginning of the match in it", () => {
  const unit = fc.constantFrom(
    "a",
    " ",
    "\n",
    "字",
    "é",
    "e\u0301",
    "👍🏽",
    FAMILY,
    "🇩🇪",
    "longwordwithoutend",
  );
  const text = fc.string({ unit, maxLength: 300 });
  fc.assert(
    fc.property(text, text, fc.constantFrom("NEEDLE", "NEEDLE".repeat(50)), (before, after, needle) => {
      const whole = `${before}${needle}${after}`;
      const snippet = around(whole, needle);
      assert.ok(snippet.length <= SNIPPET_CHARS + 2, String(snippet.length));
      assert.ok(snippet.isWellFormed());
      assert.ok(snippet.includes(needle.slice(0, 20)), snippet);
      const inner = snippet.replace(/^…|…$/g, "");
      assert.ok(whole.replace(/\s+/g, " ").includes(inner), "it is a piece of the text");
    }),
  );
});
