// A shared store in the hands of a test, for several gateways in one process: news goes to everybody at once, and what a script
// decides the test says. Scripts themselves are tested against a real server (tests/valkey).
import type { SharedStore, StoreReply, StoreScript } from "../../lib/nodes/shared_store.ts";

/** The store of one test; every gateway has a door of its own to it. */
export interface PlayedStore {
  /** The door of one gateway. */
  open(): SharedStore;
  /** Everything that was published, in order. */
  readonly published: { readonly channel: string; readonly message: string }[];
  /** From now on the store is away, or back. */
  setAway(isAway: boolean): void;
  /** Publishes as somebody else would who can write into the store. */
  inject(channel: string, message: string): void;
}

/** What the store decides; null is a miss. Without an answer for it, every decision is a miss. */
export type PlayedDecision = (
  script: StoreScript,
  keys: readonly string[],
  args: readonly (string | number)[],
) => StoreReply | null;

/** Creates a store that is there. */
export function createPlayedStore(decision: PlayedDecision = () => null): PlayedStore {
  const listeners = new Map<string, Set<(message: string) => void>>();
  const published: { channel: string; message: string }[] = [];
  let isAway = false;
  let generation = 1;
  const tell = (channel: string, message: string) => {
    for (const listener of [...listeners.get(channel) ?? []]) listener(message);
  };
  return {
    published,
    setAway: (away) => {
      if (isAway && !away) generation++;
      isAway = away;
    },
    inject: tell,
    open() {
      const totals = { answered: 0, missed: 0, skipped: 0 };
      return {
        decide(script, keys, args) {
          if (isAway) {
            totals.skipped++;
            return null;
          }
          const reply = decision(script, keys, args);
          totals[reply === null ? "missed" : "answered"]++;
          return Promise.resolve(reply);
        },
        publish(channel, message) {
          if (isAway) return;
          published.push({ channel, message });
          tell(channel, message);
        },
        subscribe(channel, onMessage) {
          const of = listeners.get(channel) ?? new Set();
          listeners.set(channel, of.add(onMessage));
          return () => void of.delete(onMessage);
        },
        state: () => isAway ? "degraded" : "up",
        generation: () => generation,
        totals: () => totals,
        close: () => Promise.resolve(),
      };
    },
  };
}
