// Counts calls of all gateways in the shared store, in the same rolling window as rate_limiter.ts. While the store is away each gateway
// counts alone and lets its part of the limit through: maybe less than a person may do, never a whole limit for each gateway.
import { createBoundedCache } from "../kit/bounded_cache.ts";
import type { Clock } from "../kit/clock.ts";
import { RATE_ENTRIES, RATE_WINDOW_MS } from "../kit/limits.ts";
import { defineStoreScript, type SharedStore, type StoreReply } from "../nodes/shared_store.ts";
import type { StoreKeys } from "../nodes/store_keys.ts";
import type { RateLimiter, Taken } from "./rate_limiter.ts";

/**
 * Creates the limiter. Each gateway notes its own calls too, whoever decided them. So a person who goes on when the store goes away
 * has done before what they did at this gateway. And a store that may have forgotten something (a new connection: it was started again,
 * or another server took over), or may not have heard (an answer was missed), is told the calls of the last minute again, each
 * under a name of its own, so that none counts twice. Hence an outage begins no new minute for anybody.
 */
export function createSharedRateLimiter(deps: SharedRateLimiterDeps): RateLimiter {
  const { store, storeKeys } = deps;
  const windows = createBoundedCache<Window>(RATE_ENTRIES);
  const node = crypto.getRandomValues(new Uint8Array(6)).toBase64({ alphabet: "base64url" });
  const nameOf = (at: number) => node + at.toString(36);
  let newest = 0;

  return Object.freeze({
    take(key: string, limit: number): Taken | Promise<Taken> {
      let window = windows.get(key);
      if (window === undefined) windows.set(key, window = { calls: [], told: UNTOLD });
      // In whole microseconds, no two the same: a call's time is its name as well.
      const at = newest = Math.max(Math.floor(deps.clock.elapsed() * 1000), newest + 1);
      prune(window, at);
      if (store.state() !== "up") return takeAlone(deps, window, at, limit);
      const args = [limit, RATE_WINDOW_MS, nameOf(at), ...untold(window, at, store.generation(), nameOf)];
      window.told = store.generation();
      const reply = store.decide(TAKE, [storeKeys.keyOf("rate", key)], args);
      return reply === null
        ? takeAlone(deps, window, at, limit)
        : reply.then((wait) => settle(deps, window, at, limit, wait));
    },
  });
}

/** Dependencies of {@link createSharedRateLimiter}. */
export interface SharedRateLimiterDeps {
  readonly store: SharedStore;
  readonly storeKeys: StoreKeys;
  readonly clock: Clock;
  /** Gateways that share the people. */
  readonly nodes: number;
}

/** The calls of a key that this gateway let through in the last minute. */
interface Window {
  /** When, in microseconds, oldest first. */
  readonly calls: number[];
  /** The store's generation that has been told all of them; {@link UNTOLD} where that is not sure. */
  told: number;
}

const UNTOLD = -1;
const WINDOW_MICROSECONDS = RATE_WINDOW_MS * 1000;
/** Calls that the store is told of again at once, the newest: a larger limit than that is no limit that a minute matters for. */
const MAX_TOLD = 1_000;

/**
 * One call of a key: a sorted set of the names of the calls in the window, by the server's time. Returns 0, or how many milliseconds
 * remain until there is room; a refused call is not counted. After the call's name come age and name of calls to be told again. A time
 * that lies ahead comes from a server whose clock went before this one's, and would shut the person out until then.
 */
const TAKE = defineStoreScript(`
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - window)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "(" .. string.format("%.0f", now), "+inf")
for i = 4, #ARGV, 2 do redis.call("ZADD", KEYS[1], "NX", now - tonumber(ARGV[i]), ARGV[i + 1]) end
local wait = 0
local oldest = redis.call("ZRANGE", KEYS[1], 0, 0, "WITHSCORES")[2]
if oldest and redis.call("ZCARD", KEYS[1]) >= limit then
  wait = math.max(1, tonumber(oldest) + window - now)
else
  redis.call("ZADD", KEYS[1], now, ARGV[3])
end
redis.call("PEXPIRE", KEYS[1], window)
return wait
`);

function prune({ calls }: Window, now: number): void {
  const over = calls.findIndex((at) => now - at < WINDOW_MICROSECONDS);
  calls.splice(0, over === -1 ? calls.length : over);
}

/** Age in milliseconds and name of each call that this generation of the store may not know of. */
function untold(
  { calls, told }: Window,
  now: number,
  generation: number,
  nameOf: (at: number) => string,
): readonly (number | string)[] {
  if (told === generation) return [];
  return calls.slice(-MAX_TOLD).flatMap((at) => [Math.floor((now - at) / 1000), nameOf(at)]);
}

/** What the store has decided; alone where it has not, and then the call has the same name, in case it has all the same. */
function settle(
  deps: SharedRateLimiterDeps,
  window: Window,
  at: number,
  limit: number,
  wait: StoreReply | null,
): Taken {
  if (typeof wait !== "number" || !Number.isInteger(wait) || wait < 0) {
    window.told = UNTOLD;
    return takeAlone(deps, window, at, limit);
  }
  if (wait > 0) return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) };
  // Whoever runs the store could have it allow everything: what this gateway alone let through is never more than the limit.
  const first = window.calls.at(-limit);
  if (first !== undefined && at - first < WINDOW_MICROSECONDS - CLOCK_MICROSECONDS) {
    return {
      ok: false,
      retryAfterSeconds: Math.max(1, Math.ceil((first + WINDOW_MICROSECONDS - at) / 1_000_000)),
    };
  }
  note(window, at);
  return TAKEN;
}

/** An honest store and this gateway see the same two calls less than that apart. */
const CLOCK_MICROSECONDS = 1_000_000;

const TAKEN: Taken = Object.freeze({ ok: true });

/** This gateway's part of the limit, at least one call. */
function takeAlone({ nodes }: SharedRateLimiterDeps, window: Window, at: number, limit: number): Taken {
  window.told = UNTOLD;
  const [oldest] = window.calls;
  if (oldest !== undefined && window.calls.length >= Math.max(1, Math.floor(limit / nodes))) {
    const seconds = (oldest + WINDOW_MICROSECONDS - at) / 1_000_000;
    return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(seconds)) };
  }
  note(window, at);
  return TAKEN;
}

/** Answers come nearly in the order of the questions. */
function note({ calls }: Window, at: number): void {
  let place = calls.length;
  while (place > 0 && (calls[place - 1] ?? 0) > at) place--;
  calls.splice(place, 0, at);
}
