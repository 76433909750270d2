import assert from "node:assert/strict";
import fc from "fast-check";
import { normalizeText } from "../../lib/records/text/normalize_text.ts";
import { matchIn, rankOf, searchQueryOf } from "../../lib/records/text/rank.ts";

const rank = (query: string, title: string, content = "") =>
  rankOf(searchQueryOf(query), [normalizeText(title), normalizeText(content)]);

const word = fc.string({ unit: fc.constantFrom(..."abcß字é", "𝒳"), minLength: 1, maxLength: 3 });
const words = fc.array(word, { minLength: 1, maxLength: 4 });
const field = fc.array(word, { maxLength: 8 }).map((given) => given.join(" "));

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

Deno.test("words between double quotes of any kind have to follow one another; quotes within words are parts of them", () => {
  assert.equal(rank('"red car"', "The car is red"), null);
  assert.equal(rank('"red car"', "A red\n\n car!"), 0);
  assert.equal(rank("„red car“", "hundred cars"), 1);
  assert.equal(rank("«red car» blue", "blue", "the red car"), 6);
  assert.equal(rank("«red car» blue", "blue car", "the red"), null);
  assert.equal(rank("blue “red car”", "a blue red car"), 0);
  assert.equal(rank('"well-known fact"', "a well‐known\u00a0fact"), 0);
  assert.equal(rank("it's", "so it’s done"), 0);
  assert.equal(rank("it’s", "IT'S"), 0);
  assert.equal(rank('5" screen', "a screen of 5″"), 2);
  assert.equal(rank('"red car', "car, red"), 2, "a quote that nothing closes is left out");
  assert.equal(rank('"" car " "', "car"), 0, "nothing between quotes is nothing to look for");
  assert.equal(searchQueryOf('" "').terms.length, 0);
  assert.equal(rank('a"b c"d', 'a"b and c"d'), 2);
});

Deno.test("a phrase is found exactly where a field has it, whatever white space is between its words", () => {
  const gap = fc.constantFrom(" ", "  ", "\n\n", "\u00a0", " \t ");
  fc.assert(fc.property(words, field, field, gap, (query, title, content, space) => {
    const phrase = normalizeText(query.join(" "));
    const expected = [title, content].some((text) => normalizeText(text).includes(phrase));
    const spaced = (text: string) => text.replaceAll(" ", space);
    assert.equal(rank(`"${query.join(space)}"`, spaced(title), spaced(content)) !== null, expected);
  }));
});

Deno.test("a record is found exactly when each word is in one of its fields", () => {
  fc.assert(fc.property(words, field, field, (query, title, content) => {
    const expected = query.every((one) =>
      [title, content].some((text) => normalizeText(text).includes(normalizeText(one)))
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
    const found = matchIn(searchQueryOf(query), normalizeText(text));
    return found === null ? null : [found.start, text.slice(found.start, found.end)];
  };
  assert.deepEqual(shown("art", "party of art"), [9, "art"]);
  assert.deepEqual(shown("red car", "car, red car"), [5, "red car"]);
  assert.deepEqual(shown("red car", "a car and red"), [2, "car"]);
  assert.equal(shown("red", "blue"), null);
  assert.equal(shown("", "blue"), null);
});
