// How many portions of change logs are read at once over all people. A portion takes megabytes until it was looked through, and one
// process looks through one at a time: more of them at once cost memory and gain nothing.

import type { Clock } from "../../kit/clock.ts";
import { Refused } from "../../kit/errors.ts";

/** Portions that are read and looked through at once. */
export const PORTIONS_AT_ONCE = 3;
/** A service that takes longer to answer holds nobody else up: what it has not sent takes no memory. */
export const PORTION_WAIT_MS = 1_000;

/** Lets the readers of portions in, in the order in which they came. */
export interface PortionGate {
  /** Runs `read` when there is room. Throws what it throws, and Refused `cancelled` when `signal` ends before. */
  run<Value>(signal: AbortSignal, read: () => Promise<Value>): Promise<Value>;
}

/** Starts with nobody inside. */
export function createPortionGate(clock: Pick<Clock, "after">): PortionGate {
  const waiting = new Set<() => void>();
  let inside = 0;
  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      inside -= 1;
    } else {
      // The place is handed on, so that nobody who comes just now takes it.
      waiting.delete(next);
      next();
    }
  };
  const enter = async (signal: AbortSignal): Promise<void> => {
    if (inside >= PORTIONS_AT_ONCE) return await turn(waiting, signal);
    inside += 1;
  };
  return Object.freeze({
    async run<Value>(signal: AbortSignal, read: () => Promise<Value>): Promise<Value> {
      await enter(signal);
      let isInside = true;
      const leaveOnce = (): void => {
        if (isInside) leave();
        isInside = false;
      };
      const cancel = clock.after(PORTION_WAIT_MS, leaveOnce);
      try {
        return await read();
      } finally {
        cancel();
        leaveOnce();
      }
    },
  });
}

/** Resolves when somebody has left. */
function turn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      signal.removeEventListener("abort", gone);
      resolve();
    };
    const gone = (): void => {
      waiting.delete(next);
      reject(new Refused({ reason: "cancelled" }));
    };
    if (signal.aborted) return gone();
    waiting.add(next);
    signal.addEventListener("abort", gone, { once: true });
  });
}
