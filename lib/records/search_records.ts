import { MAX_SEARCHED_CHARS } from "../kit/limits.ts";
import { estimateModelTokens } from "./estimate_tokens.ts";
import { clipSized } from "./clip_row.ts";
import type { Cursors } from "./page_cursor.ts";
import { type Draft, type RowSize, withOpened } from "./row.ts";
import type { FieldValue } from "../sealing/value_opener.ts";
import { normalizeText, unfoldedIndex } from "./text/normalize_text.ts";
import type { KeptOpening, KeptOpenings } from "./opened_for_caller.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import type { Opener } from "../sealing/value_opener.ts";
import { type ObserveFields, observeOpening, openAll, openValues } from "./open_rows.ts";
import { comparePositions, isAfter, type Position, type SortKey } from "./sort_order.ts";
import { openPage } from "./result_page.ts";
import { matchIn, rankOf, type SearchQuery, searchQueryOf } from "./text/rank.ts";
import { OPEN_TOGETHER } from "./read_records.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { Findings, Found, SearchOptions } from "./records.ts";
import { type Candidate, NEWEST_FIRST, type Selection } from "./select_records.ts";
import { snippetOf } from "./text/snippet.ts";
import type { Shape, Table } from "./table.ts";
import { utf8Bytes } from "../kit/utf8_bytes.ts";

/** Dependencies of {@link createSearching}. */
export interface SearchingDeps {
  readonly scope: CallScope;
  readonly changes: Pick<ChangeCache, "read">;
  readonly selection: Selection;
  readonly cursors: Cursors;
  readonly kept: KeptOpenings;
  /** As of reading. */
  readonly prepare: () => void;
  readonly openerFor: () => Opener;
  readonly observe: ObserveFields;
}

/** Searching, as `ReadRecords.search` says. */
export interface Searching {
  /** Throws Refused (keys, upstreams, `cursor-invalid`). */
  search<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    options: SearchOptions<S, E>,
  ): Promise<Findings<S>>;
}

/** A candidate whose sealed fields were opened. */
interface OpenedCandidate extends Candidate {
  readonly values: readonly FieldValue[];
  /** Heading and body, folded. */
  readonly folded: readonly string[];
}

const BY_RANK: SortKey = { field: "rank", missing: 0 };

