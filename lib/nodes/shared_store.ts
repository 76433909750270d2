// The store that several gateways share, as everybody else knows it: decisions by scripts, news by messages. It may be away at any
// time, and then nobody waits for it. valkey_store.ts is the real one, no_store.ts the one of a gateway that is alone.
import { hash } from "node:crypto";

/** What several gateways share beside the person's data. Nothing lasting: what is in the store may be lost at any time. */
export interface SharedStore {
  /**
   * Has the store run a script, as one step for all gateways. Returns null at once where there is no store or the store is away:
   * whoever asks then decides alone. The promise never rejects: null is a miss, after 30 ms at most, and the script
   * may have run all the same.
   *
   * @param keys of `StoreKeys`, all of one owner: they lie on one node of a cluster
   */
  decide(
    script: StoreScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<StoreReply | null> | null;
  /** Tells everybody who is subscribed. Nothing is told while the store is away, and nothing is kept for later. */
  publish(channel: string, message: string): void;
  /** Hears what is published, whenever the store is there. Returns how to stop. */
  subscribe(channel: string, onMessage: (message: string) => void): () => void;
  /** `degraded`: there is a store, and it cannot be asked now. */
  state(): StoreState;
  /** Rises with each new connection, and when a write was refused: from then on the store may not know whatever it was to know. */
  generation(): number;
  /** What was asked of the store so far. */
  totals(): StoreTotals;
  /** Lets go of the connection; resolves when no timer is left. */
  close(): Promise<void>;
}

/** Whether there is a store, and whether it can be asked. */
export type StoreState = "none" | "up" | "degraded";

/** Decisions since the start, by what became of them. They only grow. */
export interface StoreTotals {
  readonly answered: number;
  /** Asked, and no answer of use in time. */
  readonly missed: number;
  /** Not asked, because the store was away. */
  readonly skipped: number;
}

/** What a script returns: Lua's whole numbers, texts and lists. */
export type StoreReply = number | string | readonly StoreReply[];

/** One decision, in Lua. It takes the time of the server (`TIME`) and gives each key a time to live. */
export interface StoreScript {
  readonly lua: string;
  /** SHA-1 of the text, by which the server finds the script again (`EVALSHA`). */
  readonly sha: string;
}

/** Makes a script of its text. */
export function defineStoreScript(lua: string): StoreScript {
  return Object.freeze({ lua, sha: hash("sha1", lua, "hex") });
}
