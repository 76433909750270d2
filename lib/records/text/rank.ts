// What a query means, how well a record fits it, and where in a text to show why. Looks at normalised texts only.

import { normalizeText } from "./normalize_text.ts";

/**
 * How well a record fits, 0 the best; null when a term is in none of its fields. `fields` are normalised, the most telling
 * first. A term may be a part of a longer word, and so may the first and the last word of a phrase.
 *
 * A field that has all the terms beats every later field. Within a field the whole query as whole words beats the query as
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

/** Where a normalised text shows best why it was found: the phrase, or else the first term; null for neither. */
export function matchIn(
  query: SearchQuery,
  normalized: string,
): { readonly start: number; readonly end: number } | null {
  if (query.phrase === "") return null;
  const phrase = phraseStart(query, normalized);
  if (phrase !== null) return { start: phrase.at, end: phrase.at + query.phrase.length };
  let first: { readonly start: number; readonly end: number } | null = null;
  for (const term of query.terms) {
    const start = normalized.indexOf(term);
    if (start !== -1 && (first === null || start < first.start)) first = { start, end: start + term.length };
  }
  return first;
}

/** What a search looks for, normalised. */
export interface SearchQuery {
  /** All the terms with one space between them. */
  readonly phrase: string;
  /** What has to occur, each once: words, and phrases that stood between double quotes. Empty: every record is a hit. */
  readonly terms: readonly string[];
}

/**
 * Reads a query. Quotes stand around words: a quote within or behind a word is a part of the word (`5"`), and a quote that
 * nothing closes is left out.
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

/** The index of the word whose last character closes the quote that opens the word at `at`; -1 for none. */
function closingOf(words: readonly string[], at: number): number {
  return words.findIndex((word, index) =>
    word.endsWith('"') && (index > at || (index === at && word.length > 1))
  );
}

/** The first place of the phrase as whole words, or else its first place. */
function phraseStart(
  { phrase }: SearchQuery,
  normalized: string,
): { readonly at: number; readonly isWhole: boolean } | null {
  const first = normalized.indexOf(phrase);
  if (first === -1) return null;
  for (let at = first; at !== -1; at = normalized.indexOf(phrase, at + phrase.length)) {
    if (isWhole(normalized, at, at + phrase.length)) return { at, isWhole: true };
  }
  return { at: first, isWhole: false };
}

function isWhole(text: string, start: number, end: number): boolean {
  return !WORD_END.test(text.slice(Math.max(0, start - 2), start)) &&
    !WORD_START.test(text.slice(end, end + 2));
}

const WORD_END = /[\p{L}\p{N}\p{M}_]$/u;
const WORD_START = /^[\p{L}\p{N}\p{M}_]/u;
