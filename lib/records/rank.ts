import { foldText } from "./fold_text.ts";

/** What is looked for, folded. */
export interface SearchQuery {
  /** The words with one space between them. */
  readonly phrase: string;
  /** Each once; none for a query that asks for everything. */
  readonly words: readonly string[];
}

/** The words of a query. */
export function searchQueryOf(text: string): SearchQuery {
  const words = foldText(text).split(" ").filter((word) => word !== "");
  return { phrase: words.join(" "), words: [...new Set(words)] };
}

/**
 * How well a record fits, 0 the best; null when a word is in none of its fields. `fields` are folded, the most telling
 * first. A word may be a part of a longer one.
 *
 * A field that has all the words beats every later field; within a field the phrase as whole words beats the phrase as
 * part of words, which beats the words apart. Last comes a record that has the words only over several fields.
 */
export function rankOf(query: SearchQuery, fields: readonly string[]): number | null {
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] ?? "";
    if (!query.words.every((word) => field.includes(word))) continue;
    const start = phraseStart(query, field);
    return GRADES * index + (start === null ? 2 : start.isWhole ? 0 : 1);
  }
  const isSpread = query.words.every((word) => fields.some((field) => field.includes(word)));
  return isSpread ? GRADES * fields.length : null;
}

const GRADES = 3;

/** Where a folded text shows best why it was found: the phrase, or else the first of the words; null for neither. */
export function matchIn(
  query: SearchQuery,
  folded: string,
): { readonly start: number; readonly end: number } | null {
  if (query.phrase === "") return null;
  const phrase = phraseStart(query, folded);
  if (phrase !== null) return { start: phrase.at, end: phrase.at + query.phrase.length };
  let first: { readonly start: number; readonly end: number } | null = null;
  for (const word of query.words) {
    const start = folded.indexOf(word);
    if (start !== -1 && (first === null || start < first.start)) first = { start, end: start + word.length };
  }
  return first;
}

/** The first place of the phrase as whole words, or else its first place. */
function phraseStart(
  { phrase }: SearchQuery,
  folded: string,
): { readonly at: number; readonly isWhole: boolean } | null {
  const first = folded.indexOf(phrase);
  if (first === -1) return null;
  for (let at = first; at !== -1; at = folded.indexOf(phrase, at + phrase.length)) {
    if (isWhole(folded, at, at + phrase.length)) return { at, isWhole: true };
  }
  return { at: first, isWhole: false };
}

function isWhole(text: string, start: number, end: number): boolean {
  return !WORD_END.test(text.slice(Math.max(0, start - 2), start)) &&
    !WORD_START.test(text.slice(end, end + 2));
}

const WORD_END = /[\p{L}\p{N}\p{M}_]$/u;
const WORD_START = /^[\p{L}\p{N}\p{M}_]/u;
