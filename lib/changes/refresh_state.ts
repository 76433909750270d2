// Brings the state of one table up to date: pull what is new, or build the state anew when it is too old, when it may lack
// records, or when the service shows an older change log (put back from a backup). Contract: sync sections 6 and 11.17.

import type { Clock } from "../kit/clock.ts";
import { MEMBERSHIP_SETTLE_MS } from "../kit/limits.ts";
import type { Caller } from "../people/principal.ts";
import type { SettlingSpace } from "../spaces/settling_spaces.ts";
import { findAnchor, isAnchorDue } from "./change_log_anchor.ts";
import { pullChanges, type PullDeps, type PullTarget } from "./pull_changes.ts";
import { createPullState, type PullState } from "./pull_state.ts";

/** A state is built anew after this long: rows skipped by a failed membership lookup come back (sync section 6). */
export const FOLD_MAX_AGE_MS = 60 * 60_000;

/**
 * Refreshes `holder.state`, which is replaced only when the new one is complete. Two refreshes of one holder must not run at
 * the same time. Throws what {@link pullChanges} throws.
 *
 * @param isWhole whether the log is to be pulled from its start, whatever the state has
 * @param onResized called when the size of the state, or of the one that is to replace it, has changed; what it throws ends
 * the refresh
 */
export async function refreshState(
  deps: PullDeps,
  holder: { state: PullState },
  target: PullTarget,
  isWhole: boolean,
  onResized: (state: PullState) => void,
): Promise<void> {
  const { state } = holder;
  const { anchor, isAnchorShown, position } = state;
  if (position !== null && (isWhole || deps.clock.elapsed() - state.builtAt >= state.maxAgeMs)) {
    return await rebuild(deps, holder, target, onResized, FOLD_MAX_AGE_MS);
  }
  // A due check runs beside the pull, so that the read does not wait for it.
  const early = anchor !== null && isAnchorDue(anchor, deps.clock) ? findAnchor(deps, anchor, target) : null;
  const outcome = await pullChanges(deps, state, target, () => onResized(state));
  state.isAnchorShown = position !== null && (outcome === "shown" || state.anchor !== anchor);
  // Shown by the last pull and not by this one: the anchor is older than the overlap by now, or it is gone.
  const isDoubtful = outcome === "missing" || (outcome === "silent" && isAnchorShown);
  const look = early ?? (anchor !== null && isDoubtful ? findAnchor(deps, anchor, target) : null);
  const found = look === null ? anchor : await look;
  if (outcome === "older" || (anchor !== null && found === null)) {
    // The service's knowledge of memberships may be as old as its log, and what it leaves out now lies before the position then.
    await rebuild(deps, holder, target, onResized, MEMBERSHIP_SETTLE_MS);
  } else if (state.anchor === anchor) state.anchor = found;
}

/** Who reads: the state belongs to the person, the pull runs with the token of this call. */
export interface ChangeReader {
  readonly caller: Caller;
  /** Changes with the set of spaces the person is a member of: joining does not redeliver older rows. */
  readonly membershipVersion: string;
  readonly signal: AbortSignal;
  /** Only a pull that begins after this call will do. */
  readonly isStrict?: boolean;
  /**
   * The shared space that is read, of which the service may hold records back. A table that was built before the space has
   * settled is built anew once the space has settled. Null or absent where nothing can be held back.
   */
  readonly settling?: SettlingSpace | null;
  /** The table is built anew with each read until the space has settled. */
  readonly isWhole?: boolean;
}

/**
 * Whether records of a space may lie before the position of a state, so that only a pull from the start of the log
 * brings them. Says no while such a pull may bring nothing yet, unless `isWhole` asks to try each time.
 */
export function mayLackRecords(
  state: PullState,
  settling: SettlingSpace,
  isWhole: boolean | undefined,
  clock: Pick<Clock, "elapsed">,
): boolean {
  const askedAt = state.shownSpaces.get(settling.id);
  if (askedAt !== undefined) settling.noteShown(askedAt);
  return state.builtAt < settling.settlesAt && (isWhole === true || clock.elapsed() >= settling.settlesAt);
}

/** Builds a new state beside the present one, which stays until the new one is complete. */
async function rebuild(
  deps: PullDeps,
  holder: { state: PullState },
  target: PullTarget,
  onResized: (state: PullState) => void,
  maxAgeMs: number,
): Promise<void> {
  const rebuilt = createPullState({ builtAt: deps.clock.elapsed(), maxAgeMs });
  await pullChanges(deps, rebuilt, target, () => onResized(rebuilt));
  holder.state = rebuilt;
}
