// Carries out what the person said yes to: the yes first, then the changes with the stamps that follow from it. Whoever comes to the
// same yes again, at whichever gateway, stores the same bytes.
import type { ChangeAuthor, ChangedRow } from "../changes/push_changes.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import type { OwnRecords } from "../own_records/own_records.ts";
import type { Caller } from "../people/principal.ts";
import type { RecordStore } from "../records/record_store.ts";
import { rowsOf, type Yes } from "./ask.ts";
import type { SeenApproval } from "./shown_approval.ts";
import { madeRecords, shownStamps, stampedRows } from "./targets.ts";
import { recordKey } from "../records/together/row_plan.ts";

/** Writes the yes, stores the changes, and notes that they are stored. Throws what pushing throws as long as nothing is stored. */
export async function carryOut(
  deps: CarryingDeps,
  caller: Caller,
  seen: SeenApproval,
  shown: number,
  signal: AbortSignal,
): Promise<SeenApproval> {
  const { standing } = seen;
  const { id, ask, askHash } = standing;
  const targets = seen.targets ?? [];
  const rows = rowsOf(ask);
  // A yes that is there counts, and not the newer click, as long as it is about what is there: so both store the same bytes.
  const isSame = standing.yes !== null && (seen.status === "unknown" || standing.yes.diff === seen.diff);
  const yes: Yes = isSame && standing.yes !== null ? standing.yes : {
    ask: askHash,
    diff: seen.diff,
    shownAt: Math.min(shown, deps.clock.calendar()),
    stamps: shownStamps(rows, targets),
  };
  if (!isSame) {
    const at = deps.clock.calendar();
    const fields = { yes: JSON.stringify(yes) };
    await deps.own.write(caller, { table: "approvals", id, isNew: false, at, fields }, signal);
  }
  const { tool, clientName, callId, isRelaying, appKey } = ask;
  const actor = { tool, clientName, callId, isRelaying, appKey };
  // A record that is gone is left alone: a change of it would make the beginning of a record. A tool may also make and delete one.
  const made = madeRecords(rows);
  const left = stampedRows(rows, yes).filter((row, index) =>
    targets[index]?.record !== null || made.has(recordKey(row.table, row.change.id))
  );
  const answered = { ...standing, yes };
  if (!await pushAll(deps, { caller, actor, signal }, left)) {
    return { ...seen, status: "unknown", standing: answered };
  }
  return await noteDone(deps, caller, { ...seen, standing: answered }, signal);
}

/**
 * Notes that everything is stored. The changes themselves say it to the page, so that a lost note changes nothing there; the app cannot
 * tell by them, and is told by the note alone.
 */
export async function noteDone(
  { own, clock }: Pick<CarryingDeps, "own" | "clock">,
  caller: Caller,
  seen: SeenApproval,
  signal: AbortSignal,
): Promise<SeenApproval> {
  const { id, askHash } = seen.standing;
  const done = clock.calendar();
  const fields = { outcome: JSON.stringify({ ask: askHash, status: "done", at: done }) };
  await own.write(caller, { table: "approvals", id, isNew: false, at: done, fields }, signal)
    .catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  return { ...seen, status: "done", standing: { ...seen.standing, done } };
}

/** Dependencies of {@link carryOut}. */
export interface CarryingDeps {
  readonly own: OwnRecords;
  readonly store: Pick<RecordStore, "pushBatch">;
  readonly clock: Clock;
}

/** Stores the rows, neighbours of one app together. False where a part may be stored and another not. */
async function pushAll(
  { store }: CarryingDeps,
  author: ChangeAuthor,
  rows: readonly ChangedRow[],
): Promise<boolean> {
  let sent = 0;
  while (sent < rows.length) {
    const app = rows[sent]?.table.app;
    const end = rows.findIndex((row, index) => index > sent && row.table.app !== app);
    const batch = rows.slice(sent, end === -1 ? rows.length : end);
    try {
      await store.pushBatch(author, batch);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (sent === 0 && error.refusal.reason !== "write-unknown") throw error;
      return false;
    }
    sent += batch.length;
  }
  return true;
}
