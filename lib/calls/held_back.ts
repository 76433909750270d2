// Says beside a result that the sync service may still hold back what co-members wrote (sync contract section 6): a list that
// is short for a few minutes must not look like the truth.
import type { Clock } from "../kit/clock.ts";
import { counted } from "../kit/counted.ts";
import type { SettlingSpace } from "../spaces/settling_spaces.ts";

const MINUTE_MS = 60_000;

/**
 * The remark on what was read in a space, for the model; null where nothing is held back. A read of the whole log gets the
 * remark as well: it brings what the service shows, and not what the service holds back.
 */
export function heldBackRemark(settling: SettlingSpace, clock: Pick<Clock, "elapsed">): string | null {
  const leftMs = settling.settlesAt - clock.elapsed();
  if (leftMs <= 0) return null;
  return "Note from the gateway: this space is new to it, and for up to " +
    `${
      counted(Math.ceil(leftMs / MINUTE_MS), "more minute")
    } this result may lack records of other members: ` +
    "say so, and ask again then.";
}
