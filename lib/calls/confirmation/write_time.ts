// When a call that waits for the person would write: known from a run that stores nothing.
import type { ChangedRow, RecordChange } from "../../changes/push_changes.ts";
import { nextStamp } from "../../changes/stamp.ts";
import type { Clock } from "../../kit/clock.ts";
import { writtenStamps } from "../../records/confirmed/confirmed_writes.ts";
import type { AskedCall } from "./asked_call.ts";

/**
 * The times of the stamps that the call would give now. A device whose clock runs ahead has stamps in the future, which the person's
 * yes has to win over: then `aheadAt` is just after them, for the fields that the device wrote, and `at` for all others. Where devices
 * have written at several such times, everything is written at the last of them. Throws what the tool throws.
 */
export async function writeTimes(
  { tool, args, collecting }: AskedCall,
  clock: Pick<Clock, "calendar">,
): Promise<WriteTimes> {
  const rows: ChangedRow[] = [];
  await tool.call(args, collecting(rows));
  const now = clock.calendar();
  const ahead = new Set(rows.flatMap(({ change }) => timesAfter(now, change)));
  const last = Math.max(now, ...ahead);
  return { at: ahead.size > 1 ? last : now, aheadAt: last };
}

/** The times of a confirmed call's stamps, in milliseconds since 1970. */
export interface WriteTimes {
  readonly at: number;
  readonly aheadAt: number;
}

function timesAfter(now: number, change: RecordChange): number[] {
  return writtenStamps(change).filter((stamp) => nextStamp(now, stamp) !== stamp).map((stamp) =>
    Date.parse(stamp)
  ).filter((ms) => ms > now);
}
