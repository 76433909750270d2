// Which entries a crash may have lost. A gateway notes a call up to a quarter of a second after its answer, and a kill loses that much:
// at the open end of a chain, or of a chain that has no row yet. What no crash and no gap explains was removed. Pure.
import { CALL_SPAN_MS } from "../../lib/history/reading/call_groups.ts";
import type { OpenedChain } from "./open_chains.ts";

/** A process lives no longer than this without a row, once there is something to note: then it was not killed at its first call. */
export const FIRST_ROW_MS = 10_000;

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
  const openEnds = opened.flatMap(({ open }) => isEnded(open) ? [] : [spanOf(open).until]);
  const left = calls.filter((call) => {
    // A change may be stamped as long before its entry as an approval waits.
    if (!openEnds.some((end) => call.at >= end - CALL_SPAN_MS && call.at <= end + OPEN_END_MS)) return true;
    lost.add(call);
    return false;
  }).sort((a, b) => a.at - b.at);
  for (const call of inGaps(opened, left)) lost.add(call);
  for (const call of beforeFirstRow(opened, left.filter((call) => !lost.has(call)))) lost.add(call);
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

/** Calls at a time when no chain was written, that a process made which died before its first row. */
function beforeFirstRow<Call extends CallWithoutEntry>(
  opened: readonly OpenedChain[],
  calls: readonly Call[],
): Call[] {
  const spans = opened.filter(({ open }) => open.length > 0).map(({ open }) => spanOf(open));
  const between = Map.groupBy(calls, ({ at }) => {
    if (spans.some(({ from, until }) => from <= at && at <= until)) return null;
    return spans.filter(({ from }) => from > at).length;
  });
  return [...between].flatMap(([place, some]) => {
    const [first, last] = [some[0]?.at ?? 0, some.at(-1)?.at ?? 0];
    return place === null || last - first > FIRST_ROW_MS ? [] : some;
  });
}

function isEnded(open: OpenedChain["open"]): boolean {
  return open.length === 0 || open.some(({ said }) => said?.end === true);
}

/** From its first call to its last row. */
function spanOf(open: OpenedChain["open"]): { readonly from: number; readonly until: number } {
  let [from, until] = [Infinity, -Infinity];
  for (const { said } of open) {
    if (said === null) continue;
    until = Math.max(until, said.at);
    from = Math.min(from, said.at, ...said.entries.map(({ at }) => at));
  }
  return { from, until };
}
