/** What an item of {@link LinkedOrder} carries for it; nobody else touches it. */
export interface LinkedItem<Item> {
  older?: Item | undefined;
  newer?: Item | undefined;
}

/** Items in the order in which they became idle. */
export interface LinkedOrder<Item> {
  /** Puts an item that is not in here at the end. */
  add(item: Item): void;
  /** Takes an item out; does nothing when it is not in here. */
  remove(item: Item): void;
  /** The item that has been in here longest. */
  oldest(): Item | undefined;
}

/**
 * Creates an empty order. A list through the items themselves, since each request moves one: a Map that is re-inserted into
 * walks over every place that was left since it last grew (with 10,000 sessions up to 0.2 ms a request).
 */
export function createLinkedOrder<Item extends LinkedItem<Item>>(): LinkedOrder<Item> {
  let oldest: Item | undefined;
  let newest: Item | undefined;
  return {
    add(item) {
      item.older = newest;
      if (newest === undefined) oldest = item;
      else newest.newer = item;
      newest = item;
    },
    remove(item) {
      const { older, newer } = item;
      if (older === undefined && oldest !== item) return;
      if (older === undefined) oldest = newer;
      else older.newer = newer;
      if (newer === undefined) newest = older;
      else newer.older = older;
      item.older = item.newer = undefined;
    },
    oldest: () => oldest,
  };
}
