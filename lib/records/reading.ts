import { Refused } from "../errors.ts";
import { MAX_RESULT_CHARS } from "../limits.ts";
import { clip } from "./clip.ts";
import { type Draft, draftOf, toPlain, toStored, withOpened } from "./draft.ts";
import type { FoldedLog } from "./fold.ts";
import type { LogCache } from "./log_cache.ts";
import type { Opener } from "./opener.ts";
import { isPrivate } from "./private_row.ts";
import type { RecordScope } from "./record_scope.ts";
import type { Listing, ListOptions, ReadRecords } from "./records.ts";
import type { PlainRecord, Shape, StoredRecord, Table } from "./table.ts";
import { liveRecord, liveRecords, type RecordView } from "./view.ts";

/** Records that are opened together while a `match` looks for its limit: some are opened for nothing, few. */
const OPEN_TOGETHER = 32;

/** Dependencies of {@link createReading}. */
export interface ReadingDeps {
  readonly scope: RecordScope;
  readonly logs: Pick<LogCache, "read">;
  readonly openerFor: () => Opener;
  readonly observe: (kind: "unsealed" | "unreadable", table: string, count: number) => void;
}

/** Reading, and what writing needs of it. */
export interface Reading extends ReadRecords {
  /** A live record of the active space that the caller may see, as stored. Throws Refused `record-not-found`. */
  locate<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<RecordView>;
  /** The same with all its fields. */
  openOne<S extends Shape, E extends keyof S & string>(table: Table<S, E>, view: RecordView): Promise<Draft>;
}