/** Creates the searching side of one call. */
export function createSearching(deps: SearchingDeps): Searching {
  const { scope, selection } = deps;
  const { caller } = scope;

  const open = async <S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    options: SearchOptions<S, E>,
    opener: Opener,
    kept: KeptOpening | null,
    candidates: readonly Candidate[],
    isLive: (id: string) => boolean,
  ): Promise<OpenedCandidate[]> => {
    kept?.retain(isLive);
    const found: OpenedCandidate[] = [];
    const add = (candidate: Candidate, values: readonly FieldValue[]): void => {
      const draft = withOpened(table, candidate.draft, values);
      const folded = [options.heading, options.body].map((name) =>
        normalizeText(textOf(draft.values[name]).slice(0, MAX_SEARCHED_CHARS))
      );
      found.push({ ...candidate, values, folded });
      kept?.keep(candidate.draft, { values, folded, draft });
    };
    const missing: Candidate[] = [];
    for (const candidate of candidates) {
      const text = kept?.get(candidate.draft);
      if (text === undefined) missing.push(candidate);
      else if (text.folded === null) add(candidate, text.values);
      else found.push({ ...candidate, values: text.values, folded: text.folded });
    }
    for (let start = 0; start < missing.length; start += OPEN_TOGETHER) {
      const batch = missing.slice(start, start + OPEN_TOGETHER);
      const values = await openValues(table, opener, batch.map(({ draft }) => draft));
      for (const [index, candidate] of batch.entries()) add(candidate, values[index] ?? []);
    }
    return found;
  };

  /** The candidates in which all words occur, the best first, from the page's place on. */
  const rank = (
    query: SearchQuery,
    order: readonly SortKey[],
    after: Position | null,
    candidates: readonly OpenedCandidate[],
  ): OpenedCandidate[] => {
    const hits: OpenedCandidate[] = [];
    for (const candidate of candidates) {
      const rank = rankOf(query, candidate.folded);
      if (rank === null) continue;
      const { id, values } = candidate.position;
      const position = { id, values: [rank, ...values] };
      if (after === null || isAfter(order, position, after)) hits.push({ ...candidate, position });
    }
    return hits.sort((a, b) => comparePositions(order, a.position, b.position));
  };

  return {
    async search<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      options: SearchOptions<S, E>,
    ): Promise<Findings<S>> {
      const { order = NEWEST_FIRST, where } = options;
      const query = searchQueryOf(options.query);
      const isRanked = query.terms.length > 0;
      // A place among hits means nothing for another query, whatever the tool hands on.
      const request = options.page === undefined ? undefined : { ...options.page, query: options.query };
      const page = openPage(deps, table, request);
      if (scope.space.sealed) deps.prepare();
      const views = selection.visible(await deps.changes.read(scope, table.app, table.name));
      const ids = new Set(views.map(({ id }) => id));
      const selected = selection.select(table, views, {
        where,
        order,
        after: isRanked ? null : page.after,
        limit: isRanked ? Infinity : page.limit,
      });
      const opener = deps.openerFor();
      const kept = await deps.kept.of(table, selected.candidates.map(({ draft }) => draft));
      const hits = isRanked
        ? rank(
          query,
          [BY_RANK, ...order],
          page.after,
          await open(table, options, opener, kept, selected.candidates, (id) => ids.has(id)),
        )
        : selected.candidates.map((candidate) => ({ ...candidate, values: null, folded: [] }));
      const rows: Found<S>[] = [];
      let unreadable = 0;
      let unreadableFields = 0;
      for (let start = 0; start < hits.length && !page.isFull(); start += OPEN_TOGETHER) {
        const batch = hits.slice(start, start + OPEN_TOGETHER);
        const drafts = await draftsOf(table, opener, kept, batch);
        for (const [index, { folded, position, isByOther }] of batch.entries()) {
          const draft = drafts[index];
          if (draft === undefined) continue;
          const match = matchIn(query, folded[1] ?? "");
          const found = foundIn(table, options.body, match, draft);
          if (!page.take(position, found.size)) break;
          rows.push(found.row);
          if (isByOther) selection.handOut(table, draft.id);
          if (draft.unreadable.length > 0) unreadable += 1;
          unreadableFields += draft.unreadable.length;
        }
      }
      observeOpening(deps.observe, table, opener, unreadableFields);
      caller.tally.addRows(rows.length);
      return { rows, ...page.end(selected.hasRest), unreadable };
    },
  };
}

/** Candidates with all their fields: what was opened for searching is not opened again. */
async function draftsOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  opener: Opener,
  kept: KeptOpening | null,
  batch: readonly (Candidate & { readonly values: readonly FieldValue[] | null })[],
): Promise<Draft[]> {
  const closed = batch.filter(({ values }) => values === null);
  if (closed.length > 0) return await openAll(table, opener, batch.map(({ draft }) => draft), kept);
  return batch.map(({ draft, values }) => withOpened(table, draft, values ?? []));
}

/** A hit without its body, but with a piece of it; `match` is a place in the folded body. */
function foundIn<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  body: string,
  match: { readonly start: number; readonly end: number } | null,
  draft: Draft,
): { readonly row: Found<S>; readonly size: RowSize } {
  const { [body]: text, ...values } = draft.values;
  const { row: record, size } = clipSized(table, { ...draft, values });
  if (typeof text !== "string") return { row: { record }, size };
  const snippet = snippetOf(text, {
    start: match === null ? 0 : unfoldedIndex(text, match.start),
    end: match === null ? 0 : unfoldedIndex(text, match.end),
  });
  const json = `,"snippet":${JSON.stringify(snippet)}`;
  return {
    row: { record, snippet },
    size: { bytes: size.bytes + utf8Bytes(json), tokens: size.tokens + estimateModelTokens(json) },
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
