// Items in the order in which they became idle, kept in the items themselves.

/** Items in the order in which they became idle. */
export interface LinkedOrder<Item> {
  /** Puts an item at the end. The item must not be in the order yet. */
  add(item: Item): void;
  /** Takes an item out; does nothing when the item is not in the order. */
  remove(item: Item): void;
  /** The item that has been in the order longest. */
  oldest(): Item | undefined;
}

/** The two links of an item. Only {@link LinkedOrder} reads or writes them. */
export interface LinkedItem<Item> {
  older?: Item | undefined;
  newer?: Item | undefined;
}

/**
 * Creates an empty order, as a linked list: each request moves an item, and a Map whose keys are deleted and set again walks
 * over every place that was left since the Map last grew (with 10,000 sessions up to 0.2 ms a request).
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
