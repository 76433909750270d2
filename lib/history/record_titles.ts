// What the records on a page are called. Most were named in the days that were read anyway; the others are looked up in the folded
// tables, deleted ones too. Opened with the person's key for this one answer, and not kept.

import type { ChangeCache } from "../changes/change_cache.ts";
import type { SpaceLayer } from "../changes/folded/folded_table.ts";
import { cellOf } from "../changes/folded/folded_table.ts";
import type { ChangeReader } from "../changes/refresh_state.ts";
import { looksSealed } from "../sealing/cipher.ts";
import type { TouchedRow } from "./reading/call_groups.ts";
import type { RowShower, StoredRow } from "./shown_row.ts";
import type { TitleNotes } from "./reading/title_notes.ts";
import type { ToldRow } from "./told_call.ts";
import type { ToldSpaces } from "./told_spaces.ts";

/** Whose records, and what is known of them. */
export interface TitlesDeps {
  readonly changes: Pick<ChangeCache, "read">;
  readonly shower: RowShower;
  readonly notes: TitleNotes;
  readonly spaces: ToldSpaces;
  readonly reader: ChangeReader;
  /** Reads tables a few at a time; resolves to those that could not be read. */
  readonly readTables: (
    tables: readonly TableOfRows[],
    read: (table: TableOfRows, signal: AbortSignal) => Promise<void>,
  ) => Promise<readonly TableOfRows[]>;
}

/** A table with the records that are looked up in it. */
export interface TableOfRows {
  readonly app: string;
  readonly name: string;
  readonly rows: readonly (readonly [record: string, row: TouchedRow])[];
}

/** What records are called, by the key of each, and the tables in which nobody could look. Throws as `RowShower.show`. */
export async function titlesOf(
  deps: TitlesDeps,
  rows: ReadonlyMap<string, TouchedRow>,
): Promise<
  {
    readonly titles: ReadonlyMap<string, Pick<ToldRow, "title" | "isSealed">>;
    readonly missing: readonly TableOfRows[];
  }
> {
  const { notes, shower, spaces, reader: { caller, signal } } = deps;
  const values = new Map<string, ReadonlyMap<string, unknown>>();
  for (const [record, row] of rows) {
    const [fields] = notes.fieldsOf(row.app, row.table);
    const noted = fields === undefined ? null : notes.of(row, spaces.spaceOf(row.spaceId).id, fields);
    if (noted !== null) values.set(record, noted);
  }
  const unnamed = byTable([...rows].filter(([record]) => !values.has(record)));
  const missing = await lookUp(deps, unnamed, values);
  const stored = [...rows].map(([record, { app, table, id }]): StoredRow => ({
    app,
    table,
    id,
    op: "update",
    before: values.get(record) ?? new Map(),
    after: new Map(),
  }));
  const shown = await shower.show(caller, stored, signal);
  const titles = [...rows.keys()].map((record, index) => {
    const title = shown[index]?.title ?? null;
    const isSealed = title === null && [...values.get(record)?.values() ?? []].some(looksSealed);
    return [record, isSealed ? { title, isSealed: true as const } : { title }] as const;
  });
  return { titles: new Map(titles), missing };
}

async function lookUp(
  { changes, notes, spaces, reader, readTables }: TitlesDeps,
  tables: readonly TableOfRows[],
  values: Map<string, ReadonlyMap<string, unknown>>,
): Promise<readonly TableOfRows[]> {
  if (tables.length === 0) return [];
  return await readTables(tables, async ({ app, name, rows }, signal) => {
    const folded = await changes.read({ ...reader, signal }, app, name);
    for (const [record, row] of rows) {
      const { storedAs } = spaces.spaceOf(row.spaceId);
      const found = new Map<string, unknown>();
      for (const field of notes.fieldsOf(app, name).flat()) {
        const value = newestIn(folded.records.get(row.id), storedAs, field);
        if (value !== undefined) found.set(field, value);
      }
      values.set(record, found);
    }
  });
}

/** The newest value of a field among the layers of a space. */
function newestIn(first: SpaceLayer | undefined, storedAs: ReadonlySet<string>, field: string): unknown {
  let best: ReturnType<typeof cellOf>;
  for (let layer = first ?? null; layer !== null; layer = layer.next) {
    const cell = storedAs.has(layer.spaceId) ? cellOf(layer, field) : undefined;
    if (cell !== undefined && (best === undefined || cell.stamp > best.stamp)) best = cell;
  }
  return best?.value;
}

function byTable(rows: readonly (readonly [string, TouchedRow])[]): TableOfRows[] {
  const tables = new Map<string, (readonly [string, TouchedRow])[]>();
  for (const entry of rows) {
    const key = JSON.stringify([entry[1].app, entry[1].table]);
    const table = tables.get(key);
    if (table === undefined) tables.set(key, [entry]);
    else table.push(entry);
  }
  return [...tables.values()].flatMap((entries) => {
    const [first] = entries;
    return first === undefined ? [] : [{ app: first[1].app, name: first[1].table, rows: entries }];
  });
}
