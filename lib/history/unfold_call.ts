// One call unfolded: what its records held before, and what it wrote. Only the whole log of a table knows the values that were
// written over, so the tables that the call touched are pulled from their start, and nothing but the call's records is kept of them.

import type { Change } from "../changes/change.ts";
import { applyChange } from "../changes/fold.ts";
import { createFoldedTable, type FoldedTable } from "../changes/folded/folded_table.ts";
import { EPOCH } from "../changes/instant.ts";
import { deletedRecords, type LiveRecord, liveRecord } from "../changes/live_records.ts";
import { type LogPortion, readPortions } from "../changes/read_log.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { Clock } from "../kit/clock.ts";
import type { Caller } from "../people/principal.ts";
import type { CallGroup, TouchedRow } from "./reading/call_groups.ts";
import type { TableOfApp } from "./reading/read_calls.ts";
import type { CallReader } from "./reading/call_reader.ts";
import type { PortionGate } from "./reading/portion_gate.ts";
import { readTables } from "./reading/read_tables.ts";
import type { RowShower, ShownRow, StoredRow } from "./shown_row.ts";
import type { TableNames } from "./table_names.ts";
import type { ToldSpaces } from "./told_spaces.ts";

/** Records of a call that are shown with what was written. */
export const UNFOLDED_ROWS = 50;

/** What a call is unfolded with. */
export interface UnfoldDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly clock: Pick<Clock, "after">;
  readonly gate: PortionGate;
  readonly shower: RowShower;
  readonly words: { readonly names: TableNames };
  readonly reader: CallReader;
  readonly spaces: ToldSpaces;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** The records of a call, before and after, and the tables that could not be read. Throws what `SyncClient.pull` throws. */
export async function unfoldRows(
  deps: UnfoldDeps,
  group: CallGroup,
): Promise<{ readonly rows: readonly ShownRow[]; readonly missing: readonly TableOfApp[] }> {
  const unfolded = new Map<string, UnfoldedRow>();
  for (const row of group.rows) unfolded.set(row.record, { row, before: null, after: new Map() });
  const missing = await readTables(deps.clock, tablesOf(group), deps.signal, async (table, signal) => {
    const ids = new Set<string>();
    for (const row of group.rows) if (isOf(table, row)) ids.add(row.id);
    const folded = createFoldedTable();
    const look = async ({ changes }: LogPortion): Promise<void> => {
      for (const change of changes) {
        if (!ids.has(change.id)) continue;
        await lookAt(deps, unfolded, group.id, { app: table.app, table: table.name, folded, change });
        applyChange(folded, change);
      }
    };
    const target = { caller: deps.caller, app: table.app, table: table.name, signal };
    await readPortions(deps.sync, target, EPOCH, look, (read) => deps.gate.run(signal, read));
  });
  const stored = [...unfolded.values()].map(({ row: { app, table, id, op }, before, after }): StoredRow => ({
    app,
    table,
    id,
    op,
    before,
    after,
  }));
  return { rows: await deps.shower.show(deps.caller, stored, deps.signal), missing };
}

interface UnfoldedRow {
  readonly row: TouchedRow;
  before: ReadonlyMap<string, unknown> | null;
  readonly after: Map<string, unknown>;
}

/** Takes what the call wrote, and before its first change what the record held. */
async function lookAt(
  { reader, spaces }: UnfoldDeps,
  unfolded: ReadonlyMap<string, UnfoldedRow>,
  call: string,
  { app, table, folded, change }: {
    readonly app: string;
    readonly table: string;
    readonly folded: FoldedTable;
    readonly change: Change;
  },
): Promise<void> {
  const row = unfolded.get(reader.keyOf(app, table, change));
  if (row === undefined || await reader.callOf(app, table, change) !== call) return;
  if (row.after.size === 0 && row.before === null) {
    const space = spaces.spaceOf(change.spaceId);
    const record = liveRecord(folded, change.id, space) ??
      deletedRecords(folded, space).find(({ id }) => id === change.id);
    row.before = record === undefined ? null : valuesOf(folded, record);
  }
  if (change.op === "delete" || change.deletedAt !== null) return;
  for (const [name, value] of Object.entries(change.op === "insert" ? change.data ?? {} : {})) {
    row.after.set(name, value);
  }
  for (const { name, value } of change.fields ?? []) row.after.set(name, value);
}

/** Every field of a record. */
function valuesOf(folded: FoldedTable, record: LiveRecord): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (let layer = folded.records.get(record.id) ?? null; layer !== null; layer = layer.next) {
    const names = [
      ...Object.keys(layer.data ?? {}),
      ...layer.cells?.keys() ?? [],
      ...layer.paths?.keys() ?? [],
    ];
    for (const name of names) values.set(name, record.cell(name)?.value);
  }
  return values;
}

function isOf({ app, name }: TableOfApp, row: TouchedRow): boolean {
  return row.app === app && row.table === name;
}

function tablesOf({ rows }: CallGroup): readonly TableOfApp[] {
  const tables = new Map<string, TableOfApp>();
  for (const { app, table } of rows) tables.set(`${app}/${table}`, { app, name: table });
  return [...tables.values()];
}
