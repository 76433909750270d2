// Holds an undo against the log right after it: the records of which nothing else came in meanwhile are judged, field by field.

import { wait } from "../../lib/kit/clock.ts";
import type { Person, Place } from "../people.ts";
import type { LogRow } from "../sequential_fold.ts";
import { CONTACTS, JOURNAL, NOTES, type SoakTable } from "../tables.ts";
import type { Tally } from "../tally.ts";
import { isOf, readTrueLog } from "../true_log.ts";
import type { Verdicts } from "../verdicts.ts";
import { differencesIn, faultsOfUndo, isUndo } from "./check_undo.ts";

/** Whose undo is judged. */
export interface JudgeDeps {
  /** Name of the app whose changes are taken back. */
  readonly app: string;
  readonly person: Person;
  readonly place: Place;
  readonly syncUrl: string;
  readonly verdicts: Verdicts;
  readonly deeds: Tally;
}

/** The tables in which the app writes. */
export const UNDO_TABLES = [NOTES, JOURNAL, CONTACTS] as const;

/** The rows of the person's place, by table. */
export type Snapshot = ReadonlyMap<SoakTable, readonly LogRow[]>;

/** An undo that was carried out. */
export interface Made {
  /** Names of all plans that may be carried out, in whole or in part. */
  readonly plans: ReadonlySet<string>;
  /** The stamp of what the person changed behind the page: known to have been there when the plan was made. */
  readonly edit: string | null;
}

const UNDONE = "after an undo everything is as if the app had not written, and what others wrote later stays";
const AGAIN = "an undo of an undo does it again";
/** What is looked at by undos. */
export const UNDO_CHECKS = [UNDONE, AGAIN] as const;

/** The log as it is. Throws where the service does not come back. */
export async function snapshot(deps: Pick<JudgeDeps, "syncUrl" | "person" | "place">): Promise<Snapshot> {
  for (let left = RESTART_TRIES;; left--) {
    try {
      return await readTables(deps);
    } catch (error) {
      if (left === 0) throw error;
      await wait(RESTART_PAUSE_MS);
    }
  }
}

/** A service that is being restarted is there again after this at the latest. */
const RESTART_TRIES = 20;
const RESTART_PAUSE_MS = 500;

async function readTables(
  { syncUrl, person, place }: Pick<JudgeDeps, "syncUrl" | "person" | "place">,
): Promise<Snapshot> {
  const tables = new Map<SoakTable, readonly LogRow[]>();
  for (const table of UNDO_TABLES) {
    const rows = await readTrueLog(syncUrl, person, table);
    tables.set(table, rows.filter((row) => isOf(row, person, place)));
  }
  return tables;
}

/** Judges an undo of everything by the app. `before` is older than all that can still have been on its way when it was planned. */
export function judgeUndo(
  deps: JudgeDeps,
  { before, after, plans, edit }: Made & { readonly before: Snapshot; readonly after: Snapshot },
): void {
  const { verdicts, deeds, app } = deps;
  const isPlans = (row: LogRow) => isUndo(row) && plans.has(row.actor?.rationale ?? "");
  for (const [table, rows] of after) {
    const known = new Set(before.get(table)?.map(({ eventId }) => eventId));
    const isSettled = (row: LogRow) =>
      known.has(row.eventId) || isPlans(row) || (edit !== null && row.fields?.[table.text]?.at === edit);
    for (const [id, log] of Map.groupBy(rows, ({ id }) => id)) {
      const undo = log.filter(isPlans);
      const rest = log.filter((row) => !isPlans(row));
      if (undo.length > 0 && !rest.some(isOfApp(app))) {
        verdicts.fail(UNDONE, `${table.name} ${id} was changed, and ${app} had written nothing of it`);
      }
      if (!rest.some(isOfApp(app))) continue;
      const faults = log.every(isSettled) ? faultsOfUndo({ log: rest, undo, isChosen: isOfApp(app) }) : null;
      deeds.add(faults === null ? "record of an undo, not to be judged" : "record of an undo, judged");
      if (faults === null) continue;
      verdicts.judge(
        UNDONE,
        faults.length === 0,
        () => `${app}: ${table.name} ${id} after ${[...plans]}: ${faults.join(", ")}; ${storyOf(log)}`,
      );
    }
  }
}

/** Judges an undo of an undo: everything that the first wrote is as it was before both. */
export function judgeRedo(
  deps: JudgeDeps,
  { before, plans, again, end }: {
    readonly before: Snapshot;
    readonly plans: ReadonlySet<string>;
    readonly again: ReadonlySet<string>;
    readonly end: Snapshot;
  },
): void {
  for (const [table, rows] of end) {
    const early = new Set(before.get(table)?.map(({ eventId }) => eventId));
    const isBy = (row: LogRow, names: ReadonlySet<string>) =>
      isUndo(row) && names.has(row.actor?.rationale ?? "");
    for (const [id, log] of Map.groupBy(rows, ({ id }) => id)) {
      const undo = log.filter((row) => isBy(row, plans));
      const isSettled = (row: LogRow) => early.has(row.eventId) || isBy(row, plans) || isBy(row, again);
      if (undo.length === 0 || !log.every(isSettled)) continue;
      const first = log.filter((row) => early.has(row.eventId));
      const differing = differencesIn(undo, first, log);
      deps.verdicts.judge(
        AGAIN,
        differing.length === 0,
        () =>
          `${deps.app}: ${table.name} ${id} after ${[...plans]}: ${differing.join(", ")}; ${storyOf(log)}`,
      );
    }
  }
}

/** Whether a row is proved to be of the app: one that was written without a key names no pseudonym. */
function isOfApp(app: string): (row: LogRow) => boolean {
  return ({ actor }) => actor?.displayName === app && actor.principalId?.startsWith("mana-mcp:app:") === true;
}

/** The log of a record for the evidence: kinds, writers, names of fields and stamps. */
function storyOf(log: readonly LogRow[]): string {
  return log.map(({ op, actor, fields, data, deletedAt }) => {
    const stamps = Object.entries(fields ?? {}).map(([name, { at }]) => `${name}@${at.slice(11)}`);
    const at = deletedAt ?? data?.updatedAt ?? data?.createdAt ?? "";
    return `${actor?.displayName ?? "device"} ${op} ${String(at).slice(11)} ${stamps.join(" ")}`;
  }).join(" | ");
}
