// An approval with the records as they are now: where it stands follows from these and from what is stored of the approval itself.
import type { ChangedRow } from "../changes/push_changes.ts";
import type { Clock } from "../kit/clock.ts";
import type { Caller } from "../people/principal.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { ResolvedSpace, Spaces } from "../spaces/spaces.ts";
import { rowsOf } from "./ask.ts";
import type { ApprovalStatus, SeenApproval } from "./shown_approval.ts";
import { isOpen, type Standing } from "./standing.ts";
import { diffOf, howMuchIsStored, readTargets, stampedRows, type Target } from "./targets.ts";

/** An approval as it is now, and its space as the person has it. */
export interface Looked {
  readonly seen: SeenApproval;
  readonly resolved: ResolvedSpace;
}

/** The approval with the records as they are now. */
/** Reads everything anew. Throws what `Spaces.resolve` and `ChangeCache.read` throw. */
export async function lookAt(
  { spaces, store, clock }: LookDeps,
  caller: Caller,
  standing: Standing,
  signal: AbortSignal,
): Promise<Looked> {
  const { ask } = standing;
  const resolved = await spaces.resolve(caller, ask.space);
  const { choice, directory, membershipVersion, settling } = resolved;
  const rows = rowsOf(ask);
  const targets = choice.ok
    ? await readTargets(store.changes, { caller, membershipVersion, signal, settling }, choice.space, rows)
    : null;
  const name = directory.spaces.find(({ id }) => id === ask.space)?.name;
  const seen = {
    standing,
    status: statusOf(standing, rows, targets, clock.calendar()),
    space: {
      id: ask.space,
      name: name ?? null,
      kind: choice.ok && choice.space.kind === "shared" ? "shared" as const : "personal" as const,
    },
    targets,
    hasChanged: targets !== null &&
      targets.some(({ fingerprint }, index) => fingerprint !== ask.fingerprints[index]),
    diff: await diffOf(standing, targets ?? []),
  };
  return { seen, resolved };
}

/** What {@link lookAt} reads. */
export interface LookDeps {
  readonly store: Pick<RecordStore, "changes">;
  readonly spaces: Pick<Spaces, "resolve">;
  readonly clock: Clock;
}

function statusOf(
  standing: Standing,
  rows: readonly ChangedRow[],
  targets: readonly Target[] | null,
  now: number,
): ApprovalStatus {
  const { ask, no, yes, done } = standing;
  if (done !== null) return "done";
  if (yes !== null && targets !== null) {
    const stored = howMuchIsStored(stampedRows(rows, yes), targets);
    if (stored === "all") return "done";
    // Half of a change is completed even after its time: what is stored of it cannot be taken back by waiting.
    if (stored === "part" && no === null) return "unknown";
  }
  if (no !== null) return "declined";
  if (!isOpen(standing, now)) return "expired";
  const isGone = (target: Target) => target.record === null || target.isDeleted;
  const isMoot = targets !== null && ask.changes.every(({ change: { op } }, index) => {
    const target = targets[index];
    return op !== "insert" && target !== undefined && isGone(target);
  });
  return isMoot ? "changed" : "open";
}
