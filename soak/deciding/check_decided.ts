// Holds at the end what people decided against the whole log.
import type { History } from "../history.ts";
import type { LogRow } from "../sequential_fold.ts";
import { JOURNAL, type SoakTable } from "../tables.ts";
import type { Verdicts } from "../verdicts.ts";
import { checkRequests } from "./check_requests.ts";
import { isUndo } from "./check_undo.ts";

/** Looks at every request, and at every plan that was refused. */
export function checkDecided(
  { requests, refusedPlans }: Pick<History, "requests" | "refusedPlans">,
  logs: readonly { readonly table: SoakTable; readonly rows: readonly LogRow[] }[],
  verdicts: Verdicts,
): void {
  const journal = logs.filter(({ table }) => table === JOURNAL).flatMap(({ rows }) => rows);
  checkRequests(requests, journal, verdicts);
  const undone = new Set(
    logs.flatMap(({ rows }) => rows).filter(isUndo).map(({ actor }) => actor?.rationale ?? ""),
  );
  for (const plan of refusedPlans) {
    verdicts.judge("a plan that is not true any more changes nothing", !undone.has(plan), () => plan);
  }
}
