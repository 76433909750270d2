import assert from "node:assert/strict";
import fc from "fast-check";
import { foldText } from "../../lib/records/fold_text.ts";
import { matchIn, rankOf, searchQueryOf } from "../../lib/records/rank.ts";

const rank = (query: string, title: string, content = "") =>
  rankOf(searchQueryOf(query), [foldText(title), foldText(content)]);

Deno.test("the ranking: title before content, phrase before words, whole words before parts, spread last", () => {
  const inOrder = [
    rank("red car", "My Red Car!"),
    rank("red car", "Ired cars"),
    rank("red car", "The car is red"),
    rank("red car", "", "a red car"),
    rank("red car", "", "hundred cars"),
    rank("red car", "", "the car, so red"),
    rank("red car", "The car", "is red"),
  ];
  assert.deepEqual(inOrder, [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("all words have to occur, in any case and order, over both fields", () => {
  assert.equal(rank("red car", "red", "bike"), null);
  assert.equal(rank("CAR RED", "the red", "Cars"), 6);
  assert.equal(rank("a a a", "a"), 2, "a word said twice need not occur twice");
  assert.equal(rank("tea  \n time", "Tea\ntime"), 0, "any space is one");
  assert.equal(rank("art", "party"), 1);
  assert.equal(rank("art", "party art"), 0, "the whole word may come second");
  assert.equal(rank("über", "ÜBERmut"), 1);
  assert.equal(rank("ber", "über"), 1, "after a letter beyond ASCII it is no whole word");
});

const word = fc.string({ unit: fc.constantFrom(..."abcß字é", "𝒳"), minLength: 1, maxLength: 3 });
const words = fc.array(word, { minLength: 1, maxLength: 4 });
const field = fc.array(word, { maxLength: 8 }).map((given) => given.join(" "));

Deno.test("a record is found exactly when each word is in one of its fields", () => {
  fc.assert(fc.property(words, field, field, (query, title, content) => {
    const expected = query.every((one) =>
      [title, content].some((text) => foldText(text).includes(foldText(one)))
    );
    assert.equal(rank(query.join(" "), title, content) !== null, expected);
  }));
});

Deno.test("more text never makes a hit worse than its title alone, nor turns a hit into none", () => {
  fc.assert(fc.property(words, field, field, field, (query, title, content, more) => {
    const found = rank(query.join(" "), title, content);
    if (found === null) return;
    const after = rank(query.join(" "), title, `${content} ${more}`);
    assert.ok(after !== null && after <= found);
  }));
});

Deno.test("a hit in the title beats every hit that has not all words there", () => {
  fc.assert(fc.property(words, field, field, field, (query, title, content, other) => {
    const [inTitle, elsewhere] = [rank(query.join(" "), title, other), rank(query.join(" "), other, content)];
    if (rank(query.join(" "), title) === null || rank(query.join(" "), other) !== null) return;
    if (inTitle !== null && elsewhere !== null) assert.ok(inTitle < elsewhere);
  }));
});

Deno.test("the place shown is the phrase, as whole words where it is so, or the first of the words", () => {
  const shown = (query: string, text: string) => {
    const found = matchIn(searchQueryOf(query), foldText(text));
    return found === null ? null : [found.start, text.slice(found.start, found.end)];
  };
  assert.deepEqual(shown("art", "party of art"), [9, "art"]);
  assert.deepEqual(shown("red car", "car, red car"), [5, "red car"]);
  assert.deepEqual(shown("red car", "a car and red"), [2, "car"]);
  assert.equal(shown("red", "blue"), null);
  assert.equal(shown("", "blue"), null);
});
