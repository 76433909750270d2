import { RATE_ENTRIES, RATE_WINDOW_MS } from "../limits.ts";

/** Outcome of taking one call from a budget. */
export type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };

/** Counts calls in a rolling window. */
export interface RateLimiter {
  /** Takes one call of `key` when fewer than `limit` were taken in the window; a refused call is not counted. */
  take(key: string, limit: number): Taken;
}

/**
 * Creates a rate limiter in memory. At most {@link RATE_ENTRIES} keys are kept; the ones used longest ago go first, so a
 * flood of new identities costs bounded memory.
 */
export function createRateLimiter(deps: { readonly now: () => number }): RateLimiter {
  const calls = new Map<string, number[]>();
  return Object.freeze({
    take(key: string, limit: number): Taken {
      const now = deps.now();
      const recent = calls.get(key) ?? [];
      // In order of time, so that only its start can be over; copying it all would be half the cost of the policy.
      const over = recent.findIndex((at) => now - at < RATE_WINDOW_MS);
      recent.splice(0, over === -1 ? recent.length : over);
      const [oldest] = recent;
      if (recent.length >= limit && oldest !== undefined) {
        return {
          ok: false,
          retryAfterSeconds: Math.max(1, Math.ceil((oldest + RATE_WINDOW_MS - now) / 1000)),
        };
      }
      recent.push(now);
      calls.delete(key);
      calls.set(key, recent);
      for (const stale of calls.keys()) {
        if (calls.size <= RATE_ENTRIES) break;
        calls.delete(stale);
      }
      return { ok: true };
    },
  });
}
