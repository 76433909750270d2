// Searches records of the call's space by words in a heading and a body. A search has to open every record it looks at, so
// the normalised texts are kept in the opened cache. What a query means and how hits rank is text/rank.ts.

import { MAX_SEARCHED_CHARS } from "../kit/limits.ts";
import { utf8Bytes } from "../kit/bytes/utf8_bytes.ts";
import type { FieldValue } from "../sealing/value_opener.ts";
import { clipRow } from "./clip_row.ts";
import type { Shape, StoredRecord, Table } from "./define_table.ts";
import { estimateModelTokens } from "../kit/estimate_model_tokens.ts";
import { fillPage } from "./fill_page.ts";
import { createRowOpener, OPEN_TOGETHER, type RowOpener } from "./open_rows.ts";
import type { RecordCall } from "./record_call.ts";
import type { Findings, Found, SearchOptions } from "./records.ts";
import { ResultPage } from "./result_page.ts";
import { isOpenRow, type OpenRow, openRowOf, ownRowOf, type RowSize } from "./row.ts";
import { NEWEST_FIRST, type SelectedRow, selectRows, visibleRecords } from "./select_records.ts";
import { comparePositions, isAfter, type Position, type SortKey } from "./sort_order.ts";
import { normalizeText, originalIndex } from "./text/normalize_text.ts";
import { matchIn, rankOf, type SearchQuery, searchQueryOf } from "./text/rank.ts";
import { snippetOf } from "./text/snippet.ts";

/** A row that was opened to be searched. */
interface SearchedRow extends SelectedRow {
  /** The values of the table's sealed fields; null where the row was not opened, since every record is a hit. */
  readonly values: readonly FieldValue[] | null;
  /** Heading and body, normalised. */
  readonly normalized: readonly string[];
}

const BY_RANK: SortKey = { field: "rank", missing: 0 };

/** `ReadRecords.search`. */
export async function searchRecords<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  given: Table<S, E>,
  options: SearchOptions<S, E>,
): Promise<Findings<S>> {
  const table = call.narrowed === null ? given : call.narrowed.tableOf(given);
  const { order = NEWEST_FIRST, where } = options;
  const query = searchQueryOf(options.query);
  const isRanked = query.terms.length > 0;
  // A place among hits means nothing for another query, whatever the tool hands on.
  const request = options.page === undefined ? undefined : { ...options.page, query: options.query };
  const page = new ResultPage(call.deps.cursors, call.scope, table, request);
  const records = visibleRecords(call, table, await call.readTableToOpen(table));
  const ids = new Set(records.map(({ id }) => id));
  const { selected, hasRest } = selectRows(call.scope, table, records, {
    where,
    order,
    after: isRanked ? null : page.after,
    limit: isRanked ? Infinity : page.limit,
  });
  const opener = table.encrypted.length === 0 ? null : await createRowOpener(call, table, selected);
  let hits: readonly SearchedRow[] = selected.map((row) => ({ ...row, values: null, normalized: [] }));
  if (isRanked) {
    const disclosure = table.encryptedSet.size === 0 ? null : call.disclosure;
    const asking = disclosure?.search(table);
    if (asking !== undefined) await asking;
    const looking = disclosure?.look(table, selected, false);
    if (looking !== undefined) await looking;
    // A narrowed caller does not see which records are no more, and which are only kept back.
    if (call.narrowed === null) opener?.retain((id) => ids.has(id));
    const searched = await openTexts(table, options, opener, selected);
    hits = rankHits(query, [BY_RANK, ...order], page.after, searched);
  }
  const { rows, unreadable } = await fillPage(call, table, page, {
    selected: hits,
    opener,
    open: (by, some) => openHits(table, by, some),
    ...(options.body in table.row.shape ? { part: options.body } : {}),
    show: (row, { normalized }) => foundIn(table, options.body, matchIn(query, normalized[1] ?? ""), row),
  });
  return { rows, ...page.end(hasRest), unreadable };
}

/** The rows with their texts normalised: from the opened cache where it has them, the others opened a few at a time. */
async function openTexts<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  { heading, body }: SearchOptions<S, E>,
  opener: RowOpener<S, E> | null,
  selected: readonly SelectedRow[],
): Promise<SearchedRow[]> {
  const searched: SearchedRow[] = [];
  const add = (item: SelectedRow, values: readonly FieldValue[]): void => {
    const row = isOpenRow(item.row) ? item.row : openRowOf(table, item.row, values);
    const normalized = [heading, body].map((name) =>
      normalizeText(searchedText(row.values[name]).slice(0, MAX_SEARCHED_CHARS))
    );
    searched.push({ ...item, values, normalized });
    opener?.keep(item.row, { values, normalized, row });
  };
  const closed: SelectedRow[] = [];
  for (const item of selected) {
    const cached = opener?.cached(item.row);
    if (opener === null) add(item, []);
    else if (cached === undefined) closed.push(item);
    else if (cached.normalized === null) add(item, cached.values);
    else searched.push({ ...item, values: cached.values, normalized: cached.normalized });
  }
  for (let start = 0; opener !== null && start < closed.length; start += OPEN_TOGETHER) {
    const batch = closed.slice(start, start + OPEN_TOGETHER);
    const values = await opener.openValues(batch.map(({ row }) => row));
    for (const [index, item] of batch.entries()) add(item, values[index] ?? []);
  }
  return searched;
}

/** The rows in which all words occur, the best first, from the page's place on. */
function rankHits(
  query: SearchQuery,
  order: readonly SortKey[],
  after: Position | null,
  searched: readonly SearchedRow[],
): SearchedRow[] {
  const hits: SearchedRow[] = [];
  for (const item of searched) {
    const rank = rankOf(query, item.normalized);
    if (rank === null) continue;
    const { id, values } = item.position;
    const position = { id, values: [rank, ...values] };
    if (after === null || isAfter(order, position, after)) hits.push({ ...item, position });
  }
  return hits.sort((a, b) => comparePositions(order, a.position, b.position));
}

/** Hits with all their fields. What was opened for searching is not opened again. */
async function openHits<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  opener: RowOpener<S, E>,
  hits: readonly SearchedRow[],
): Promise<OpenRow[]> {
  if (hits.some(({ values }) => values === null)) return await opener.open(hits.map(({ row }) => row));
  return hits.map(({ row, values }) => openRowOf(table, row, values ?? []));
}

/** A hit without its body, but with a snippet of it. `match` is a place in the normalised body. */
function foundIn<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  body: string,
  match: { readonly start: number; readonly end: number } | null,
  row: OpenRow,
): { readonly record: Found<S>; readonly size: RowSize; readonly told: StoredRecord<S> } {
  const { [body]: text, ...values } = row.values;
  const { record, size } = clipRow(table, ownRowOf(row, values, row.unreadable));
  if (typeof text !== "string") return { record: { record }, size, told: record };
  const snippet = snippetOf(text, {
    start: match === null ? 0 : originalIndex(text, match.start),
    end: match === null ? 0 : originalIndex(text, match.end),
  });
  const json = `,"snippet":${JSON.stringify(snippet)}`;
  return {
    record: { record, snippet },
    told: record,
    size: { bytes: size.bytes + utf8Bytes(json), tokens: size.tokens + estimateModelTokens(json) },
  };
}

function searchedText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
