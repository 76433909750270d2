// How many calls a key had in the last minute: budgets in the memory of this process. Those of several gateways are another
// `RateLimiter` (shared_rate_limiter.ts) that may answer with promises; the gate takes both.
import { createBoundedCache } from "../kit/bounded_cache.ts";
import type { Clock } from "../kit/clock.ts";
import { RATE_ENTRIES, RATE_WINDOW_MS } from "../kit/limits.ts";

/** Outcome of taking one call from a budget. */
export type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };

/** Counts calls in a rolling window. */
export interface RateLimiter {
  /**
   * Takes one call of `key` when fewer than `limit` were taken in the window; a refused call is not counted. A rejection counts
   * as a fault of the gate: the call is denied.
   */
  take(key: string, limit: number): Taken | Promise<Taken>;
}

/**
 * Creates a rate limiter in memory. At most {@link RATE_ENTRIES} keys are kept; the ones used longest ago go first, so a
 * flood of new identities costs bounded memory.
 *
 * @param deps.clock its `elapsed` is used: a calendar that was set back would lengthen the window
 */
export function createRateLimiter(deps: { readonly clock: Clock }): RateLimiter {
  /** Times of the calls in the window, oldest first. */
  const budgets = createBoundedCache<number[]>(RATE_ENTRIES);

  return Object.freeze({
    take(key: string, limit: number): Taken {
      const now = deps.clock.elapsed();
      let calls = budgets.get(key);
      if (calls === undefined) budgets.set(key, calls = []);
      // In order of time, so that only its start can be over; copying it all would be half the cost of the policy.
      const over = calls.findIndex((at) => now - at < RATE_WINDOW_MS);
      calls.splice(0, over === -1 ? calls.length : over);
      const [oldest] = calls;
      if (calls.length >= limit && oldest !== undefined) {
        return {
          ok: false,
          retryAfterSeconds: Math.max(1, Math.ceil((oldest + RATE_WINDOW_MS - now) / 1000)),
        };
      }
      calls.push(now);
      return { ok: true };
    },
  });
}
