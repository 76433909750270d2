// When a call that waits for the person would write: known from a run that stores nothing.
import type { ChangedRow } from "../../changes/push_changes.ts";
import type { AskedCall } from "./asked_call.ts";

/**
 * The latest stamp of what the call would write now, in milliseconds since 1970, and `now` at least. Devices whose clock runs ahead
 * have stamps in the future, which the person's yes has to win over. Throws what the tool throws.
 */
export async function writeTime({ tool, args, collecting }: AskedCall, now: number): Promise<number> {
  const rows: ChangedRow[] = [];
  await tool.call(args, collecting(rows));
  let latest = now;
  for (const { change: { deletedAt = "", fields = {} } } of rows) {
    for (const stamp of [deletedAt, ...Object.values(fields).map(({ at }) => at)]) {
      const ms = Date.parse(stamp);
      if (ms > latest) latest = ms;
    }
  }
  return latest;
}
