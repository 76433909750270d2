// That an answer counts once over all gateways: the first of them to say so in the shared store wins. While the store is away each
// gateway's own memory decides, and what is written has the stamp and the ids of the question (write_time.ts): an answer that counts at
// another gateway as well writes the same there, and loses to whatever came after.
import { NODE_SKEW_MS } from "../../kit/limits.ts";
import { defineStoreScript, type SharedStore } from "../../nodes/shared_store.ts";
import type { StoreKeys } from "../../nodes/store_keys.ts";
import type { UsedNonces } from "./used_answers.ts";

/** Creates a store of used nonces over the process's own. */
export function createSharedNonces(deps: {
  readonly own: UsedNonces;
  readonly store: SharedStore;
  readonly storeKeys: StoreKeys;
  /** The clock that confirmations expire by. */
  readonly now: () => number;
}): UsedNonces {
  const { own, store, storeKeys } = deps;
  return Object.freeze({
    ...own,
    spend(nonce: string, expiresAt: number, kid: string): boolean | Promise<boolean> {
      // Of two at the same time at this gateway one wins, whatever the store says.
      if (own.spend(nonce, expiresAt, kid) === false) return false;
      if (store.state() !== "up") return true;
      // At a gateway whose clock is behind, the confirmation is good for a while longer.
      const lifeMs = Math.ceil(expiresAt - deps.now()) + NODE_SKEW_MS;
      return store.decide(SPEND, [storeKeys.keyUnder(kid, "spent", nonce)], [lifeMs])
        ?.then((first) => first !== 0) ?? true;
    },
  });
}

/** Returns 1 to the first that asks, and 0 to everybody after. */
const SPEND = defineStoreScript(`
if redis.call("SET", KEYS[1], "1", "NX", "PX", ARGV[1]) then return 1 end
return 0
`);
