// Finds tools by words, as clients do that show a model only what it searched for: BM25 over name, description, and names and
// descriptions of arguments (Anthropic, tool search tool). Titles are left out, which that API does not know; so are stems of words.
import type { ToolListing } from "../../lib/tool/tool_registry.ts";

/** Finds tools. */
export interface WordSearch {
  /** Names of the tools that have any of the words, the best first. */
  find(query: string): readonly string[];
}

/** What a text says once more adds less and less, by this. */
const K1 = 1.2;
/** How much a long text counts less than a short one with the same words: 0 not at all, 1 by its whole length. */
const B = 0.75;

/** Reads the listings. Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), 3.4. */
export function createWordSearch(listings: readonly ToolListing[]): WordSearch {
  const texts = listings.map((listing) => ({ name: listing.name, words: wordsOf(textOf(listing)) }));
  const usualLength = texts.reduce((sum, { words }) => sum + words.length, 0) / texts.length;
  const textsWith = (word: string) => texts.filter(({ words }) => words.includes(word)).length;
  const rarity = (word: string) =>
    Math.log(1 + (texts.length - textsWith(word) + 0.5) / (textsWith(word) + 0.5));
  return {
    find(query) {
      const wanted = [...new Set(wordsOf(query))].map((word) => ({ word, weight: rarity(word) }));
      return texts.map(({ name, words }) => {
        const lengthens = 1 - B + B * words.length / usualLength;
        const score = wanted.reduce((sum, { word, weight }) => {
          const times = words.filter((other) => other === word).length;
          return sum + weight * times * (K1 + 1) / (times + K1 * lengthens);
        }, 0);
        return { name, score };
      }).filter(({ score }) => score > 0).toSorted((a, b) => b.score - a.score).map(({ name }) => name);
    },
  };
}

function textOf({ name, description, inputSchema: { properties } }: ToolListing): string {
  const told = Object.entries(Object(properties)).map(([argument, schema]) =>
    `${argument} ${Object(schema).description ?? ""}`
  );
  return [name, description, ...told].join(" ");
}

/** Runs of letters and digits, in small letters, without words that are in every text. */
function wordsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !FILLING.has(word));
}

const FILLING: ReadonlySet<string> = new Set(
  ("a an and are as at be by do for from have how i in is it me my of on or that the this to was what when which with you " +
    "your").split(" "),
);
