// The records that an ask would change, as they are now: whether they are as the person was shown them, and whether the changes are
// stored already.
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import { type LiveRecord, storedRecord } from "../changes/live_records.ts";
import type { ChangedRow, RecordChange } from "../changes/push_changes.ts";
import { nextStamp } from "../changes/stamp.ts";
import type { ChangeReader } from "../changes/refresh_state.ts";
import { hashText } from "./hash_text.ts";
import { recordKey } from "../records/together/row_plan.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Standing } from "./standing.ts";
import type { Yes } from "./ask.ts";

/** A record that is to be changed, as it is now. */
export interface Target {
  /** Null where there is no such record in the space, or no longer. */
  readonly record: LiveRecord | null;
  readonly isDeleted: boolean;
  /** Differs as soon as anything is written into the record. */
  readonly fingerprint: string;
}

/** The present state of each changed record, in the order of `rows`. Pulls each table. Throws what `ChangeCache.read` throws. */
export async function readTargets(
  changes: Pick<RecordStore["changes"], "read">,
  reader: ChangeReader,
  space: ActiveSpace,
  rows: readonly ChangedRow[],
): Promise<Target[]> {
  const tables = new Map<string, Promise<FoldedTable>>();
  for (const { table: { app, name } } of rows) {
    const key = `${app}/${name}`;
    if (!tables.has(key)) tables.set(key, changes.read({ ...reader, isStrict: true }, app, name));
  }
  await Promise.all(tables.values());
  return await Promise.all(rows.map(async ({ table: { app, name }, change: { id } }) => {
    const table = await tables.get(`${app}/${name}`);
    const stored = table === undefined ? null : storedRecord(table, id, space);
    return {
      record: stored?.record ?? null,
      isDeleted: stored?.isDeleted ?? false,
      fingerprint: await fingerprintOf(stored?.record ?? null),
    };
  }));
}

/** The records that the changes make, by `recordKey`. */
export function madeRecords(rows: readonly ChangedRow[]): ReadonlyMap<string, RecordChange> {
  return new Map(
    rows.filter(({ change: { op } }) => op === "insert").map((
      { table, change },
    ) => [recordKey(table, change.id), change]),
  );
}

/** By what a decision names that which was shown: the ask, and the state of each record that it would change. */
export function diffOf({ askHash }: Pick<Standing, "askHash">, targets: readonly Target[]): Promise<string> {
  return hashText(JSON.stringify([askHash, targets.map(({ fingerprint }) => fingerprint)]));
}

/** The stamps of the paths that each change writes, as they are now. Together with `shownAt` they make the stamps of the changes. */
export function shownStamps(rows: readonly ChangedRow[], targets: readonly Target[]): Yes["stamps"] {
  return rows.map(({ change }, index) => {
    const record = targets[index]?.record ?? null;
    const shown: Record<string, string> = {};
    for (const path of writtenPaths(change)) {
      const stamp = record?.stampAt(path);
      if (stamp !== undefined) shown[path] = stamp;
    }
    return shown;
  });
}

/**
 * The changes as they are stored for a yes. Each stamp follows from the yes alone: a second click, another gateway and a repeated push
 * write the same bytes, an edit that was made after the page was shown wins, and a device whose clock runs ahead does not make the page
 * lie. An insert keeps its own stamps: nothing is there that it could lose against.
 */
export function stampedRows(rows: readonly ChangedRow[], { shownAt, stamps }: Yes): ChangedRow[] {
  return rows.map(({ table, change }, index) => {
    const shown = new Map(Object.entries(stamps[index] ?? {}));
    const stampOf = (path: string) => nextStamp(shownAt, shown.get(path));
    const { fields } = change;
    return {
      table,
      change: {
        ...change,
        ...(change.deletedAt === undefined ? {} : { deletedAt: stampOf("deletedAt") }),
        ...(fields === undefined ? {} : {
          fields: Object.fromEntries(
            Object.entries(fields).map(([path, { value }]) => {
              const stamp = stampOf(path);
              return [path, { value, at: stamp, updatedAt: stamp }];
            }),
          ),
        }),
      },
    };
  });
}

/** How much of an approved change is stored: nothing of it, a part, or all that later writers have left of it. */
export type Stored = "none" | "part" | "all";

/** How much is stored of the changes, as {@link stampedRows} gives them. */
export function howMuchIsStored(rows: readonly ChangedRow[], targets: readonly Target[]): Stored {
  const found = rows.map(({ change }, index) => isStored(change, targets[index]));
  if (found.every((stored) => stored !== "no")) return "all";
  return found.some((stored) => stored === "yes") ? "part" : "none";
}

/** `over`: not to be told from a record that somebody wrote over since, so storing it anew would change nothing. */
function isStored(change: RecordChange, target: Target | undefined): "yes" | "over" | "no" {
  const record = target?.record ?? null;
  if (change.op === "insert") return record === null ? "no" : "yes";
  // A change of a record that is gone: there is nothing to be changed any more.
  if (record === null) return "over";
  const stamps = record.stamps();
  let isOurs = false;
  for (const [path, stamp] of writtenStamps(change)) {
    const newest = stamps.get(path);
    if (newest === undefined || newest < stamp) return "no";
    if (newest === stamp) isOurs = true;
  }
  return isOurs ? "yes" : "over";
}

function writtenStamps({ fields, deletedAt }: RecordChange): (readonly [string, string])[] {
  return [
    ...Object.entries(fields ?? {}).map(([path, { at }]) => [path, at] as const),
    ...(deletedAt === undefined ? [] : [["deletedAt", deletedAt] as const]),
  ];
}

function writtenPaths(change: RecordChange): string[] {
  return writtenStamps(change).map(([path]) => path);
}

async function fingerprintOf(record: LiveRecord | null): Promise<string> {
  if (record === null) return "";
  return await hashText(
    JSON.stringify([record.storedAs, ...[...record.stamps()].sort(([one], [other]) => one < other ? -1 : 1)]),
  );
}
