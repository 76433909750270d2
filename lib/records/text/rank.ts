import { normalizeText } from "./normalize_text.ts";

/** What is looked for, folded. */
export interface SearchQuery {
  /** All the words with one space between them. */
  readonly phrase: string;
  /** What has to occur, each once: words, and phrases that stood between double quotes; none for everything. */
  readonly terms: readonly string[];
}

/**
 * Reads a query. Quotes stand around words: a quote within or behind a word is a part of it (`5"`), and one that nothing
 * closes is left out.
 */
export function searchQueryOf(text: string): SearchQuery {
  const words = normalizeText(text).split(" ");
  const terms: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const close = word.startsWith('"') ? closingOf(words, at) : -1;
    const term = close === -1 ? word.replace(/^"+/, "") : words.slice(at, close + 1).join(" ").slice(1, -1);
    if (term.trim() !== "") terms.push(term.trim());
    if (close !== -1) at = close;
  }
  return { phrase: terms.join(" "), terms: [...new Set(terms)] };
}

/** The word at whose end the quote closes that opens the word at `at`; -1 for none. */
function closingOf(words: readonly string[], at: number): number {
  return words.findIndex((word, index) =>
    word.endsWith('"') && (index > at || (index === at && word.length > 1))
  );
}

/**
 * How well a record fits, 0 the best; null when a term is in none of its fields. `fields` are folded, the most telling
 * first. A word may be a part of a longer one, and so may the first and the last of a phrase.
 *
 * A field that has all the terms beats every later field; within a field the whole query as whole words beats the same as
 * part of words, which beats the terms apart. Last comes a record that has the terms only over several fields.
 */
export function rankOf(query: SearchQuery, fields: readonly string[]): number | null {
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] ?? "";
    if (!query.terms.every((term) => field.includes(term))) continue;
    const start = phraseStart(query, field);
    return GRADES * index + (start === null ? 2 : start.isWhole ? 0 : 1);
  }
  const isSpread = query.terms.every((term) => fields.some((field) => field.includes(term)));
  return isSpread ? GRADES * fields.length : null;
}

const GRADES = 3;

/** Where a folded text shows best why it was found: the phrase, or else the first of the terms; null for neither. */
export function matchIn(
  query: SearchQuery,
  folded: string,
): { readonly start: number; readonly end: number } | null {
  if (query.phrase === "") return null;
  const phrase = phraseStart(query, folded);
  if (phrase !== null) return { start: phrase.at, end: phrase.at + query.phrase.length };
  let first: { readonly start: number; readonly end: number } | null = null;
  for (const term of query.terms) {
    const start = folded.indexOf(term);
    if (start !== -1 && (first === null || start < first.start)) first = { start, end: start + term.length };
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
