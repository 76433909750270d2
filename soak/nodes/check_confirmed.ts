// Holds what a yes in a client's form was answered with against the log: at whichever nodes it is given, it counts once.
import type { LogRow } from "../sequential_fold.ts";
import type { Verdicts } from "../verdicts.ts";
import type { ConfirmedDeletion } from "./confirmer.ts";

const SAME = "a yes in a client's form deletes once, by the same bytes, at whichever nodes it is given";
const ONCE = "with a store a yes in a client's form counts at one node";

/**
 * @param rows of the table of the deletions, of everybody who made one
 * @param isShared whether the nodes could ask each other about a yes all the time between these two; null without a store
 */
export function checkConfirmed(
  deletions: readonly ConfirmedDeletion[],
  rows: readonly LogRow[],
  isShared: ((from: number, to: number) => boolean) | null,
  verdicts: Verdicts,
): void {
  const stored = Map.groupBy(rows.filter(({ op }) => op === "delete"), ({ id }) => id);
  for (const { client, id, from, to, told, isAlone } of deletions) {
    const there = stored.get(id) ?? [];
    const stamps = new Set(there.map(({ deletedAt }) => deletedAt));
    const done = told.filter((kind) => kind === "ok").length;
    const mayBe = done > 0 || told.includes("unknown") || told.includes("hang");
    const evidence = () => `${client} ${id}: ${stamps.size} in the log, told ${told.join(", ")}`;
    verdicts.judge(SAME, stamps.size <= 1 && (done === 0 || stamps.size === 1), evidence);
    if (!mayBe) verdicts.judge(SAME, stamps.size === 0, evidence);
    if (!isAlone && isShared?.(from, to) === true) verdicts.judge(ONCE, done <= 1, evidence);
  }
}
