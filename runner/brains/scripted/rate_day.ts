// What a scripted persona thinks of the modules that it used. Ratings are earned: five, less what went wrong; the notes say what. Fixed words
// and counts only: notes go into a table that administrators read.
import type { Called, OfferedTool, Rating, Turn } from "../../brain/brain.ts";
import { STAND_INS } from "../../behaviours/mix.ts";

/** One rating for each module that the day used. `absent` are modules of the mix that others stood in for. */
export function rateDay(
  turns: readonly Turn[],
  tools: readonly OfferedTool[],
  absent: readonly string[],
): readonly Rating[] {
  const moduleOf = new Map(tools.map(({ name, module }) => [name, module]));
  const used = new Map<string, Called[]>();
  for (const called of turns.flatMap(({ calls }) => calls)) {
    const module = moduleOf.get(called.wish.tool);
    if (module !== undefined) used.set(module, [...used.get(module) ?? [], called]);
  }
  return [...used].map(([module, calls]) => rateModule(module, calls, absent));
}

/** Slower than this, for one call in twenty, costs a point. */
export const SLOW_MS = 1_000;

function rateModule(module: string, calls: readonly Called[], absent: readonly string[]): Rating {
  const refusals = calls.filter(isUnprovoked).length;
  const failed =
    calls.filter(({ outcome, wish }) => outcome.result === "failed" && wish.mischief === undefined).length;
  const checks = calls.reduce((sum, { violations }) => sum + violations.length, 0);
  const isSlow = p95(calls.map(({ outcome }) => outcome.latencyMs)) > SLOW_MS;
  const lost = refusals + failed + checks + (isSlow ? 1 : 0);
  const notes = [
    counted(refusals, "refusal that nothing provoked", "refusals that nothing provoked"),
    counted(failed, "call without a proper answer", "calls without a proper answer"),
    counted(checks, "check that failed", "checks that failed"),
    ...(isSlow ? ["slow: one call in twenty took more than a second"] : []),
  ].filter((note) => note !== "");
  const stoodIn = STAND_INS.includes(module) && absent.length > 0
    ? ` Stood in for what is not offered: ${absent.join(", ")}.`
    : "";
  const summary = notes.length === 0
    ? `${calls.length} ${calls.length === 1 ? "call" : "calls"}, nothing to complain of`
    : notes.join("; ");
  return { module, rating: Math.max(1, 5 - lost), notes: `${summary}.${stoodIn}`.slice(0, 1000) };
}

/** A refusal of a call that asked for none: nothing was wrong on purpose, and nobody said no. */
function isUnprovoked({ wish, outcome }: Called): boolean {
  if (outcome.result !== "refused" || wish.mischief !== undefined) return false;
  if (wish.expects !== undefined && wish.expects.result !== "ok") return false;
  return outcome.code === null || !SAID_NO.includes(outcome.code);
}

/** What the person's own answer, or its absence, leads to; and what waits for the person's page. */
const SAID_NO: readonly string[] = [
  "confirmation-declined",
  "confirmation-cancelled",
  "asked",
  "approval-needed",
];

function counted(count: number, one: string, many: string): string {
  return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}

/** The latency that 95 of 100 calls do not exceed; 0 of none. */
export function p95(latencies: readonly number[]): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}
