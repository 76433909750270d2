/** Clients that search tools find the tool of each wish, among all tools, by words. No model takes part. */
import assert from "node:assert/strict";
import { createOffer } from "../../lib/tool/offered.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { VIEWS } from "../../tools/views.ts";
import { createWordSearch } from "../_support/word_search.ts";
import { toolOf, WISHES } from "./requests.ts";

/** Tools that a search shows a model: Anthropic's shows three to five. */
const SHOWN = 5;
/** Wishes in English of which the bare words are enough: what was measured. The others name no act or thing of a tool ("the to-do"). */
const BY_BARE_WORDS = 28;

const { registry } = createOffer({ modules: MODULES, profiles: PROFILES, views: VIEWS }, "underscore");
const listings = registry.list().map(({ spacedListing }) => spacedListing);
const search = createWordSearch(listings);

/** Where the needed tool is not among the first: the wish, the place, and what came first. */
function missed(query: string, needs: string): string | null {
  const found = search.find(query);
  const at = found.indexOf(toolOf(needs));
  if (at >= 0 && at < SHOWN) return null;
  const place = at < 0 ? "not found" : `number ${at + 1}`;
  return `"${query}": ${needs} is ${place} of ${listings.length}, after ${found.slice(0, SHOWN).join(", ")}`;
}

Deno.test("for each of forty wishes, the words that a model searches with find the tool among the first five of all", () => {
  assert.ok(listings.length > 200, String(listings.length));
  const faults = WISHES.flatMap((wish) => missed(wish.search, wish.needs) ?? []);
  assert.deepEqual(
    faults,
    [],
    `among the first ${SHOWN}; where a word is missing that people use, a description gets it`,
  );
});

Deno.test("most wishes in English are found by their bare words", () => {
  const english = WISHES.filter(({ language }) => language === "en");
  const faults = english.flatMap(({ says, needs }) => missed(says, needs) ?? []);
  assert.equal(english.length, 33);
  assert.ok(
    english.length - faults.length >= BY_BARE_WORDS,
    `${english.length - faults.length} of ${english.length}, and ${BY_BARE_WORDS} are asked for:\n${
      faults.join("\n")
    }`,
  );
});

Deno.test("a rare word counts more than a frequent one, and a word that no tool has finds nothing", () => {
  const [first, second] = search.find("streaks tasks overdue");
  assert.equal(first, "todo_list", second);
  assert.deepEqual(search.find("zzyzx the of"), []);
});
