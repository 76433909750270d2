// The store of a gateway that is alone: there is none, and asking costs nothing.
import type { SharedStore, StoreTotals } from "./shared_store.ts";

/** A store that is not there. */
export function createNoStore(): SharedStore {
  const totals: StoreTotals = Object.freeze({ answered: 0, missed: 0, skipped: 0 });
  return Object.freeze({
    decide: () => null,
    publish: () => {},
    subscribe: () => () => {},
    state: () => "none" as const,
    generation: () => 0,
    totals: () => totals,
    close: () => Promise.resolve(),
  });
}
