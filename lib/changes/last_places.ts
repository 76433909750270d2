import { MAX_ORDER } from "../kit/limits.ts";

/** One list that records are put at the end of: a table in a space, whoever writes. */
interface Tail {
  /** The highest number given out here, while any insert of this list is under way. */
  highest: number;
  underWay: number;
}

/**
 * Gives each new record of a list a number of its own above all others, also where several are made at the same time: what
 * is still on its way to the sync service is in no log yet. Another gateway is not seen; a tie with one of its records is
 * sorted by time and id.
 */
export interface LastPlaces {
  /**
   * Runs `insert` with the number after `highest()`, the highest in the log, and after those of inserts that are under
   * way. Throws what the two throw; the number is then left out.
   */
  take<T>(
    list: string,
    highest: () => Promise<number>,
    insert: (order: number) => Promise<T>,
  ): Promise<T>;
}

/** Creates it with nothing under way. */
export function createLastPlaces(): LastPlaces {
  const tails = new Map<string, Tail>();
  return Object.freeze({
    async take<T>(
      list: string,
      highest: () => Promise<number>,
      insert: (order: number) => Promise<T>,
    ): Promise<T> {
      // Entered before the log is read: an insert that ends while it is read may be missing there.
      const tail = tails.get(list) ?? { highest: -1, underWay: 0 };
      tails.set(list, tail);
      tail.underWay += 1;
      try {
        const logged = await highest();
        // From here to the number nothing is awaited, or two inserts would get the same one.
        tail.highest = Math.min(MAX_ORDER, Math.floor(Math.max(tail.highest, logged)) + 1);
        return await insert(tail.highest);
      } finally {
        tail.underWay -= 1;
        if (tail.underWay === 0) tails.delete(list);
      }
    },
  });
}
