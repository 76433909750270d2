// The text filter of a listing: keeps records in which all words of a query occur. How words are compared is
// records/text/; a search that ranks and gives snippets is `records.search`.

import { z } from "zod";
import { MAX_SEARCHED_CHARS } from "../../kit/limits.ts";
import { normalizeText } from "../../records/text/normalize_text.ts";
import { rankOf, searchQueryOf } from "../../records/text/rank.ts";

/** The input of a listing that can be filtered by text. */
export const textFilterInput = z.string().max(500).optional().describe(
  "words that all have to occur, in double quotes as a phrase",
);

/**
 * The filter of a query, for the `match` of `records.list`; undefined where the query has no words, so that nothing is
 * opened for it. `texts` are the fields of a record to look into; lists of texts are looked into as well.
 */
export function textFilter<R>(
  query: string | undefined,
  texts: (record: R) => readonly unknown[],
): ((record: R) => boolean) | undefined {
  const parsed = searchQueryOf(query ?? "");
  if (parsed.terms.length === 0) return undefined;
  return (record) => rankOf(parsed, [normalizeText(joined(texts(record)))]) !== null;
}

/** Texts apart from each other: no phrase goes from a field into the next. */
function joined(texts: readonly unknown[]): string {
  return texts.flat().filter((text) => typeof text === "string").join(" \u0001 ").slice(
    0,
    MAX_SEARCHED_CHARS,
  );
}