/** Creates the reading side of one call. */
export function createReading(deps: ReadingDeps): Reading {
  const { scope } = deps;
  const read = (table: { readonly app: string; readonly name: string }) =>
    deps.logs.read(scope, table.app, table.name);

  const isHidden = (view: RecordView): boolean =>
    isPrivate(view, scope.space, scope.caller.principal.subject);

  /**
   * Whether a row's author is somebody else, as far as rows say: the field is the writer's own word. In the personal
   * space nobody else can write, whatever old rows claim.
   */
  const isByOther = (view: RecordView): boolean => {
    const { kind } = scope.space;
    if (kind === "personal" || view.storedAs === "" || view.storedAs.startsWith("_personal:")) return false;
    const author = view.cell("authorId")?.value;
    return typeof author === "string" ? author !== scope.caller.principal.subject : kind === "shared";
  };
  const byOthers = new Set<string>();
  const handOut = (table: { readonly app: string; readonly name: string }, id: string): void => {
    byOthers.add(`${table.app}/${table.name}/${id}`);
    scope.onWrittenByOthers?.(byOthers.size);
  };

  const openAll = async <S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    opener: Opener,
    drafts: readonly Draft[],
  ): Promise<Draft[]> => {
    if (table.encrypted.length === 0) return [...drafts];
    const values = await opener.open(drafts.flatMap(({ sealed }) => sealed));
    const width = table.encrypted.length;
    return drafts.map((draft, index) =>
      withOpened(table, draft, values.slice(index * width, (index + 1) * width))
    );
  };

  const count = (
    table: { readonly app: string; readonly name: string },
    opener: Opener,
    unreadable: number,
  ): void => {
    const name = `${table.app}/${table.name}`;
    if (opener.unsealed() > 0) deps.observe("unsealed", name, opener.unsealed());
    if (unreadable > 0) deps.observe("unreadable", name, unreadable);
  };

  /**
   * Drafts that pass the plaintext filter, in order, and whether there are more that were not looked at. Taken before
   * anything is awaited: the log under the views is live.
   */
  const select = <S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    log: FoldedLog,
    options: ListOptions<S, E>,
    limit: number,
  ): { readonly drafts: Draft[]; readonly others: ReadonlySet<string>; readonly hasRest: boolean } => {
    const { where, order = newestFirst } = options;
    const views = liveRecords(log, scope.space).filter((view) => !isHidden(view));
    const others = new Set(views.filter(isByOther).map(({ id }) => id));
    if (where === undefined && options.order === undefined) {
      // The usual listing needs no field to sort by, so only what it can return is read.
      views.sort((a, b) => newestFirst(a, b) || compareText(a.id, b.id));
      const wanted = options.match === undefined ? views.slice(0, limit) : views;
      const drafts = wanted.map((view) => draftOf(table, view));
      return { drafts, others, hasRest: wanted.length < views.length };
    }
    const selected: { draft: Draft; plain: PlainRecord<S, E> }[] = [];
    for (const view of views) {
      const draft = draftOf(table, view);
      const plain = toPlain(table, draft);
      if (where === undefined || where(plain)) selected.push({ draft, plain });
    }
    selected.sort((a, b) => order(a.plain, b.plain) || compareText(a.draft.id, b.draft.id));
    return { drafts: selected.map(({ draft }) => draft), others, hasRest: false };
  };

  const reading: Reading = {
    async list<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      options: ListOptions<S, E> = {},
    ): Promise<Listing<S>> {
      const log = await read(table);
      const limit = Math.max(0, options.limit ?? Infinity);
      const { drafts, others, hasRest } = select(table, log, options, limit);
      const opener = deps.openerFor();
      const rows: StoredRecord<S>[] = [];
      let chars = 0;
      let unreadable = 0;
      let unreadableFields = 0;
      let hasMore = false;
      for (let start = 0; start < drafts.length && !hasMore;) {
        if (rows.length >= limit && options.match === undefined) {
          hasMore = true;
          break;
        }
        // Without a match every record counts, so none is opened that is not returned.
        const size = options.match === undefined
          ? Math.min(OPEN_TOGETHER, limit - rows.length)
          : OPEN_TOGETHER;
        const opened = await openAll(table, opener, drafts.slice(start, start + size));
        start += size;
        for (const draft of opened) {
          if (options.match !== undefined && !options.match(toStored(table, draft))) continue;
          const row = clip(table, draft);
          const rowChars = JSON.stringify(row).length + 1;
          // The first row is returned whatever its size, or a listing could never get past it.
          if (rows.length >= limit || (rows.length > 0 && chars + rowChars > MAX_RESULT_CHARS)) {
            hasMore = true;
            break;
          }
          rows.push(row);
          if (others.has(draft.id)) handOut(table, draft.id);
          chars += rowChars;
          if (draft.unreadable.length > 0) unreadable += 1;
          unreadableFields += draft.unreadable.length;
        }
      }
      count(table, opener, unreadableFields);
      scope.caller.trail.addRows(rows.length);
      return { rows, hasMore: hasMore || hasRest, unreadable };
    },

    async get<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      id: string,
    ): Promise<StoredRecord<S>> {
      return toStored(table, await reading.openOne(table, await reading.locate(table, id)));
    },

    async count<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      where?: (record: PlainRecord<S, E>) => boolean,
    ): Promise<number> {
      const log = await read(table);
      let found = 0;
      for (const view of liveRecords(log, scope.space)) {
        if (isHidden(view)) continue;
        if (where === undefined || where(toPlain(table, draftOf(table, view)))) found += 1;
      }
      return found;
    },

    async locate(table, id) {
      const view = liveRecord(await read(table), id, scope.space);
      if (view === null || isHidden(view)) {
        throw new Refused({ reason: "record-not-found", record: table.record, id });
      }
      return view;
    },

    async openOne(table, view) {
      const opener = deps.openerFor();
      const [draft = draftOf(table, view)] = await openAll(table, opener, [draftOf(table, view)]);
      count(table, opener, draft.unreadable.length);
      scope.caller.trail.addRows(1);
      if (isByOther(view)) handOut(table, view.id);
      return draft;
    },
  };
  return reading;
}

function newestFirst(
  a: { readonly createdAt: string | null },
  b: { readonly createdAt: string | null },
): number {
  return compareText(b.createdAt ?? "", a.createdAt ?? "");
}

/** By code unit, so that the order is the same on every host. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
