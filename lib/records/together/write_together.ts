// Writes of several rows, across apps: planned by a callback of the tool, sent in its order, and completed by a second call where
// an answer was lost. Contract: modules section 1, "Writes that must go together" of the catalogue.

import type { PushedTable } from "../../changes/push_changes.ts";
import { Refused } from "../../kit/errors.ts";
import type { NamedRecord } from "../../kit/refusals/partly_words.ts";
import type { RecordCall } from "../record_call.ts";
import { confirmKey } from "../write_records.ts";
import { type PlannedRow, recordKey, RowPlan } from "./row_plan.ts";
import { type PathStamps, UNFINISHED_WRITE_MS } from "./unfinished_writes.ts";

/**
 * `WriteRecords.writeTogether`. Callbacks of one space and module run one after the other, until what they planned is sent: a
 * counter is read and changed by one call at a time.
 *
 * @param rowsOf what the callback may do with the plan
 */
export async function writeTogether<R, T>(
  call: RecordCall,
  rowsOf: (plan: RowPlan, call: RecordCall) => R,
  work: (rows: R) => Promise<T>,
): Promise<T> {
  const { deps, scope } = call;
  if (call.hasPlanned) {
    // A repeated call could not tell which of the two writes it completes.
    throw new TypeError("Cannot write together twice in one call: put all rows into one callback");
  }
  call.hasPlanned = true;
  const [module = ""] = scope.actor.tool.split(".");
  return await deps.turns.take(JSON.stringify([scope.space.id, module]), scope.signal, async () => {
    const plan = new RowPlan(call, deps.unfinished.find(scope));
    try {
      const result = await planRows(call, plan, () => work(rowsOf(plan, call)));
      const rows = plan.close();
      // All rows at once: those that are written together decide about each other.
      if (call.narrowed !== null) await call.narrowed.demandWindow(rows, (id) => plan.hides(id));
      await sendRows(call, plan, rows);
      deps.unfinished.forget(scope);
      return result;
    } finally {
      plan.end();
    }
  });
}

async function planRows<T>(call: RecordCall, plan: RowPlan, work: () => Promise<T>): Promise<T> {
  call.plan = plan;
  try {
    return await work();
  } finally {
    call.plan = null;
  }
}

/** Sends batch after batch. Throws Refused `write-partly` as soon as something may be stored and something not. */
async function sendRows(call: RecordCall, plan: RowPlan, rows: readonly PlannedRow[]): Promise<void> {
  const { deps, scope } = call;
  let sent = 0;
  for (const batch of batchesOf(rows)) {
    try {
      await deps.pushBatch(scope, batch);
    } catch (error) {
      // Whatever is no refusal says nothing of what the service did.
      const isUnknown = !(error instanceof Refused) || error.refusal.reason === "write-unknown";
      if (sent === 0 && !isUnknown && plan.storedBefore.length === 0) throw error;
      const left = sent + (isUnknown ? batch.length : 0);
      deps.unfinished.keep(scope, {
        at: plan.at,
        ids: plan.ids,
        updates: new Map([...plan.updatedBefore, ...updatesOf(rows.slice(0, left))]),
      });
      throw new Refused({
        reason: "write-partly",
        stored: [...plan.storedBefore, ...rows.slice(0, sent).map(nameOf)],
        unknown: rows.slice(sent, left).map(nameOf),
        missing: rows.slice(left).map(nameOf),
        minutes: UNFINISHED_WRITE_MS / 60_000,
      }, { cause: error });
    } finally {
      for (const { table, change, seal } of batch) confirmKey(call, table, change.id, seal);
    }
    sent += batch.length;
    scope.caller.tally.addRows(batch.length);
  }
}

/** Neighbours of one app go together. */
function batchesOf(rows: readonly PlannedRow[]): PlannedRow[][] {
  const batches: PlannedRow[][] = [];
  for (const row of rows) {
    const last = batches.at(-1);
    if (last !== undefined && last[0]?.table.app === row.table.app) last.push(row);
    else batches.push([row]);
  }
  return batches;
}

function updatesOf(rows: readonly PlannedRow[]): [string, PathStamps][] {
  return rows.flatMap(({ table, change: { id, fields } }) =>
    fields === undefined
      ? []
      : [[recordKey(table, id), new Map(Object.entries(fields).map(([path, { at }]) => [path, at]))]]
  );
}

function nameOf(
  { table, change }: { readonly table: PushedTable; readonly change: { readonly id: string } },
): NamedRecord {
  return { record: table.record, id: change.id };
}
