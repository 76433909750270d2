// The time of writes of several rows, which no two of them share: by its stamps, the gateway finds out later whether an update is
// its own.

import type { Clock } from "../../kit/clock.ts";

/** Gives each write of several rows a millisecond of its own. */
export type PlanClock = () => number;

/** A clock that was set back by more than this is believed: stamps far ahead of everybody else's would win for as long. */
const MAX_AHEAD_MS = 60_000;

/** Starts with no time given. */
export function createPlanClock(clock: Pick<Clock, "calendar">): PlanClock {
  let last = -Infinity;
  return () => {
    const now = clock.calendar();
    last = now <= last && last - now < MAX_AHEAD_MS ? last + 1 : now;
    return last;
  };
}
