// Whether the shared store still knows what it was told lately: one that was started again, and a replica that took over, may not, and
// both answer as if there had never been anything.
import type { SharedStore } from "../nodes/shared_store.ts";

/** How far what the store says may be believed where it says nothing. */
export interface StoreMemory {
  /** Whether the store was asked over one connection for so long that whatever it had forgotten before counts no more. */
  isWhole(): boolean;
}

/**
 * Watches the connections. The first one is believed: what this gateway did not know before its start it has read elsewhere.
 *
 * @param deps.lastsMs how long something that is told lasts
 */
export function createStoreMemory(
  { store, now, lastsMs }: {
    readonly store: Pick<SharedStore, "generation">;
    readonly now: () => number;
    readonly lastsMs: number;
  },
): StoreMemory {
  let seen = 1;
  let lostAt = -Infinity;
  return Object.freeze({
    isWhole(): boolean {
      const generation = store.generation();
      // Lost at some time since somebody asked last: to be safe, now.
      if (generation > seen) [seen, lostAt] = [generation, now()];
      return now() - lostAt > lastsMs;
    },
  });
}
