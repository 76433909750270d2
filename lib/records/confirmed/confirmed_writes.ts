// The writes of a call that the person has said yes to in a form, where that yes could come again at another gateway: ids and stamps
// follow from the question, so that a repeated yes stores no second record and never wins over what was written after the first one.
import { hash } from "node:crypto";
import type { ChangedRow, RecordChange } from "../../changes/push_changes.ts";
import { nextStamp, toStamp } from "../../changes/stamp.ts";
import { Refused } from "../../kit/errors.ts";
import type { CallScope } from "../../spaces/call_scope.ts";
import type { RecordCallDeps } from "../record_call.ts";
import { recordKey } from "../together/row_plan.ts";

/**
 * What stands for the store's clock, ids and push in one confirmed call, whose contexts share it. A push is refused with the rule
 * `confirmation-outdated` where it would win over something that is newer than the question, or store a record a second time.
 */
export function confirmedWrites(
  lent: RecordCallDeps,
  write: ConfirmedWrite,
): (scope: CallScope) => RecordCallDeps {
  const stamps = { at: toStamp(write.at), ahead: toStamp(write.aheadAt) };
  const state: State = { lent, write, stamps, made: new Set(), written: new Set() };
  const clock = { ...lent.clock, calendar: () => write.at };
  const newId = () => {
    const id = confirmedId(write.nonce, state.made.size);
    state.made.add(id);
    return id;
  };
  return (scope) => ({
    ...lent,
    clock,
    planClock: clock.calendar,
    newId,
    async push(author, table, change) {
      await demandFirst(state, scope, [{ table, change }]);
      await lent.push(author, table, change);
    },
    async pushBatch(author, rows) {
      await demandFirst(state, scope, rows);
      await lent.pushBatch(author, rows);
    },
  });
}

/** What the writes of a confirmed call follow from. */
export interface ConfirmedWrite {
  /** Of the question; no two questions have the same. */
  readonly nonce: string;
  /** The time of the stamps, in milliseconds since 1970. */
  readonly at: number;
  /** The time of the stamps of fields that a device whose clock runs ahead had written when the person was asked; else `at`. */
  readonly aheadAt: number;
}

interface State {
  readonly lent: RecordCallDeps;
  readonly write: ConfirmedWrite;
  /** `write.at` and `write.aheadAt` as stamps. */
  readonly stamps: { readonly at: string; readonly ahead: string };
  /** Ids that the call has made. */
  readonly made: Set<string>;
  /** Records that the call has written; it may write them again. */
  readonly written: Set<string>;
}

/** The attack: a yes that was used is sent to a gateway that has not seen it, after the person has changed or restored the record. */
async function demandFirst(state: State, scope: CallScope, rows: readonly ChangedRow[]): Promise<void> {
  for (const row of rows) {
    const key = recordKey(row.table, row.change.id);
    if (state.written.has(key)) continue;
    const isLate = row.change.op === "insert"
      ? state.made.has(row.change.id) && await isStored(state, scope, row)
      : writtenStamps(row.change).some((stamp) => isNewer(state, stamp));
    if (isLate) throw outdated(state.written.size > 0);
  }
  for (const { table, change } of rows) state.written.add(recordKey(table, change.id));
}

async function isStored(
  { lent }: State,
  { caller, membershipVersion, settling = null, signal }: CallScope,
  { table, change }: ChangedRow,
): Promise<boolean> {
  const reader = { caller, membershipVersion, settling, signal, isStrict: true };
  return (await lent.changes.read(reader, table.app, table.name)).records.has(change.id);
}

/** Whether a stamp had to be made later than those of the question, to win over what was written since. */
function isNewer({ stamps, write }: State, stamp: string): boolean {
  return stamp > stamps.at && stamp !== stamps.ahead && !isEndOfTime(write.at, stamp);
}

/** Stamps by which a change wins or loses. `updatedAt` only says when anything of the record was written last. */
export function writtenStamps({ deletedAt, fields = {} }: RecordChange): string[] {
  const stamps = Object.entries(fields).filter(([path]) => path !== "updatedAt").map(([, { at }]) => at);
  return deletedAt === undefined ? stamps : [...stamps, deletedAt];
}

/** No time follows such a stamp, so it cannot tell what was written before and what after. */
function isEndOfTime(at: number, stamp: string): boolean {
  return nextStamp(at, stamp) === stamp;
}

function outdated(hasWritten: boolean): Refused {
  return new Refused({
    reason: "policy-denied",
    rule: "confirmation-outdated",
    advice: `this has changed since the person was asked, or their answer was used already. ${
      hasWritten ? "A part may be changed: look first." : "Nothing was changed."
    } Call the tool again to ask the person anew.`,
  });
}

/** A UUID (version 4 by its form) that follows from the question, as unlikely to be another record's as a random one. */
function confirmedId(nonce: string, count: number): string {
  const hex = hash("sha256", `mana-mcp confirmed id\0${nonce}\0${count}`, "hex");
  const variant = (Number.parseInt(hex.slice(16, 17), 16) & 3 | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${
    hex.slice(20, 32)
  }`;
}
