// Brings the state of one table up to date: pull what is new, or build the state anew when it is too old or when the service
// shows an older change log (put back from a backup). Contract: sync sections 6 and 11.17.

import { findAnchor, isAnchorDue } from "./change_log_anchor.ts";
import { pullChanges, type PullDeps, type PullTarget } from "./pull_changes.ts";
import { createPullState, type PullState } from "./pull_state.ts";

/**
 * A state that was built first is built once more after this long: the sync service believes memberships for 5 minutes, so
 * what it left out just after somebody joined a space lies before the position by now (sync section 11.17).
 */
export const FOLD_SETTLE_MS = 6 * 60_000;
/** A state is built anew after this long: rows skipped by a failed membership lookup come back (sync section 6). */
export const FOLD_MAX_AGE_MS = 60 * 60_000;

/**
 * Refreshes `holder.state`, which is replaced only when the new one is complete. Two refreshes of one holder must not run at
 * the same time. Throws what {@link pullChanges} throws.
 *
 * @param onResized called when the size of the state, or of the one that is to replace it, has changed; what it throws ends
 * the refresh
 */
export async function refreshState(
  deps: PullDeps,
  holder: { state: PullState },
  target: PullTarget,
  onResized: (state: PullState) => void,
): Promise<void> {
  const { state } = holder;
  const { anchor, isAnchorShown, position } = state;
  const maxAge = state.isSettled ? FOLD_MAX_AGE_MS : FOLD_SETTLE_MS;
  if (position !== null && deps.clock.calendar() - state.builtAt >= maxAge) {
    return await rebuild(deps, holder, target, onResized, { isSettled: true });
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
    // The service's knowledge of memberships may be as old as its log: the new state is not settled.
    await rebuild(deps, holder, target, onResized, { isSettled: false });
  } else if (state.anchor === anchor) state.anchor = found;
}

/** Builds a new state beside the present one, which stays until the new one is complete. */
async function rebuild(
  deps: PullDeps,
  holder: { state: PullState },
  target: PullTarget,
  onResized: (state: PullState) => void,
  { isSettled }: Pick<PullState, "isSettled">,
): Promise<void> {
  const rebuilt = createPullState({ builtAt: deps.clock.calendar(), isSettled });
  await pullChanges(deps, rebuilt, target, () => onResized(rebuilt));
  holder.state = rebuilt;
}
