// Turns: work of the same kind is done one after the other, so that a number that one call reads and changes is not read by
// another meanwhile. Knows nothing of other gateways.

import { Refused } from "../../kit/errors.ts";

/** Runs work with the same key one after the other, in the order of the calls. */
export interface Turns {
  /** Throws what `work` throws, and Refused `cancelled` as soon as `signal` ends before it is this call's turn. */
  take<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Starts with nobody waiting. */
export function createTurns(): Turns {
  /** Resolves once everybody who came so far is done. */
  const ends = new Map<string, Promise<void>>();
  return Object.freeze({
    async take<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
      const before = ends.get(key);
      const own = Promise.withResolvers<void>();
      // Also after those before it: a call that stops waiting must not let the next one in.
      const end = before === undefined ? own.promise : before.then(() => own.promise);
      ends.set(key, end);
      try {
        if (before !== undefined) await waitFor(before, signal);
        return await work();
      } finally {
        own.resolve();
        if (ends.get(key) === end) ends.delete(key);
      }
    },
  });
}

async function waitFor(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(new Refused({ reason: "cancelled" }));
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    await Promise.race([turn, left.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
