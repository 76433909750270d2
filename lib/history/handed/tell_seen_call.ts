// One call of the ledger as a page shows it: which tool, how many records of what, which fields in words, in which space, and the first
// ids. No record is opened for it: what the records are called is not in the ledger.
import { unpackIds } from "../../ledger/id_list.ts";
import type { LedgerEntry, ReadPart } from "../../ledger/ledger_body.ts";
import type { SeenCall } from "../../ledger/reading/newest_calls.ts";
import { fieldWords, type TableNames } from "../table_names.ts";
import type { CallWords } from "../told_call.ts";
import type { ToldSpace, ToldSpaces } from "../told_spaces.ts";
import { visibleCharacters } from "../visible_characters.ts";

/** One call. */
export interface ToldSeenCall {
  readonly id: string;
  readonly at: string;
  /** The key of the app, as it was given with the question; null for everything else. */
  readonly app: string | null;
  /** The call came with the person's own token. */
  readonly isOwn: boolean;
  readonly call: string;
  readonly tool: string;
  readonly toolTitle: string | null;
  readonly module: string;
  readonly moduleLabel: string;
  readonly outcome: LedgerEntry["outcome"];
  readonly read: readonly ToldRead[];
  readonly looked: readonly Pick<ToldRead, "collection" | "record" | "count">[];
  /** Records that it wrote. */
  readonly wrote: number;
  /** The hash of what was allowed; null for the person's own token. */
  readonly allowed: string | null;
}

/** Records of one table and space that were handed out with the same fields. */
export interface ToldRead {
  readonly collection: string;
  /** What one record of the table is called. */
  readonly record: string;
  readonly space: ToldSpace;
  readonly fields: readonly string[];
  readonly count: number;
  /** The first {@link SHOWN_IDS}. */
  readonly ids: readonly string[];
}

/** Ids that are told of records of one kind. */
export const SHOWN_IDS = 20;

/** The call in words. `apps`: keys of apps by their pseudonyms. */
export function tellSeenCall(
  words: CallWords,
  { id, at, entries }: SeenCall,
  { apps, spaces }: { readonly apps: ReadonlyMap<string, string>; readonly spaces: ToldSpaces },
): ToldSeenCall | null {
  const last = entries.at(-1);
  if (last === undefined) return null;
  const { grant, app, tool, call, allowed, outcome } = last;
  const module = moduleOfTool(words, tool);
  return {
    id,
    at: new Date(at).toISOString(),
    app: apps.get(app) ?? null,
    isOwn: grant === "" && app === "",
    call,
    tool,
    toolTitle: words.toolOf(tool)?.title ?? null,
    module,
    moduleLabel: words.labelOf(module) ?? module,
    outcome,
    read: readsOf(words.names, entries, spaces),
    looked: lookedOf(words.names, entries),
    wrote: new Set(entries.flatMap(({ wrote }) => wrote.map((one) => `${one.c} ${one.id}`))).size,
    allowed: allowed === "" ? null : allowed,
  };
}

/** The module of a tool; of one that is no more, by its name. */
export function moduleOfTool({ toolOf }: Pick<CallWords, "toolOf">, tool: string): string {
  return toolOf(tool)?.module ?? tool.split(".", 1)[0] ?? "";
}

/** What one record of a table is called. `c` is `app/table`. */
export function recordWord(names: TableNames, c: string): string {
  const [app = "", table = ""] = c.split("/");
  return names.of(app, table).record;
}

/** The parts of a call that does not fit into a row are put together again. */
function readsOf(names: TableNames, entries: readonly LedgerEntry[], spaces: ToldSpaces): ToldRead[] {
  const parts = Map.groupBy(entries.flatMap(({ read }) => read), ({ c, s, f }) => JSON.stringify([c, s, f]));
  return [...parts.values()].slice(0, MAX_READS).flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return {
      collection: first.c,
      record: recordWord(names, first.c),
      space: spaces.tell(first.s),
      fields: first.f.slice(0, MAX_FIELDS).map(fieldWords),
      count: same.reduce((sum, part) => sum + countOf(part), 0),
      ids: firstIds(same),
    };
  });
}

/** Kinds of records that are told of one call, and fields of one kind. */
const MAX_READS = 50;
const MAX_FIELDS = 50;
/** Characters that are shown of an id; whoever makes a record chooses it. */
const MAX_ID_CHARS = 64;

function countOf(part: ReadPart): number {
  if ("count" in part) return part.count;
  return unpackIds(part)?.length ?? 0;
}

function firstIds(parts: readonly ReadPart[]): string[] {
  const ids: string[] = [];
  for (const part of parts) {
    for (const id of unpackIds(part) ?? []) {
      if (ids.push(visibleCharacters(id, MAX_ID_CHARS)) === SHOWN_IDS) return ids;
    }
  }
  return ids;
}

function lookedOf(names: TableNames, entries: readonly LedgerEntry[]): ToldSeenCall["looked"] {
  const counts = new Map<string, number>();
  for (const { looked = [] } of entries) {
    for (const { c, count } of looked) counts.set(c, (counts.get(c) ?? 0) + count);
  }
  return [...counts].filter(([, count]) => count > 0).slice(0, MAX_READS)
    .map(([collection, count]) => ({ collection, record: recordWord(names, collection), count }));
}
