// What an app that a document narrows may take back: of what was found in the logs nothing is left that the app may not know of, before a
// plan is made of it. So nothing else is counted, shown, opened or written, and no undo leads into or out of what the app is shown.
import type { ChangedRow } from "../changes/push_changes.ts";
import type { Admission } from "../grants/admission.ts";
import { demandWindow } from "../grants/check_changes.ts";
import { isVisible } from "../grants/is_visible.ts";
import type { AdmissionPlace } from "../grants/linked_ids.ts";
import type { ReadTable, RecordGrant } from "../grants/record_grants.ts";
import { Refused } from "../kit/errors.ts";
import { joinParts, type TouchedRecord } from "./join_parts.ts";

/** The grant that narrows an undo, and the place that it is about. */
export interface NarrowedUndo {
  readonly grant: RecordGrant;
  readonly place: AdmissionPlace;
  /** Reads a table as of now. */
  readonly read: ReadTable;
}

/**
 * The records with what the app may see of them, where an undo of them is the app's to ask for. Rows that belong together are left out
 * together: half of them would be put back otherwise.
 *
 * @param rowsOf the changes that would undo records
 */
export async function narrowTouched(
  narrowed: NarrowedUndo,
  records: readonly TouchedRecord[],
  rowsOf: (records: readonly TouchedRecord[]) => ChangedRow[],
): Promise<TouchedRecord[]> {
  narrowed.grant.demandReadable();
  const collections = new Map(records.map(({ app, table }) => [`${app}/${table}`, { app, name: table }]));
  const admissions = new Map(
    await Promise.all(
      [...collections].map(async ([collection, table]) =>
        [collection, await narrowed.grant.admission(narrowed.place, table, narrowed.read)] as const
      ),
    ),
  );
  const judged = new Map(records.map((record) => [record, judge(narrowed, admissions, record)]));
  // A record of which only a sum changes ties no rows together (undo_plan.ts).
  const [whole, sums] = [records.filter(isWhole), records.filter((record) => !isWhole(record))];
  const groups = [...joinParts(whole), ...sums.map((record) => [record])].flatMap((group) => {
    const shown = group.flatMap((record) => judged.get(record) ?? []);
    const isHeldBack = group.length > 1 && (shown.length < group.length || shown.some(({ isCut }) => isCut));
    return shown.length === 0 || isHeldBack ? [] : [shown.map(({ record }) => record)];
  });
  if (await staysInWindow(narrowed, rowsOf(groups.flat()))) return groups.flat();
  const kept: TouchedRecord[] = [];
  for (const group of groups) if (await staysInWindow(narrowed, rowsOf(group))) kept.push(...group);
  return kept;
}

/** Whether a field of a table is shown to the app; every field where no document narrows the undo. */
export function isShownField(
  narrowed: NarrowedUndo | null,
  { app, table }: { readonly app: string; readonly table: string },
  path: string,
): boolean {
  const fields = narrowed?.grant.readableFields(`${app}/${table}`) ?? null;
  return fields === null || fields.has(path.split(".")[0] ?? path);
}

/** A record as the app sees it. */
interface JudgedRecord {
  readonly record: TouchedRecord;
  /** Whether something of it would be undone that the app may not see. */
  readonly isCut: boolean;
}

/** Null for a record of which the app knows nothing, or that it may not change. */
function judge(
  narrowed: NarrowedUndo,
  admissions: ReadonlyMap<string, Admission | null>,
  record: TouchedRecord,
): JudgedRecord | null {
  const { grant, place } = narrowed;
  const { undo } = record;
  const collection = `${record.app}/${record.table}`;
  const rule = grant.ruleOf(collection);
  const mayChange = rule.allows("write", place.space) || rule.allows("destructive", place.space);
  if (!rule.allows("read", place.space) || !mayChange) return null;
  // Of a record that is not there any more, nobody can say whether the app was ever shown it.
  if (undo.record === null) return null;
  if (!isVisible(undo.record, place.space, place.subject, admissions.get(collection) ?? null)) return null;
  const isShown = ({ path }: { readonly path: string }) => isShownField(narrowed, record, path);
  const [values, counters] = [undo.values.filter(isShown), undo.counters.filter(isShown)];
  const isCut = values.length < undo.values.length || counters.length < undo.counters.length;
  const op = undo.op === "update" && values.length === 0 ? null : undo.op;
  const conflicts = undo.conflicts.filter(isShown);
  return { record: { ...record, undo: { ...undo, op, values, counters, conflicts } }, isCut };
}

function isWhole({ undo }: TouchedRecord): boolean {
  return undo.op !== null || undo.conflicts.length > 0 || undo.obstacle !== null;
}

async function staysInWindow({ grant, place, read }: NarrowedUndo, rows: ChangedRow[]): Promise<boolean> {
  try {
    await demandWindow(grant, place, rows, read);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.refusal.reason === "grant-excluded") return false;
    throw error;
  }
}
