// All approvals of a person as they stand. Whoever lists them clears those of yesterday away, the person's page as well as an app that
// asks: an app that asks day after day must not fill the person's space while nobody looks.
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { APPROVAL_KEPT_MS, MAX_CLEARED_APPROVALS } from "../kit/limits.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { OwnRecords } from "../own_records/own_records.ts";
import type { Caller } from "../people/principal.ts";
import { readStanding, type Standing } from "./standing.ts";

/** Those that can be read. Throws what `OwnRecords.list` throws. */
export async function readStandings(
  { own, clock, metrics }: {
    readonly own: OwnRecords;
    readonly clock: Clock;
    readonly metrics: Pick<Metrics, "approval">;
  },
  caller: Caller,
  signal: AbortSignal,
): Promise<Standing[]> {
  const now = clock.calendar();
  const records = await own.list(caller, "approvals", signal);
  const isOver = ({ createdAt }: { readonly createdAt: number }) => createdAt < now - APPROVAL_KEPT_MS;
  const over = records.filter(isOver).slice(0, MAX_CLEARED_APPROVALS);
  // What cannot be cleared away now is cleared away the next time.
  await Promise.all(
    over.map(async (record) => {
      try {
        await own.remove(caller, { table: "approvals", id: record.id, at: now }, signal);
      } catch (error) {
        if (error instanceof Refused) return;
        throw error;
      }
      const { no, yes, done } = await readStanding(record) ?? ANSWERED;
      if (no === null && yes === null && done === null) metrics.approval("expired");
    }),
  );
  const standings = await Promise.all(records.filter((record) => !isOver(record)).map(readStanding));
  return standings.filter((standing) => standing !== null);
}

/** What cannot be read is not counted. */
const ANSWERED = { no: 0, yes: null, done: null };
