// Keeps values by key until a time, so many at once. The times are held here and not by lru-cache: to that, a life of 0 is
// one for ever, a value that was set at time 0 never ends, and a clock that was set back lengthens every life.
import { createBoundedCache } from "./bounded_cache.ts";
import type { Clock } from "./clock.ts";

/** Values by key, each believed for a while. */
export interface ExpiringCache<Value> {
  /** The value, as long as its time is not over. */
  get(key: string): Value | undefined;
  /** Keeps a value until a time, in milliseconds since 1970; one that was there before is replaced. */
  set(key: string, value: Value, until: number): void;
  /** Believes a value no longer than `lifeMs` since it was set; does nothing where it would be over sooner, or when there is none. */
  shorten(key: string, lifeMs: number): void;
  /** Forgets a value at once; does nothing when there is none. */
  delete(key: string): void;
}

/**
 * Creates an empty cache. Above `maxEntries` the value that was set longest ago goes, so that a flood of new identities costs
 * bounded memory. A clock that was set back must not lengthen a life: a value that was seen later than now is over.
 */
export function createExpiringCache<Value>({ clock, maxEntries }: {
  readonly clock: Pick<Clock, "calendar">;
  /** Values kept at once. */
  readonly maxEntries: number;
}): ExpiringCache<Value> {
  const entries = createBoundedCache<Entry<Value>>(maxEntries);
  return Object.freeze({
    get(key: string): Value | undefined {
      const entry = entries.peek(key);
      if (entry === undefined) return undefined;
      const at = clock.calendar();
      if (at < entry.seenAt || at >= entry.until) {
        entries.delete(key);
        return undefined;
      }
      entry.seenAt = at;
      return entry.value;
    },
    set(key: string, value: Value, until: number): void {
      const setAt = clock.calendar();
      entries.set(key, { value, until, setAt, seenAt: setAt });
    },
    shorten(key: string, lifeMs: number): void {
      const entry = entries.peek(key);
      if (entry !== undefined) entry.until = Math.min(entry.until, entry.setAt + lifeMs);
    },
    delete: (key: string) => entries.delete(key),
  });
}

interface Entry<Value> {
  readonly value: Value;
  /** Milliseconds since 1970. */
  until: number;
  readonly setAt: number;
  /** When it was set or last found. */
  seenAt: number;
}
