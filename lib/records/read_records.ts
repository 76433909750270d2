import { Refused } from "../kit/errors.ts";
import { clipSized } from "./clip_row.ts";
import type { Cursors } from "./page_cursor.ts";
import { type Draft, draftOf, toPlain, toStored } from "./row.ts";
import type { KeptOpenings } from "./opened_for_caller.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import type { Opener } from "../sealing/value_opener.ts";
import { type ObserveFields, observeOpening, openAll } from "./open_rows.ts";
import { openPage } from "./result_page.ts";
import { partOf } from "./long_text.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { Listing, ListOptions, ReadRecords, RecordPart } from "./records.ts";
import { NEWEST_FIRST, type Selection } from "./select_records.ts";
import type { PlainRecord, Shape, StoredRecord, Table } from "./table.ts";
import { type LiveRecord, liveRecord } from "../changes/live_records.ts";

/** Records that are opened together: some are opened for nothing where a result fills up, few. */
export const OPEN_TOGETHER = 32;

/** Dependencies of {@link createReading}. */
export interface ReadingDeps {
  readonly scope: CallScope;
  readonly changes: Pick<ChangeCache, "read">;
  readonly selection: Selection;
  readonly cursors: Cursors;
  /** Sealed values are about to be opened: what has to be asked for that is asked while the log is read. */
  readonly prepare: () => void;
  readonly openerFor: () => Opener;
  readonly kept: KeptOpenings;
  readonly observe: ObserveFields;
}

/** Reading but searching, and what writing needs of it. */
export interface Reading extends Omit<ReadRecords, "search"> {
  /** The highest number in a plaintext field over the live records that the caller may see; -1 where there is none. */
  highest<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    field: Exclude<keyof S & string, E>,
  ): Promise<number>;
  /** A live record of the active space that the caller may see, as stored. Throws Refused `record-not-found`. */
  locate<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<LiveRecord>;
  /** The same with all its fields. */
  openOne<S extends Shape, E extends keyof S & string>(table: Table<S, E>, view: LiveRecord): Promise<Draft>;
}

/** Creates the reading side of one call. */
export function createReading(deps: ReadingDeps): Reading {
  const { observe, scope, selection } = deps;
  const read = (table: { readonly app: string; readonly name: string }) =>
    deps.changes.read(scope, table.app, table.name);
  const readToOpen = (table: Parameters<typeof read>[0] & { readonly encrypted: readonly string[] }) => {
    if (scope.space.sealed && table.encrypted.length > 0) deps.prepare();
    return read(table);
  };

  const reading: Reading = {
    async list<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      options: ListOptions<S, E> = {},
    ): Promise<Listing<S>> {
      const { match, order = NEWEST_FIRST, where } = options;
      const page = openPage(deps, table, options.page);
      const views = selection.visible(await readToOpen(table));
      const { candidates, hasRest } = selection.select(table, views, {
        where,
        order,
        after: page.after,
        limit: match === undefined ? page.limit : Infinity,
      });
      const opener = deps.openerFor();
      const kept = await deps.kept.of(table, candidates.map(({ draft }) => draft));
      const rows: StoredRecord<S>[] = [];
      let unreadable = 0;
      let unreadableFields = 0;
      for (let start = 0; start < candidates.length && !page.isFull(); start += OPEN_TOGETHER) {
        const batch = candidates.slice(start, start + OPEN_TOGETHER);
        const drafts = await openAll(table, opener, batch.map(({ draft }) => draft), kept);
        for (const [index, { position, isByOther }] of batch.entries()) {
          const draft = drafts[index];
          if (draft === undefined) continue;
          if (match !== undefined && !match(toStored(table, draft))) continue;
          const { row, size } = clipSized(table, draft);
          if (!page.take(position, size)) break;
          rows.push(row);
          if (isByOther) selection.handOut(table, draft.id);
          if (draft.unreadable.length > 0) unreadable += 1;
          unreadableFields += draft.unreadable.length;
        }
      }
      observeOpening(observe, table, opener, unreadableFields);
      scope.caller.tally.addRows(rows.length);
      return { rows, ...page.end(hasRest), unreadable };
    },

    async get<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      id: string,
    ): Promise<StoredRecord<S>> {
      return toStored(table, await reading.openOne(table, await reading.locate(table, id)));
    },

    async getPart<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      id: string,
      field: keyof S & string,
      offset: number,
    ): Promise<RecordPart<S>> {
      return partOf(table, await reading.openOne(table, await reading.locate(table, id)), field, offset);
    },

    async count<S extends Shape, E extends keyof S & string>(
      table: Table<S, E>,
      where?: (record: PlainRecord<S, E>) => boolean,
    ): Promise<number> {
      const views = selection.visible(await read(table));
      if (where === undefined) return views.length;
      return views.filter((view) => where(toPlain(table, draftOf(table, view)))).length;
    },

    async highest(table, field) {
      let highest = -1;
      for (const view of selection.visible(await read(table))) {
        const value = view.cell(field)?.value;
        if (typeof value === "number" && value > highest) highest = value;
      }
      return highest;
    },

    async locate(table, id) {
      const view = liveRecord(await readToOpen(table), id, scope.space);
      if (view === null || selection.isHidden(view)) {
        throw new Refused({ reason: "record-not-found", record: table.record, id });
      }
      return view;
    },

    async openOne(table, view) {
      const opener = deps.openerFor();
      const [draft = draftOf(table, view)] = await openAll(table, opener, [draftOf(table, view)]);
      observeOpening(observe, table, opener, draft.unreadable.length);
      scope.caller.tally.addRows(1);
      if (selection.isByOther(view)) selection.handOut(table, view.id);
      return draft;
    },
  };
  return reading;
}
