// A plan in words: what the person looks at before they decide, and what an app is told of its own writes. Made of what is stored.

import type { ChangeVerifier, Writer } from "../authorship/change_verifier.ts";
import { isStamp } from "../changes/stamp.ts";
import type { RowShower, ShownRow, StoredRow } from "../history/shown_row.ts";
import { fieldWords, type TableNames } from "../history/table_names.ts";
import type { ToldSpace, ToldSpaces } from "../history/told_spaces.ts";
import { visibleCharacters } from "../history/visible_characters.ts";
import { MAX_SHOWN_UNDO_ROWS } from "../kit/limits.ts";
import type { Caller } from "../people/principal.ts";
import type { TouchedRecord } from "./join_parts.ts";
import { isShownField, type NarrowedUndo } from "./narrowed_undo.ts";
import type { Impossible, PlanConflict, UndoPlan } from "./undo_plan.ts";

/** What an undo would do. Times are ISO 8601. */
export interface UndoPreview {
  readonly plan: string;
  readonly at: string;
  /** The first records, before and after. */
  readonly rows: readonly (ShownRow & { readonly space: ToldSpace })[];
  readonly rowCount: number;
  /** How many of each kind. */
  readonly collections: readonly { readonly record: string; readonly count: number }[];
  /** The first of what stays, since somebody else wrote it later. */
  readonly conflicts: readonly ShownConflict[];
  readonly conflictCount: number;
  readonly impossible: readonly Impossible[];
}

/** What somebody else wrote later. */
export interface ShownConflict {
  readonly record: string;
  readonly title: string | null;
  readonly id: string;
  readonly field: string;
  /** Empty where nobody knows. */
  readonly by: string;
  readonly at: string;
}

/** Puts a plan into words. Throws what `RowShower.show` throws. */
export async function showPlan(
  { shower, names, verifier, spaces, narrowed }: ShowPlanDeps,
  plan: UndoPlan,
  caller: Caller,
  signal: AbortSignal,
  mayShow?: MayShow,
): Promise<UndoPreview> {
  const first = plan.records.slice(0, MAX_SHOWN_UNDO_ROWS);
  const stored = first.map((record) => shownPart(narrowed, storedRow(record)));
  const count = await mayShow?.(first.flatMap(({ app, table, undo: { record } }, place) => {
    const row = stored[place];
    const agents = record?.agents ?? null;
    return row === undefined ? [] : [{ stored: row, record: names.of(app, table).record, agents }];
  }));
  const records = first.slice(0, count);
  const conflicts = plan.conflicts.slice(0, MAX_SHOWN_UNDO_ROWS);
  // An app is told of no title what somebody else went on with, so none is opened for it.
  const titled = mayShow === undefined
    ? conflicts.map(({ record }) => shownPart(narrowed, titledRow(record)))
    : [];
  const shown = await shower.show(caller, [...stored.slice(0, count), ...titled], signal);
  return {
    plan: plan.plan,
    at: new Date(plan.at).toISOString(),
    rows: records.flatMap(({ undo }, place) => {
      const row = shown[place];
      return row === undefined ? [] : [{ ...row, space: spaces.tell(undo.record?.storedAs ?? "") }];
    }),
    rowCount: plan.records.length,
    collections: collectionsOf(plan.records, names),
    conflicts: await Promise.all(conflicts.map(async (conflict, place) => ({
      record: names.of(conflict.record.app, conflict.record.table).record,
      title: shown[records.length + place]?.title ?? null,
      id: conflict.record.id,
      field: visibleCharacters(fieldWords(conflict.path.slice(0, MAX_NAME_CHARS)), MAX_NAME_CHARS),
      by: await writerWords(verifier, conflict),
      at: timeOf(conflict.stamp, plan.at),
    }))),
    conflictCount: plan.conflicts.length,
    impossible: plan.impossible,
  };
}

/** How many rows of a plan an app may be shown, from the first on: asked before anything is opened. */
export type MayShow = (rows: readonly PlannedRow[]) => Promise<number>;

/** A row that would be shown, closed. */
export interface PlannedRow {
  readonly stored: StoredRow;
  /** What one record of its table is called. */
  readonly record: string;
  /** The agents that wrote into it at any time; null for none. */
  readonly agents: readonly string[] | null;
}

/** What is left of a plan that is carried out: nothing but what could not be undone. */
export function leftOf(preview: UndoPreview): UndoPreview {
  return { ...preview, rows: [], rowCount: 0, collections: [] };
}

/** What words are made of. */
export interface ShowPlanDeps {
  readonly shower: RowShower;
  readonly names: Pick<TableNames, "of">;
  readonly verifier: ChangeVerifier;
  readonly spaces: ToldSpaces;
  /** What narrows the plan; null where the whole of it is shown. */
  readonly narrowed: NarrowedUndo | null;
}

const MAX_NAME_CHARS = 64;

function storedRow({ app, table, id, undo: { record, op, values } }: TouchedRecord): StoredRow {
  const now = record?.values() ?? new Map<string, unknown>();
  const after = new Map(values.map(({ path, value }) => [path, value]));
  if (op === "restore") return { app, table, id, op, before: null, after: new Map([...now, ...after]) };
  return op === "delete"
    ? { app, table, id, op, before: now, after: new Map() }
    : { app, table, id, op: "update", before: now, after };
}

/** A row without the fields that the app may not see: neither its title nor a value is made of them, and none is opened. */
function shownPart(narrowed: NarrowedUndo | null, row: StoredRow): StoredRow {
  if (narrowed === null) return row;
  const shown = (values: ReadonlyMap<string, unknown>) =>
    new Map([...values].filter(([path]) => isShownField(narrowed, row, path)));
  return { ...row, before: row.before === null ? null : shown(row.before), after: shown(row.after) };
}

/** A row of which only the title is looked at. */
function titledRow({ app, table, id, undo: { record } }: TouchedRecord): StoredRow {
  return { app, table, id, op: "update", before: record?.values() ?? null, after: new Map() };
}

function collectionsOf(records: readonly TouchedRecord[], names: Pick<TableNames, "of">) {
  const counts = new Map<string, number>();
  for (const { app, table } of records) {
    const { record } = names.of(app, table);
    counts.set(record, (counts.get(record) ?? 0) + 1);
  }
  return [...counts].map(([record, count]) => ({ record, count }))
    .sort((one, other) => other.count - one.count || (one.record < other.record ? -1 : 1));
}

async function writerWords(
  verifier: ChangeVerifier,
  { record: { app, table, undo }, change }: PlanConflict,
): Promise<string> {
  const writer = await verifier.writerOf(app, table, change);
  return visibleCharacters(wordsOf(writer, undo.space.kind === "personal"), MAX_NAME_CHARS);
}

function wordsOf(writer: Writer, isPersonal: boolean): string {
  switch (writer.kind) {
    case "person":
      // In a shared space nobody knows which member it was.
      return isPersonal ? "you" : "";
    case "undo":
      return "an undo";
    case "own":
      return `your own token (${writer.name})`;
    case "app":
      return writer.name;
    case "unverified":
      return writer.name === "" ? "" : `${writer.name} (not proved)`;
  }
}

function timeOf(stamp: string, otherwise: number): string {
  const at = isStamp(stamp) ? Date.parse(stamp) : NaN;
  return new Date(Number.isNaN(at) ? otherwise : at).toISOString();
}
