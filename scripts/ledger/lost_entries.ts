// Which entries a crash may have lost. A gateway notes a call up to a quarter of a second after its answer, and a kill loses that much,
// always at the open end of a chain: no data is pushed before its chain has a row. What no crash and no gap explains was removed. Pure.
import { CALL_SPAN_MS } from "../../lib/history/reading/call_groups.ts";
import type { OpenedChain } from "./open_chains.ts";

/**
 * So long after its last row an open chain explains calls without entries: far longer than a call waits in memory for its row. Otherwise
 * one crash would explain whatever is removed in all the years after it.
 */
export const OPEN_END_MS = 24 * 60 * 60_000;

/** A call that changed data and has no entry. */
export interface CallWithoutEntry {
  /** When it changed the data, in milliseconds since 1970. */
  readonly at: number;
}

/** Those of the calls whose entries may be lost without anybody's doing. */
export function lostEntries<Call extends CallWithoutEntry>(
  opened: readonly OpenedChain[],
  calls: readonly Call[],
): ReadonlySet<Call> {
  const lost = new Set<Call>();
  const openEnds = opened.flatMap(({ open }) => isEnded(open) ? [] : [endOf(open)]);
  const left = calls.filter((call) => {
    // A change may be stamped as long before its entry as an approval waits.
    if (!openEnds.some((end) => call.at >= end - CALL_SPAN_MS && call.at <= end + OPEN_END_MS)) return true;
    lost.add(call);
    return false;
  }).sort((a, b) => a.at - b.at);
  for (const call of inGaps(opened, left)) lost.add(call);
  return lost;
}

/** As many calls as gaps tell, of those before each gap. */
function inGaps<Call extends CallWithoutEntry>(
  opened: readonly OpenedChain[],
  calls: readonly Call[],
): Call[] {
  const gaps = opened.flatMap(({ open }) =>
    open.flatMap(({ said }) => said?.gap === undefined ? [] : [{ at: said.at, count: said.gap }])
  ).sort((a, b) => a.at - b.at);
  const left = [...calls];
  return gaps.flatMap(({ at, count }) => {
    const before = left.filter((call) => call.at <= at).length;
    return left.splice(Math.max(0, before - count), Math.min(before, count));
  });
}

function isEnded(open: OpenedChain["open"]): boolean {
  return open.length === 0 || open.some(({ said }) => said?.end === true);
}

/** When its last row was made. */
function endOf(open: OpenedChain["open"]): number {
  return open.reduce((end, { said }) => Math.max(end, said?.at ?? -Infinity), -Infinity);
}
