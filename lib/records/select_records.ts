// Which live records a listing returns and in which order: visible to the caller, passed by the filter, after the cursor's
// place, at most `limit`. Looks at plaintext fields only, so nothing is opened for a record that is not returned.

import { isChangedByOther } from "../changes/folded/agents.ts";
import { isVisible } from "../grants/is_visible.ts";
import { type LiveRecord, liveRecord, liveRecords } from "../changes/live_records.ts";
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import { createFirstItems } from "../kit/first_items.ts";
import { isOwnRecord } from "../spaces/active_space.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { PlainRecord, Shape, Table } from "./define_table.ts";
import type { RecordCall } from "./record_call.ts";
import { plainRecordOf, type PlainRow, plainRowOf } from "./row.ts";
import { comparePositions, isAfter, type Position, positionOf, type SortKey } from "./sort_order.ts";

/** The order of a listing that asks for no other. */
export const NEWEST_FIRST: readonly SortKey<"createdAt">[] = [
  { field: "createdAt", direction: "descending", missing: "" },
];

/** A row that a listing may return. */
export interface SelectedRow {
  readonly row: PlainRow;
  /** Its place in the order. */
  readonly position: Position;
  /** Whether somebody else wrote it, as far as it says. */
  readonly isByOther: boolean;
  /** The agents that wrote into it, by their own word; null for none. */
  readonly agents: readonly string[] | null;
}

/**
 * The rows that pass the filter and come after a place, in order, and whether there are more. To be called before anything
 * is awaited: the folded table under the live records changes.
 */
export function selectRows<S extends Shape, E extends keyof S & string>(
  scope: CallScope,
  table: Table<S, E>,
  records: readonly LiveRecord[],
  { where, order, after, limit }: {
    readonly where: ((record: PlainRecord<S, E>) => boolean) | undefined;
    readonly order: readonly SortKey[];
    readonly after: Position | null;
    /** Infinity for all of them. */
    readonly limit: number;
  },
): { readonly selected: SelectedRow[]; readonly hasRest: boolean } {
  // The usual listing is neither filtered nor sorted by a field of the row, so only the rows that it returns are read.
  const isUnread = where === undefined && order.every(({ field }) => field === "createdAt");
  const first = createFirstItems<OfferedRecord>(
    limit,
    (a, b) => comparePositions(order, a.position, b.position),
  );
  for (const record of records) {
    const row = isUnread ? null : plainRowOf(table, record);
    if (row !== null && where !== undefined && !where(plainRecordOf(table, row))) continue;
    const position = positionOf(order, row ?? unreadRow(record));
    if (after === null || isAfter(order, position, after)) first.offer({ record, row, position });
  }
  const { items, hasRest } = first.take();
  const { client } = scope.caller.principal;
  const selected = items.map(({ record, row, position }) => ({
    row: row ?? plainRowOf(table, record),
    position,
    isByOther: isByOther(scope, record),
    // Without sealed fields they count for apps alone (RecordCall.handOutPlain).
    agents: table.encryptedSet.size === 0 && client === null ? null : record.agents,
  }));
  return { selected, hasRest };
}

/**
 * The live records of the call's space that the caller may see, in no order, of a table that was read just now. While a write of several rows is completed, what
 * it has stored before is left out: the tool decides as it did the first time.
 */
export function visibleRecords(
  { scope, plan, narrowed }: Pick<RecordCall, "scope" | "plan" | "narrowed">,
  table: { readonly app: string; readonly name: string },
  folded: FoldedTable,
  ids?: ReadonlySet<string>,
): readonly LiveRecord[] {
  const { subject } = scope.caller.principal;
  const admission = narrowed === null ? null : narrowed.admissionOf(table);
  const visible = admission !== null && ids === undefined
    ? admission.visible(folded)
    : (ids === undefined ? liveRecords(folded, scope.space) : named(scope, folded, ids))
      .filter((record) => isVisible(record, scope.space, subject, admission));
  return plan === null ? visible : visible.filter(({ id }) => !plan.hides(id));
}

/** The live records with these ids: a few of many are not looked for among all. */
function named({ space }: CallScope, folded: FoldedTable, ids: ReadonlySet<string>): LiveRecord[] {
  const found: LiveRecord[] = [];
  for (const id of ids) {
    const record = liveRecord(folded, id, space);
    if (record !== null) found.push(record);
  }
  return found;
}

/**
 * Whether somebody else wrote a record, or changed it, as far as it says: the author is the writer's own word. In the personal space there
 * are no others, whatever old rows claim: only who knows its id could plant a row there (SECURITY.md), and would not sign it.
 */
export function isByOther({ space, caller }: CallScope, record: LiveRecord): boolean {
  if (space.kind === "personal" || isOwnRecord(record.storedAs)) return false;
  if (isChangedByOther(record.agents, caller.principal.subject)) return true;
  const author = record.cell("authorId")?.value;
  return typeof author === "string" ? author !== caller.principal.subject : space.kind === "shared";
}

/** A record with its place. The row is null where the place was found without reading it. */
interface OfferedRecord {
  readonly record: LiveRecord;
  readonly row: PlainRow | null;
  readonly position: Position;
}

const NO_VALUES = Object.freeze({});

/** As much of a row as an order by `createdAt` looks at. */
function unreadRow({ id, createdAt }: LiveRecord) {
  return { id, createdAt, updatedAt: null, values: NO_VALUES };
}
