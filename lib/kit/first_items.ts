// Picks the first items of many by an order, without sorting them all.

/** The first `limit` of many items, without sorting them all. */
export interface FirstItems<T> {
  offer(item: T): void;
  /** The first items in order, and whether others were offered. To be called once. */
  take(): { readonly items: T[]; readonly hasRest: boolean };
}

/**
 * Creates an empty collection. Up to twice the limit are kept unsorted. An item that belongs after the last of the first
 * `limit` items is turned away with one comparison, which is most of a long list when a page is short.
 *
 * @param limit may be Infinity, or 0
 * @param compare a total order
 */
export function createFirstItems<T>(limit: number, compare: (a: T, b: T) => number): FirstItems<T> {
  let kept: T[] = [];
  let last: T | undefined;
  let offered = 0;
  const cut = (): void => {
    kept.sort(compare);
    if (kept.length > limit) kept = kept.slice(0, limit);
  };
  return {
    offer(item) {
      offered += 1;
      if (last !== undefined && compare(item, last) >= 0) return;
      kept.push(item);
      if (kept.length < 2 * limit) return;
      cut();
      last = kept.at(-1);
    },
    take() {
      cut();
      return { items: kept, hasRest: offered > kept.length };
    },
  };
}
