// Stores what a plan does. Each change stands under the plan's name and has its stamps from the log, so that a part whose answer was
// lost is stored once more without harm, by any node.

import type { BatchPush, ChangedRow } from "../changes/push_changes.ts";
import { Refused } from "../kit/errors.ts";
import { UNDO_BATCH_CHANGES } from "../kit/limits.ts";
import type { TableNames } from "../history/table_names.ts";
import type { Caller } from "../people/principal.ts";
import type { CallActor } from "../spaces/call_scope.ts";
import type { TouchedRecord } from "./join_parts.ts";
import { undoChanges } from "./undo_changes.ts";
import { UNDO_TOOL } from "./undo_selection.ts";
import { callOfPlan, type UndoPlan } from "./undo_plan.ts";

/** The changes of a plan, in the order in which they are stored: app by app. */
export function changesOfPlan({ records, at }: UndoPlan, names: Pick<TableNames, "of">): ChangedRow[] {
  return rowsOf(records, at, names);
}

/** The changes that undo records. */
export function rowsOf(
  records: readonly TouchedRecord[],
  at: number,
  names: Pick<TableNames, "of">,
): ChangedRow[] {
  return records.flatMap(({ app, table, undo }) => {
    const { record } = names.of(app, table);
    return undoChanges(undo, at).map((change) => ({ table: { app, name: table, record }, change }));
  });
}

/** Who carries out a plan: the person on their page, or an app. */
export function actorOfPlan(plan: UndoPlan, by: "person" | "undo", clientName: string): CallActor {
  return { tool: UNDO_TOOL, clientName, callId: callOfPlan(plan), by, rationale: plan.plan };
}

/**
 * Stores the changes of a plan, in batches of one app. `unknown`: some of it may be stored, and the same plan completes it. Throws what
 * `SyncClient.push` throws where nothing can have been stored.
 */
export async function carryOutPlan(
  push: BatchPush,
  rows: readonly ChangedRow[],
  author: { readonly caller: Caller; readonly actor: CallActor; readonly signal: AbortSignal },
): Promise<"done" | "unknown"> {
  let isAnyStored = false;
  for (const batch of batchesOf(rows)) {
    try {
      await push(author, batch);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (isAnyStored || error.refusal.reason === "write-unknown") return "unknown";
      throw error;
    }
    isAnyStored = true;
    author.caller.tally.addRows(batch.length);
  }
  return "done";
}

function batchesOf(rows: readonly ChangedRow[]): ChangedRow[][] {
  const batches: ChangedRow[][] = [];
  for (const row of rows) {
    const last = batches.at(-1);
    const isFitting = last !== undefined && last[0]?.table.app === row.table.app &&
      last.length < UNDO_BATCH_CHANGES;
    if (isFitting) last.push(row);
    else batches.push([row]);
  }
  return batches;
}
